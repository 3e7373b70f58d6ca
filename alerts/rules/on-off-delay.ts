import type { EpochMs } from '../../main/contract/time.ts';

/**
 * Whether something holds, with a delay on the way in and on the way out (ISA-18.2 on-delay and off-delay). `at` are times of the source, `heardAt` of the hub.
 * No state: it does not hold, and nothing points to it.
 */
export type DelayState =
  | { readonly phase: 'pending'; readonly at: EpochMs; readonly heardAt: EpochMs }
  | { readonly phase: 'holds'; readonly at: EpochMs; readonly back: { readonly at: EpochMs; readonly heardAt: EpochMs } | null };

export interface Delays {
  readonly forMs: number;
  readonly clearForMs: number;
}

/** What becomes of it, and when time alone changes it again (hub time; null: never). */
export interface DelayStep {
  readonly state: DelayState | undefined;
  readonly says: 'raise' | 'clear' | null;
  readonly dueAt: EpochMs | null;
}

/** A value came. Two values that both are beyond tell of the time between them; a single one tells of the time since it was heard. */
export function delayedValue(
  state: DelayState | undefined,
  { side, at, heardAt }: { readonly side: 'beyond' | 'between' | 'back'; readonly at: EpochMs; readonly heardAt: EpochMs },
  { forMs, clearForMs }: Delays,
): DelayStep {
  if (state === undefined || state.phase === 'pending') {
    if (side !== 'beyond') return { state: undefined, says: null, dueAt: null };
    const since = state ?? { phase: 'pending', at, heardAt };
    if (at - since.at >= forMs) return { state: { phase: 'holds', at: since.at, back: null }, says: 'raise', dueAt: null };
    return { state: since, says: null, dueAt: since.heardAt + forMs };
  }
  if (side !== 'back') return { state: state.back === null ? state : { ...state, back: null }, says: null, dueAt: null };
  const back = state.back ?? { at, heardAt };
  if (at - back.at >= clearForMs) return { state: undefined, says: 'clear', dueAt: null };
  return { state: { ...state, back }, says: null, dueAt: back.heardAt + clearForMs };
}

/** Time passed without a value. */
export function delayedTime(state: DelayState, now: EpochMs, { forMs, clearForMs }: Delays): DelayStep {
  if (state.phase === 'pending') {
    if (now - state.heardAt >= forMs) return { state: { phase: 'holds', at: state.at, back: null }, says: 'raise', dueAt: null };
    return { state, says: null, dueAt: state.heardAt + forMs };
  }
  if (state.back === null) return { state, says: null, dueAt: null };
  if (now - state.back.heardAt >= clearForMs) return { state: undefined, says: 'clear', dueAt: null };
  return { state, says: null, dueAt: state.back.heardAt + clearForMs };
}
