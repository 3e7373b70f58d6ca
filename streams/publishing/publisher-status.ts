import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock } from '../../main/contract/time.ts';
import { statusUnknown, type CameraStatus } from '../contract.ts';
import type { PublishKeys } from '../directory/publish-keys.ts';
import type { MediaRelay } from '../media/media-relay.ts';

export interface PublisherStatusDeps {
  readonly keys: PublishKeys;
  readonly relay: Pick<MediaRelay, 'publishing' | 'ingestUrl' | 'baseUrl' | 'on'>;
  readonly latest: LatestValues;
  readonly clock: Clock;
}

/** A camera that was cut off because we were away comes back within this: until then nobody can know whether it still pushes. */
export const comeBackMs = 10_000;

/**
 * Status of cameras that push, known without opening them: online while they push, offline while they do not, unknown while nothing
 * listens to them, and a little longer. Answers the end.
 */
export function followPublishers({ keys, relay, latest, clock }: PublisherStatusDeps): () => void {
  const ending = new AbortController();
  /** Somebody listens again, but not for long enough to miss anybody. */
  let waiting: AbortController | null = null;

  const set = (cameraId: string, status: Omit<CameraStatus, 'by'>) => {
    const before = latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    if (before?.by === 'relay' && before.state === status.state && before.reason === status.reason) return;
    latest.set({ collection: 'cameras', key: cameraId, fields: { status: { ...status, by: 'relay' } satisfies CameraStatus } });
  };
  const setOffline = (cameraId: string) => set(cameraId, { state: 'offline', at: clock.now(), reason: 'source-publisher-absent' });

  const tell = (cameraId: string) => {
    const since = relay.publishing().get(cameraId);
    if (since !== undefined) set(cameraId, { state: 'online', at: since, reason: null });
    else if (relay.baseUrl() === null) set(cameraId, { state: 'unknown', at: clock.now(), reason: 'relay-unavailable' });
    else if (relay.ingestUrl() === null) set(cameraId, { state: 'unknown', at: clock.now(), reason: 'worker-unavailable' });
    else if (waiting) set(cameraId, { state: 'unknown', at: clock.now(), reason: null });
    else setOffline(cameraId);
  };
  const tellAll = () => {
    for (const { cameraId } of keys.publishers) tell(cameraId);
  };

  const waitForThem = async () => {
    waiting?.abort();
    const mine = new AbortController();
    waiting = mine;
    await clock.sleep(comeBackMs, AbortSignal.any([mine.signal, ending.signal])).catch(() => {}); // both ends are good
    if (waiting !== mine || ending.signal.aborted) return;
    waiting = null;
    tellAll();
  };

  const stopHearing = relay.on((event) => {
    if (event.kind === 'publishing') {
      if (!keys.has(event.cameraId)) return;
      // That one ended while somebody listened is no guess.
      if (event.since === null && relay.ingestUrl() !== null) setOffline(event.cameraId);
      else tell(event.cameraId);
    } else if (event.kind === 'path') {
      // What was wrong with its pictures is over with the path; whether it pushes is known here.
      if (event.path.state === 'idle' && keys.has(event.path.cameraId)) tell(event.path.cameraId);
    } else if (event.kind === 'ingest' || event.kind === 'up' || event.kind === 'down') {
      if (event.kind === 'ingest' && event.url !== null) void waitForThem();
      tellAll();
    }
  });
  // What is true of a new camera of this kind is true at once; of the others it was said already. One that pushes no more is for others to ask.
  const stopFollowing = keys.onChange((cameraId) => {
    if (keys.has(cameraId)) tell(cameraId);
    else latest.set({ collection: 'cameras', key: cameraId, fields: { status: statusUnknown } });
  });
  tellAll();
  return () => {
    ending.abort();
    stopHearing();
    stopFollowing();
  };
}
