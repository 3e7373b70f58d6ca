import type { Clock } from '../../../main/contract/time.ts';

/**
 * Does `work` with a signal that aborts with the outer one, or after `ms` with what `late` makes of it as its reason. What `work` throws
 * after the signal aborted does not count: the reason is thrown.
 */
export async function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = new AbortController();
  const abort = () => limit.abort(outer.reason);
  outer.addEventListener('abort', abort, { once: true });
  if (outer.aborted) abort();
  clock.sleep(ms, timer.signal).then(
    () => limit.abort(late()),
    () => {},
  );
  try {
    return await unlessAborted(limit.signal, work(limit.signal));
  } finally {
    timer.abort();
    outer.removeEventListener('abort', abort);
  }
}

/** The same outcome, or the signal's reason when that aborts first; nobody hears of what comes after. */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
