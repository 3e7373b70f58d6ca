import { expect, test } from 'vitest';
import { delayedTime, delayedValue, type DelayState, type DelayStep } from './on-off-delay.ts';

const delays = { forMs: 60, clearForMs: 30 };
const none: DelayStep = { state: undefined, says: null, dueAt: null };
const pending: DelayState = { phase: 'pending', at: 0, heardAt: 5 };
const holds: DelayState = { phase: 'holds', at: 0, back: null };
const leaving: DelayState = { phase: 'holds', at: 0, back: { at: 100, heardAt: 105 } };

test.each<[string, DelayState | undefined, 'beyond' | 'between' | 'back', number, DelayStep]>([
  ['nothing', undefined, 'back', 0, none],
  ['nothing', undefined, 'between', 0, none],
  ['nothing', undefined, 'beyond', 0, { state: pending, says: null, dueAt: 65 }],
  ['pending', pending, 'beyond', 59, { state: pending, says: null, dueAt: 65 }],
  ['pending', pending, 'beyond', 60, { state: holds, says: 'raise', dueAt: null }],
  ['pending', pending, 'between', 60, none],
  ['pending', pending, 'back', 60, none],
  ['holds', holds, 'beyond', 100, { state: holds, says: null, dueAt: null }],
  ['holds', holds, 'between', 100, { state: holds, says: null, dueAt: null }],
  ['holds', holds, 'back', 100, { state: leaving, says: null, dueAt: 135 }],
  ['leaving', leaving, 'back', 129, { state: leaving, says: null, dueAt: 135 }],
  ['leaving', leaving, 'back', 130, { state: undefined, says: 'clear', dueAt: null }],
  ['leaving', leaving, 'beyond', 110, { state: holds, says: null, dueAt: null }],
  ['leaving', leaving, 'between', 110, { state: holds, says: null, dueAt: null }],
])('%s: a value %s at %s', (_name, state, side, at, expected) => {
  expect(delayedValue(state, { side, at, heardAt: at + 5 }, delays)).toEqual(expected);
});

test.each<[string, DelayState, number, DelayStep]>([
  ['pending', pending, 64, { state: pending, says: null, dueAt: 65 }],
  ['pending', pending, 65, { state: holds, says: 'raise', dueAt: null }],
  ['holds', holds, 9999, { state: holds, says: null, dueAt: null }],
  ['leaving', leaving, 134, { state: leaving, says: null, dueAt: 135 }],
  ['leaving', leaving, 135, { state: undefined, says: 'clear', dueAt: null }],
])('%s: the clock says %s', (_name, state, now, expected) => {
  expect(delayedTime(state, now, delays)).toEqual(expected);
});

test('without delays it holds at once and is over at once', () => {
  const at = { at: 7, heardAt: 7 };
  const now = { forMs: 0, clearForMs: 0 };
  expect(delayedValue(undefined, { side: 'beyond', ...at }, now)).toEqual({
    state: { phase: 'holds', at: 7, back: null },
    says: 'raise',
    dueAt: null,
  });
  expect(delayedValue(holds, { side: 'back', ...at }, now)).toEqual({ state: undefined, says: 'clear', dueAt: null });
});
