import type { Log } from '../../main/contract/log.ts';
import type { Journal } from '../feeds/journal.ts';
import type { KnownCity } from './known-city.ts';

/** Things asked for at once: some milliseconds of the journal's thread, whose groups come between. */
const atOnce = 200;

/**
 * Gives the things of the city the values that they had before a restart, with their times, so that what is old is shown as old and not as unknown. The journal's thread looks for
 * them. Never rejects: what cannot be read stays unknown until it is told anew.
 */
export async function restoreValues({
  known,
  journal,
  log,
  signal,
}: {
  readonly known: Pick<KnownCity, 'assets' | 'restore'>;
  readonly journal: Pick<Journal, 'newest'>;
  readonly log: Log;
  readonly signal: AbortSignal;
}): Promise<void> {
  const ids = Array.from(known.assets(), ({ id }) => id);
  try {
    for (let from = 0; from < ids.length && !signal.aborted; from += atOnce)
      known.restore(await journal.newest(ids.slice(from, from + atOnce)));
  } catch (cause) {
    if (!signal.aborted) log.warn({ err: cause }, 'the last values of things could not be read; they are unknown until they are told anew');
  }
}
