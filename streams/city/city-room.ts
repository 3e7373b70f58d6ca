import { ok } from '../../main/contract/result.ts';
import type { Handlers } from '../../main/contract/catalog.ts';
import type { Problem } from '../../main/contract/errors.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import type { Log } from '../../main/contract/log.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import type { SeenObservation } from '../../alerts/rules/rule.ts';
import type { CityEvent } from '../feed-contract.ts';
import { connectors } from '../feeds/connectors.ts';
import { createFeeds, type Feeds } from '../feeds/feeds.ts';
import { createIngest } from '../feeds/ingest.ts';
import type { Journal } from '../feeds/journal.ts';
import { createParkingGuidance, type ParkingGuidance } from '../parking/parking-guidance.ts';
import { systems } from '../systems/systems.ts';
import { createCaseCounts } from './case-counts.ts';
import { createCameraCounts } from './camera-counts.ts';
import { createKnownCity, type KnownCity } from './known-city.ts';
import { figuresOf } from './figure-history.ts';
import { restoreValues } from './restore-values.ts';
import { createSystemsRoom } from './systems-room.ts';

const expireEveryMs = 5000;
/** Feeds wait so long for the values that were known before; with very many things the rest comes while they run. */
const restoreMs = 1000;

export interface CityRoomDeps {
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Where feeds that devices connect to listen. */
  readonly listenHost: string;
  /** The last midnight of the city. */
  midnight(now: EpochMs): EpochMs;
  /** Every value and every event, in order, as soon as it is true. */
  onObservation?(seen: SeenObservation): void;
  onEvent?(event: CityEvent): void;
  /** What others find wrong with what a feed tells; null: nothing. */
  feedProblem?(feedId: string): Problem | null;
  /** All of a step was told; what comes of it is written before its records are settled. */
  onTold?(): void;
}

/** What the other systems send, and what is known of the city by it. */
export interface CityRoom {
  readonly handlers: Feeds['handlers'] & Handlers<'history.read'>;
  readonly refusal: Feeds['refusal'];
  readonly push: Feeds['push'];
  readonly city: Pick<KnownCity, 'asset' | 'assets' | 'events' | 'figures'>;
  staleAfterMs(feedId: string): number;
  /** Where there is room to park now, as everybody may know it. */
  parkingGuidance(): ParkingGuidance;
  /** Resolves when everything that was taken so far has been read. */
  idle(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createCityRoom(deps: CityRoomDeps): CityRoom {
  const { ledger, latest, journal, clock, log } = deps;
  const known = createKnownCity({
    ledger,
    latest,
    onObservation: (seen) => deps.onObservation?.(seen),
    onEvent: (event) => deps.onEvent?.(event),
    onTold: () => deps.onTold?.(),
    onIndicator: (...told) => figures.given(...told),
  });
  const ingest = createIngest({ journal, city: known, clock, log });
  const cases = createCaseCounts(ledger);
  const cameras = createCameraCounts({ ledger, latest, clock });
  const figures = createSystemsRoom({
    systems,
    ledger,
    latest,
    journal,
    clock,
    log,
    city: () => ({
      assets: known.assets,
      events: known.events,
      staleAfterMs: feeds.staleAfterMs,
      cameras,
      cases,
      midnight: deps.midnight,
    }),
  });
  const feeds = createFeeds({
    ledger,
    latest,
    journal,
    ingest,
    clock,
    log,
    connectors,
    listenHost: deps.listenHost,
    knowsSystem: figures.knows,
    knowsIndicator: figures.knowsIndicator,
    problemOf: (feedId) => deps.feedProblem?.(feedId) ?? null,
  });

  const ending = new AbortController();
  let expiring: Promise<void> = Promise.resolve();
  let restoring: Promise<void> = Promise.resolve();

  return {
    handlers: {
      ...feeds.handlers,
      async 'history.read'({ of, from, to, points }) {
        // A figure's history is kept under its system, as if that were a thing.
        const [assetId, quantity] = 'assetId' in of ? [of.assetId, of.quantity] : [figuresOf(of.systemId), of.indicator];
        // Nothing lies between two instants that are the wrong way round.
        if (to < from) return ok({ result: { points: [], since: null } });
        return ok({ result: await journal.history({ assetId, quantity, from, to, points }) });
      },
    },
    refusal: feeds.refusal,
    push: feeds.push,
    city: known,
    staleAfterMs: feeds.staleAfterMs,
    parkingGuidance: () => createParkingGuidance(known.assets(), feeds.staleAfterMs, clock.now()),
    idle: ingest.idle,
    async start() {
      restoring = restoreValues({ known, journal, log, signal: ending.signal });
      const enough = new AbortController();
      await Promise.race([restoring, clock.sleep(restoreMs, AbortSignal.any([enough.signal, ending.signal])).catch(() => {})]);
      enough.abort();
      figures.start();
      await feeds.start();
      expiring = (async () => {
        while (!ending.signal.aborted) {
          try {
            known.expire(clock.now());
          } catch (cause) {
            log.error({ err: cause }, 'events whose time is over could not be ended, trying again');
          }
          await clock.sleep(expireEveryMs, ending.signal).catch(() => {});
        }
      })();
    },
    async stop() {
      ending.abort();
      await restoring;
      await expiring;
      await feeds.stop();
      await figures.stop();
      ingest.stop();
      known.stop();
    },
  };
}
