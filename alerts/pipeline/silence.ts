import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert, HeldReason, Silence } from '../contract.ts';
import { matches } from './matcher.ts';

/** True while a silence is in force. */
export function isInForce({ ended, startsAt, endsAt }: Silence, now: EpochMs): boolean {
  return !ended && startsAt <= now && now < endsAt;
}

/** The silence that holds an alert, of several the one that lasts longest; null when none does. */
export function heldBySilence(alert: Alert, inForce: readonly Silence[]): HeldReason | null {
  let longest: Silence | null = null;
  for (const silence of inForce) {
    // An exercise is silenced in an exercise only, and never silences what is real.
    if (silence.drill && !alert.drill) continue;
    if (matches(silence.matchers, alert) && (longest === null || silence.endsAt > longest.endsAt)) longest = silence;
  }
  return longest === null ? null : { by: 'silence', what: longest.id, until: longest.endsAt };
}
