import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import { statusUnknown, type CameraStatus } from '../contract.ts';
import type { PublishKeys } from '../directory/publish-keys.ts';
import type { MediaRelay } from '../media/media-relay.ts';

export interface PublisherStatusDeps {
  readonly keys: PublishKeys;
  readonly relay: Pick<MediaRelay, 'publishing' | 'ingestUrl' | 'baseUrl' | 'on'>;
  readonly latest: LatestValues;
  readonly clock: Clock;
}

/**
 * Status of cameras that push, known without opening them: online while they push, offline while they do not, unknown while nothing
 * listens to them. Answers the end.
 */
export function followPublishers({ keys, relay, latest, clock }: PublisherStatusDeps): () => void {
  const set = (cameraId: string, status: Omit<CameraStatus, 'by'>) => {
    const before = latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined;
    if (before?.by === 'relay' && before.state === status.state && before.reason === status.reason) return;
    latest.set({ collection: 'cameras', key: cameraId, fields: { status: { ...status, by: 'relay' } satisfies CameraStatus } });
  };

  const tell = (cameraId: string, since: EpochMs | null) => {
    if (since !== null) set(cameraId, { state: 'online', at: since, reason: null });
    else if (relay.baseUrl() === null) set(cameraId, { state: 'unknown', at: clock.now(), reason: 'relay-unavailable' });
    else if (relay.ingestUrl() === null) set(cameraId, { state: 'unknown', at: clock.now(), reason: 'worker-unavailable' });
    else set(cameraId, { state: 'offline', at: clock.now(), reason: 'source-publisher-absent' });
  };

  const tellAll = () => {
    const publishing = relay.publishing();
    for (const { cameraId } of keys.publishers) tell(cameraId, publishing.get(cameraId) ?? null);
  };

  const stopHearing = relay.on((event) => {
    if (event.kind === 'publishing') {
      if (keys.has(event.cameraId)) tell(event.cameraId, event.since);
    } else if (event.kind === 'ingest' || event.kind === 'up' || event.kind === 'down') tellAll();
  });
  // What is true of a new camera of this kind is true at once; of the others it was said already. One that pushes no more is for others to ask.
  const stopFollowing = keys.onChange((cameraId) => {
    if (keys.has(cameraId)) tell(cameraId, relay.publishing().get(cameraId) ?? null);
    else latest.set({ collection: 'cameras', key: cameraId, fields: { status: statusUnknown } });
  });
  tellAll();
  return () => {
    stopHearing();
    stopFollowing();
  };
}
