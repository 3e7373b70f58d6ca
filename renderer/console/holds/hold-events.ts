import type { Hold } from '../../../layouts/control-contract.ts';

/** Something that happened to a hold and that concerns one person. */
export type HoldEvent =
  /** What was asked for is his now. */
  | { readonly kind: 'given'; readonly hold: Hold; readonly by: string }
  /** Whoever holds it has said no. */
  | { readonly kind: 'refused'; readonly hold: Hold; readonly by: string }
  /** What was asked for is held by nobody any more. */
  | { readonly kind: 'free'; readonly hold: Hold }
  /** Somebody of a higher priority took it from him. */
  | { readonly kind: 'lost'; readonly hold: Hold; readonly by: string };

/** What happened between two looks at all holds, for one person. What he did himself is not among it. */
export function holdEvents(before: ReadonlyMap<string, Hold>, after: ReadonlyMap<string, Hold>, userId: string): HoldEvent[] {
  const events: HoldEvent[] = [];
  const asked = (hold: Hold) => hold.requests.some((request) => request.userId === userId);
  for (const [id, was] of before) {
    const is = after.get(id);
    const mine = was.userId === userId;
    if (!is) {
      if (asked(was)) events.push({ kind: 'free', hold: was });
    } else if (asked(was) && is.userId === userId) events.push({ kind: 'given', hold: is, by: was.name });
    else if (asked(was) && !asked(is) && is.userId === was.userId) events.push({ kind: 'refused', hold: is, by: is.name });
    // Given away, it goes to somebody who asked; taken away, to whoever did not wait for it.
    else if (mine && is.userId !== userId && !was.requests.some((request) => request.userId === is.userId))
      events.push({ kind: 'lost', hold: is, by: is.name });
  }
  return events;
}

/** My holds that end within this time, the next to end first. */
export function endingSoon(holds: readonly Hold[], userId: string, now: number, withinMs: number): Hold[] {
  return holds
    .filter((hold) => hold.userId === userId && hold.expiresAt > now && hold.expiresAt - now < withinMs)
    .sort((a, b) => a.expiresAt - b.expiresAt);
}
