import type { CameraStatus } from '../../../streams/contract.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { VolatileUpdate } from '../../contract/readings.ts';
import type { EpochMs } from '../../contract/time.ts';

/**
 * Since when cameras are offline. A status only says when it was learned, and a camera that is asked every few minutes is found offline anew each
 * time: so the first of those times is kept until the camera is seen again. In memory only, one entry a camera.
 */
export interface OfflineSince {
  /** When the camera was first found offline after it had been seen; null when it was offline already the first time that it was asked. */
  of(cameraId: string): EpochMs | null;
  /** Follows no more. */
  stop(): void;
}

/** Follows what becomes known of cameras from now on, until `stop`. */
export function createOfflineSince(deps: {
  readonly ledger: Pick<Ledger, 'onCommit'>;
  readonly latest: { onFlush(listener: (updates: readonly VolatileUpdate[]) => void): () => void };
}): OfflineSince {
  const known = new Map<string, 'online' | EpochMs | null>();

  const stopFlush = deps.latest.onFlush((updates) => {
    for (const { collection, key, fields } of updates) {
      if (collection !== 'cameras') continue;
      const status = fields['status'] as CameraStatus | undefined;
      // That nobody knows does not mean that it came back meanwhile.
      if (!status || status.state === 'unknown') continue;
      if (status.state === 'online') known.set(key, 'online');
      else if (known.get(key) === 'online') known.set(key, status.at);
      else if (!known.has(key)) known.set(key, null);
    }
  });
  const stopCommits = deps.ledger.onCommit(({ changes }) => {
    for (const { collection, op, key } of changes) if (collection === 'cameras' && op === 'delete') known.delete(key);
  });

  return {
    of(cameraId) {
      const since = known.get(cameraId);
      return since === undefined || since === 'online' ? null : since;
    },
    stop() {
      stopFlush();
      stopCommits();
      known.clear();
    },
  };
}
