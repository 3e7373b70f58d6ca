import { expect, test } from 'vitest';
import { pathState, type PathState } from '../contract.ts';
import { nextPathState, type PathEvent } from './path-state.ts';

const events: readonly PathEvent[] = ['leased', 'left', 'picture', 'failed', 'retry', 'expired', 'changed'];

/** Rows: state; columns: the events above; `-` cannot happen. */
const table: Readonly<Record<PathState, readonly string[]>> = {
  //         leased      left        picture     failed    retry       expired  changed
  idle: ['starting', '-', '-', '-', '-', '-', '-'],
  starting: ['-', 'draining', 'ready', 'failed', '-', '-', 'starting'],
  ready: ['-', 'draining', '-', 'failed', '-', '-', 'starting'],
  draining: ['ready', '-', 'draining', 'idle', '-', 'idle', '-'],
  failed: ['-', 'idle', '-', '-', 'starting', '-', 'starting'],
};

test.each(pathState.options.flatMap((state) => events.map((event, column) => [state, event, table[state][column]!] as const)))(
  '%s + %s = %s',
  (state, event, next) => {
    expect(nextPathState(state, event, true) ?? '-').toBe(next);
  },
);

test('a path that had no picture yet starts on when somebody comes back', () => {
  expect(nextPathState('draining', 'leased', false)).toBe('starting');
});
