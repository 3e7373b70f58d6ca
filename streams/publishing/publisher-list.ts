import type { Clock } from '../../main/contract/time.ts';
import type { PublishKeys } from '../directory/publish-keys.ts';
import type { MediaRelay } from '../media/media-relay.ts';

/** An import changes the list hundreds of times: the relay hears of it this often at most. */
const tellEveryMs = 200;

/** Keeps the relay's list of cameras that may push the same as the directory's, until the signal aborts. */
export async function keepPublisherList(
  { keys, relay, clock }: { readonly keys: PublishKeys; readonly relay: Pick<MediaRelay, 'allowPublishers'>; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  let changed = Promise.withResolvers<void>();
  const stop = keys.onChange(() => changed.resolve());
  const over = () => changed.resolve();
  signal.addEventListener('abort', over);
  try {
    while (!signal.aborted) {
      relay.allowPublishers(keys.publishers);
      await changed.promise;
      await clock.sleep(tellEveryMs, signal).catch(() => {});
      changed = Promise.withResolvers<void>();
    }
  } finally {
    stop();
    signal.removeEventListener('abort', over);
  }
}
