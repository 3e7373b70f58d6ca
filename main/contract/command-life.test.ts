import { describe, expect, it } from 'vitest';
import { commandState, type CommandState } from './commands.ts';
import { type CommandEvent, nextCommandState } from './command-life.ts';

const events: readonly CommandEvent[] = ['needs-approval', 'approve', 'refuse', 'expire', 'send', 'accept', 'confirm', 'time-out', 'fail'];

/** Every step that exists; all others must not. */
const steps: readonly (readonly [CommandState, CommandEvent, CommandState])[] = [
  ['received', 'needs-approval', 'awaitingApproval'],
  ['received', 'approve', 'authorised'],
  ['received', 'refuse', 'rejected'],
  ['received', 'fail', 'failed'],
  ['awaitingApproval', 'approve', 'authorised'],
  ['awaitingApproval', 'refuse', 'rejected'],
  ['awaitingApproval', 'expire', 'rejected'],
  ['awaitingApproval', 'fail', 'failed'],
  ['authorised', 'send', 'sent'],
  ['authorised', 'fail', 'failed'],
  ['sent', 'accept', 'accepted'],
  ['sent', 'confirm', 'confirmed'],
  ['sent', 'refuse', 'rejected'],
  ['sent', 'time-out', 'timedOut'],
  ['sent', 'fail', 'failed'],
  ['accepted', 'confirm', 'confirmed'],
  ['accepted', 'time-out', 'timedOut'],
  ['accepted', 'fail', 'failed'],
];

describe('the life of a command', () => {
  it.each(commandState.options.flatMap((state) => events.map((event) => [state, event] as const)))('%s + %s', (state, event) => {
    const expected = steps.find(([from, on]) => from === state && on === event)?.[2] ?? null;
    expect(nextCommandState(state, event)).toBe(expected);
  });

  it('is confirmed only after it was sent: read-back, never acknowledgement alone, makes it done', () => {
    const before = commandState.options.filter((state) => nextCommandState(state, 'confirm') === 'confirmed');
    expect(before).toEqual(['sent', 'accepted']);
  });
});
