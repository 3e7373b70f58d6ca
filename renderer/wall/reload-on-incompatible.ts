import type { Connection } from '../hub-client/connection.ts';

const key = 'taodu.reloadedAt';
const atMostEveryMs = 60_000;

/** A page that the hub no longer understands loads itself anew, and if that did not help, not again for a minute. */
export function reloadOnIncompatible(connection: Connection, reload: () => void = () => location.reload(), now: number = Date.now()): void {
  if (connection.kind !== 'incompatible') return;
  if (now - Number(sessionStorage.getItem(key) ?? 0) < atMostEveryMs) return;
  sessionStorage.setItem(key, String(now));
  reload();
}
