import type { Handlers } from '../main/contract/catalog.ts';
import { problem } from '../main/contract/errors.ts';
import type { DemoStory } from '../main/contract/demo-city.ts';
import type { Ledger } from '../main/contract/ledger.ts';
import type { Log } from '../main/contract/log.ts';
import type { LatestValues } from '../main/contract/readings.ts';
import { err, ok } from '../main/contract/result.ts';
import type { ScopeClaim } from '../main/contract/scope.ts';
import type { Clock } from '../main/contract/time.ts';
import { DemoStatuses } from './demo-city/demo-statuses.ts';
import { seedCity } from './demo-city/seed-city.ts';
import { showcaseCameras } from './demo-city/showcase-cameras.ts';
import { createDiagnosis } from './diagnosis/diagnosis.ts';
import type { ShowingTile } from './diagnosis/showing-tile.ts';
import { createDirectory } from './directory/directory.ts';
import { createRelayStatus } from './leases/relay-status.ts';
import { createStreamLeases, type ShowsCamera } from './leases/stream-leases.ts';
import type { WatchListener } from './leases/watch-listener.ts';
import type { MediaRelay } from './media/media-relay.ts';
import { createPublishing } from './publishing/publishing.ts';
import { Prober, type ProberFigures, type ProberSettings } from './probing/prober.ts';

export type { ShowingTile } from './diagnosis/showing-tile.ts';
export type { WatchedCamera, WatchListener } from './leases/watch-listener.ts';
export { createCityRoom, type CityRoom } from './city/city-room.ts';
export { recentValues } from './city/recent-values.ts';
export { createLivingCity, type LivingCity } from './demo-city/feeds/living-city.ts';
export { parkingGuidance } from './parking/parking-guidance.ts';
export { systems } from './systems/systems.ts';
export { createRelayClient } from './media/relay-client.ts';

export interface StreamsDeps {
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  /** `null`: this hub shows no pictures. */
  readonly relay: MediaRelay | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly demo: boolean;
  /** A story of the demo city begins or ends, for whoever tells the rest of it. */
  onStory?(story: DemoStory, district: string | null, active: boolean): void;
  /** The city's, IANA name. */
  readonly timeZone: string;
  /** Where the bundled clips and their list are. */
  readonly clipsFolder: string;
  /** Whether a session is still valid: asked about leases that a running relay held over a restart of the hub. Absent: all are. */
  sessionAlive?(sessionId: string): boolean;
  /** Whether a camera is to be seen on a screen now: its session is given no other. Absent: all are. */
  readonly showsCamera?: ShowsCamera | undefined;
  /** Keeps the register of who watched what; absent: nobody does. */
  readonly watching?: WatchListener | undefined;
  /** How cameras that nobody watches are asked whether they are there; absent: they are not asked. */
  readonly prober?: (ProberSettings & { readonly enabled: boolean }) | undefined;
  /** Tiles of walls that show a camera now, for its diagnosis; absent: no walls. */
  showing?(cameraId: string): readonly ShowingTile[];
}

/** The room of everything that flows in, as the hub composes it. */
export interface Streams {
  readonly handlers: Handlers<
    | 'camera.upsert'
    | 'camera.import'
    | 'camera.remove'
    | 'camera.remove-many'
    | 'camera.search'
    | 'camera.diagnose'
    | 'camera.snapshot'
    | 'camera.publish-address'
    | 'stream.lease'
    | 'stream.lease-many'
    | 'stream.release'
    | 'demo.story'
  >;
  /** For the gateway's scope checks; `undefined` when there is no such camera. */
  cameraScope(id: string): ScopeClaim | undefined;
  /** Closes the leases of a session that ended. */
  sessionEnded(sessionId: string): void;
  /** Cameras that show the demo city at its most varied, for its walls; empty where there is none. */
  showcase(): string[];
  /** Leases held now. */
  readonly leases: number;
  /** What the prober does; null when nobody is asked. */
  readonly probing: ProberFigures | null;
  /** Seeds the demo city into an empty directory, begins the simulation, takes over leases that the relay holds. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the room. The directory can be searched at once; the rest begins with `start`. */
export function createStreams(deps: StreamsDeps): Streams {
  const { ledger, latest, relay, clock, log, demo, clipsFolder } = deps;
  const directory = createDirectory({ ledger, latest });
  const relayStatus =
    relay &&
    createRelayStatus({
      relay,
      latest,
      clock,
      cameraExists: (id) => directory.camera(id) !== undefined,
      onSourceChange: directory.onSourceChange,
    });
  const leases = createStreamLeases({
    ledger,
    relay,
    clock,
    log,
    camera: directory.camera,
    sessionAlive: (id) => deps.sessionAlive?.(id) ?? true,
    showsCamera: deps.showsCamera,
    watching: deps.watching,
  });
  const publishing = createPublishing({ ledger, latest, relay, directory, clock });
  const knownByRelay = (id: string) => publishing.knows(id) || (relayStatus?.knows(id) ?? false);
  const statuses = demo ? new DemoStatuses({ ledger, latest, clock, knownByRelay }) : null;
  const diagnosis = createDiagnosis({
    ledger,
    relay,
    clock,
    timeZone: deps.timeZone,
    camera: directory.camera,
    showsCamera: deps.showsCamera,
    showing: (cameraId) => deps.showing?.(cameraId) ?? [],
  });
  const prober =
    relay && deps.prober?.enabled ? new Prober({ ledger, latest, relay, clock, log, settings: deps.prober, knownByRelay }) : null;
  const ending = new AbortController();
  let probing: Promise<void> = Promise.resolve();
  let simulation: Promise<void> = Promise.resolve();

  return {
    handlers: {
      ...directory.handlers,
      ...leases.handlers,
      ...diagnosis,
      ...publishing.handlers,
      'demo.story': ({ story, district, active }) => {
        if (!statuses) return err(problem('unavailable', { reason: 'not-a-demo' }));
        deps.onStory?.(story, district ?? null, active);
        return ok({ result: { changed: story === 'district-offline' ? statuses.setDistrict(district!, active) : 0 } });
      },
    },
    cameraScope: directory.scopeOf,
    sessionEnded: leases.sessionEnded,
    showcase: () => (demo ? showcaseCameras(ledger.all('cameras')) : []),
    get leases() {
      return leases.size;
    },
    get probing() {
      return prober?.figures ?? null;
    },
    async start() {
      if (demo) await seedCity({ ledger, clipsFolder, log, signal: ending.signal });
      if (ending.signal.aborted) return;
      publishing.start();
      relayStatus?.start();
      leases.start();
      if (statuses) simulation = statuses.run(ending.signal);
      if (prober) probing = prober.run(ending.signal);
    },
    async stop() {
      ending.abort();
      await Promise.all([simulation, probing, publishing.stop()]);
      relayStatus?.stop();
      leases.stop();
      directory.stop();
    },
  };
}
