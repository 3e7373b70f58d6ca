import type { ErrorCode } from '../../main/contract/errors.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { CameraLink, CameraStatus } from '../contract.ts';
import type { MediaRelay, PathReport } from '../media/media-relay.ts';

export interface RelayStatusDeps {
  readonly relay: MediaRelay;
  readonly latest: LatestValues;
  readonly clock: Clock;
  cameraExists(id: string): boolean;
}

/** What the relay's work tells about cameras. */
export interface RelayStatus {
  /** True while the relay has the camera open: it knows better than any other reporter. */
  knows(cameraId: string): boolean;
  start(): void;
  stop(): void;
}

/** Measures of a camera go to the screens this often at most. */
const linkEveryMs = 2000;

/** Failures that are ours: they say nothing about the camera, and what was known of it stands. */
const ours: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'source-queued',
  'source-budget',
  'worker-unavailable',
  'relay-unavailable',
  'relay-overloaded',
]);
/** Failures of what is written about a camera: nobody has asked the camera itself. */
const unasked: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['source-address-refused', 'source-kind-unsupported', 'source-invalid']);

/** What is known of one open camera. */
interface Known {
  readonly paths: Map<PathReport['profile'], PathReport>;
  link: CameraLink | null;
}

/**
 * Turns the relay's paths into camera status: a path that became ready proves the camera online, one that failed proves it offline
 * with its reason, unless its other profile is ready; and into what is measured of the pictures. Without a relay what was known of
 * open cameras is known no more.
 */
export function createRelayStatus({ relay, latest, clock, cameraExists }: RelayStatusDeps): RelayStatus {
  const open = new Map<string, Known>();

  const set = (cameraId: string, status: CameraStatus) => {
    const before = latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    if (before?.by === 'relay' && before.state === status.state && before.reason === status.reason) return;
    latest.set({ collection: 'cameras', key: cameraId, fields: { status } });
  };

  const setLink = (cameraId: string, known: Known) => {
    const link = linkOf(known.paths, clock.now());
    if (known.link === null && link === null) return;
    const isNews =
      known.link === null ||
      link === null ||
      known.link.profile !== link.profile ||
      known.link.codec !== link.codec ||
      known.link.transcoding !== link.transcoding;
    if (!isNews && link.at - known.link!.at < linkEveryMs) return;
    known.link = link;
    latest.set({ collection: 'cameras', key: cameraId, fields: { link } });
  };

  const hear = (path: PathReport) => {
    const { cameraId } = path;
    const known = open.get(cameraId) ?? { paths: new Map(), link: null };
    const { paths } = known;
    const exists = cameraExists(cameraId);
    if (path.state === 'idle' || !exists) paths.delete(path.profile);
    else paths.set(path.profile, path);
    if (exists) setLink(cameraId, known);
    if (paths.size === 0) open.delete(cameraId);
    else open.set(cameraId, known);
    if (!exists) return;
    const ready = Array.from(paths.values()).find(({ state }) => state === 'ready');
    if (ready) return set(cameraId, { state: 'online', at: ready.since, by: 'relay', reason: null });
    if (path.state !== 'failed') return;
    const reason = path.reason ?? 'source-failed';
    if (ours.has(reason)) return;
    set(cameraId, { state: unasked.has(reason) ? 'unknown' : 'offline', at: path.since, by: 'relay', reason });
  };

  const loseAll = () => {
    for (const [cameraId, known] of open) {
      if (!cameraExists(cameraId)) continue;
      known.paths.clear();
      setLink(cameraId, known);
      set(cameraId, { state: 'unknown', at: clock.now(), by: 'relay', reason: 'relay-unavailable' });
    }
    open.clear();
  };

  const hearAll = () => relay.paths().forEach(hear);
  const stopListening = relay.on((event) => {
    if (event.kind === 'path') hear(event.path);
    if (event.kind === 'up') hearAll();
    if (event.kind === 'down') loseAll();
  });

  return { knows: (cameraId) => open.has(cameraId), start: hearAll, stop: stopListening };
}

/** Of the pictures that come, the full-size ones before the small ones; null when none come. */
function linkOf(paths: Known['paths'], at: number): CameraLink | null {
  for (const profile of ['main', 'sub'] as const) {
    const path = paths.get(profile);
    if (!path || path.codec === null) continue;
    const { codec, fps, kbps, gopMs, transcoding, link: quality } = path;
    return { at, profile, codec, fps, kbps, gopMs, transcoding, quality };
  }
  return null;
}
