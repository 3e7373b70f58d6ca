import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { CameraStatus } from '../contract.ts';
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

/**
 * Turns the relay's paths into camera status: a path that became ready proves the camera online, one that failed proves it offline
 * with its reason, unless its other profile is ready. Without a relay what was known of open cameras is known no more.
 */
export function createRelayStatus({ relay, latest, clock, cameraExists }: RelayStatusDeps): RelayStatus {
  /** The state of each open path, by camera: what the relay said last. */
  const open = new Map<string, Map<PathReport['profile'], PathReport>>();

  const set = (cameraId: string, status: CameraStatus) => {
    const before = latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    if (before?.by === 'relay' && before.state === status.state && before.reason === status.reason) return;
    latest.set({ collection: 'cameras', key: cameraId, fields: { status } });
  };

  const hear = (path: PathReport) => {
    const { cameraId } = path;
    const paths = open.get(cameraId) ?? new Map<PathReport['profile'], PathReport>();
    if (path.state === 'idle' || !cameraExists(cameraId)) paths.delete(path.profile);
    else paths.set(path.profile, path);
    if (paths.size === 0) open.delete(cameraId);
    else open.set(cameraId, paths);
    if (!cameraExists(cameraId)) return;
    const known = [...paths.values()];
    const ready = known.find(({ state }) => state === 'ready');
    if (ready) set(cameraId, { state: 'online', at: ready.since, by: 'relay', reason: null });
    else if (path.state === 'failed')
      set(cameraId, { state: 'offline', at: path.since, by: 'relay', reason: path.reason ?? 'source-failed' });
  };

  const loseAll = () => {
    for (const cameraId of open.keys()) {
      if (cameraExists(cameraId)) set(cameraId, { state: 'unknown', at: clock.now(), by: 'relay', reason: 'relay-unavailable' });
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
