import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import { statusUnknown, type CameraLink, type CameraStatus } from '../contract.ts';
import { failureMeaning } from '../fleet/failure-meaning.ts';
import type { MediaRelay, PathReport } from '../media/media-relay.ts';

export interface RelayStatusDeps {
  readonly relay: MediaRelay;
  readonly latest: LatestValues;
  readonly clock: Clock;
  cameraExists(id: string): boolean;
  /** Tells when a camera was given another source than it had; answers the end. */
  onSourceChange(listener: (id: string) => void): () => void;
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
/** So long after pictures began a rate of zero is a measurement. */
const measuredAfterMs = 3000;

/** What is known of one open camera. */
interface Known {
  readonly paths: Map<PathReport['profile'], PathReport>;
  /** Since when paths are what they were when the camera was given another source. */
  readonly outdated: Map<PathReport['profile'], EpochMs>;
  link: CameraLink | null;
}

/** It is about the source that the camera had before. */
const isOutdated = ({ outdated }: Known, path: PathReport): boolean => outdated.get(path.profile) === path.since;
const isProof = (known: Known, path: PathReport): boolean => path.state === 'ready' && !isOutdated(known, path);

/**
 * Turns the relay's paths into camera status: a path that became ready proves the camera online, one that failed proves it offline
 * with its reason, unless its other profile is ready; and into what is measured of the pictures. Without a relay what was known of
 * open cameras is known no more. What was known of a camera counts for the source that it was learnt from: when it is given another one,
 * it is unknown, and a path that still shows the old one says nothing.
 */
export function createRelayStatus({ relay, latest, clock, cameraExists, onSourceChange }: RelayStatusDeps): RelayStatus {
  const open = new Map<string, Known>();

  const set = (cameraId: string, status: CameraStatus) => {
    const before = latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    if (before?.by === 'relay' && before.state === status.state && before.reason === status.reason) return;
    latest.set({ collection: 'cameras', key: cameraId, fields: { status } });
  };

  const setLink = (cameraId: string, known: Known) => {
    const link = linkOf(known, clock.now());
    if (known.link === null && link === null) return;
    const isNews =
      known.link === null ||
      link === null ||
      known.link.profile !== link.profile ||
      known.link.codec !== link.codec ||
      known.link.transcoding !== link.transcoding ||
      (known.link.fps === null) !== (link.fps === null);
    if (!isNews && link.at - known.link!.at < linkEveryMs) return;
    known.link = link;
    latest.set({ collection: 'cameras', key: cameraId, fields: { link } });
  };

  /** The camera was seen until its latest picture, not only when the first one came. */
  const left = ({ cameraId, lastUnitAt }: PathReport) => {
    const status = latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    if (status?.by !== 'relay' || status.state !== 'online' || lastUnitAt === null || lastUnitAt <= (status.at ?? 0)) return;
    latest.set({ collection: 'cameras', key: cameraId, fields: { status: { ...status, at: lastUnitAt } } });
  };

  const hear = (path: PathReport) => {
    const { cameraId } = path;
    const known: Known = open.get(cameraId) ?? { paths: new Map(), outdated: new Map(), link: null };
    const { paths } = known;
    const exists = cameraExists(cameraId);
    if (path.state === 'idle' || !exists) paths.delete(path.profile);
    else paths.set(path.profile, path);
    if (exists) setLink(cameraId, known);
    if (paths.size === 0) open.delete(cameraId);
    else open.set(cameraId, known);
    if (!exists) return;
    if (path.state === 'idle') return left(path);
    const ready = Array.from(paths.values()).find((one) => isProof(known, one));
    if (ready) return set(cameraId, { state: 'online', at: ready.since, by: 'relay', reason: null });
    if (path.state !== 'failed' || isOutdated(known, path)) return;
    const reason = path.reason ?? 'source-failed';
    const meaning = failureMeaning(reason);
    if (meaning === 'ours') return;
    set(cameraId, { state: meaning === 'unasked' ? 'unknown' : 'offline', at: path.since, by: 'relay', reason });
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

  const sourceChanged = (cameraId: string) => {
    const known = open.get(cameraId);
    for (const path of known?.paths.values() ?? []) known!.outdated.set(path.profile, path.since);
    if (known) known.link = null;
    if (latest.get('cameras', cameraId))
      latest.set({ collection: 'cameras', key: cameraId, fields: { status: statusUnknown, link: null } });
  };

  const hearAll = () => relay.paths().forEach(hear);
  const stopListening = relay.on((event) => {
    if (event.kind === 'path') hear(event.path);
    if (event.kind === 'up') hearAll();
    if (event.kind === 'down') loseAll();
  });
  const stopFollowing = onSourceChange(sourceChanged);

  return {
    knows: (cameraId) => open.has(cameraId),
    start: hearAll,
    stop() {
      stopListening();
      stopFollowing();
    },
  };
}

/** Of the pictures that come, the full-size ones before the small ones; null when none come. */
function linkOf(known: Known, at: number): CameraLink | null {
  for (const profile of ['main', 'sub'] as const) {
    const path = known.paths.get(profile);
    if (!path || path.codec === null || !isProof(known, path)) continue;
    const { codec, fps, kbps, gopMs, transcoding, link: quality } = path;
    const isMeasured = fps > 0 || at - path.since > measuredAfterMs;
    return { at, profile, codec, fps: isMeasured ? fps : null, kbps: isMeasured ? kbps : null, gopMs, transcoding, quality };
  }
  return null;
}
