import type { Connection } from '../hub-client/connection.ts';

const key = 'taodu.reloaded';
const firstMs = 60_000;
const longestMs = 3_600_000;

/**
 * A page that the hub no longer understands loads itself anew. If that did not help it does so again after a minute, then after two, up to once an hour:
 * what is between page and hub may keep an old page. A day without it forgives. The wall says meanwhile what is wrong.
 */
export function reloadOnIncompatible(connection: Connection, reload: () => void = () => location.reload(), now: number = Date.now()): void {
  if (connection.kind !== 'incompatible') return;
  const { at, times } = lastReload();
  // Between 0 and the wait: a clock that was set back is no reason to wait for it.
  const sinceMs = now - at;
  if (sinceMs >= 0 && sinceMs < Math.min(longestMs, firstMs * 2 ** (times - 1))) return;
  sessionStorage.setItem(key, JSON.stringify([now, sinceMs >= 0 && sinceMs < 24 * longestMs ? Math.min(times + 1, 30) : 1]));
  reload();
}

function lastReload(): { readonly at: number; readonly times: number } {
  try {
    const [at, times] = JSON.parse(sessionStorage.getItem(key) ?? '') as unknown[];
    if (typeof at === 'number' && typeof times === 'number') return { at, times };
  } catch {
    // Never yet, or nothing that we wrote.
  }
  return { at: Number.NEGATIVE_INFINITY, times: 0 };
}
