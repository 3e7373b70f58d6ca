import { describe, expect, test } from 'vitest';
import type { CommandEntity, CommandState } from '../../../../main/contract/commands.ts';
import { isOwn, isWaiting, sortedCommands, waitingFor } from './waiting-commands.ts';

const command = (id: string, state: CommandState, more: Partial<CommandEntity> = {}): CommandEntity => ({
  id,
  name: 'camera.remove-many',
  state,
  payloadHash: 'a'.repeat(64),
  args: {},
  requestedBy: 'li',
  requestedFrom: '10.0.0.5',
  approvedBy: null,
  approvalExpiresAt: 1000,
  reason: null,
  result: null,
  at: 100,
  updatedAt: 100,
  scope: [],
  simulated: false,
  drill: false,
  ...more,
});
const wang = { userId: 'u-wang', name: 'wang', mayApprove: true };

describe('what waits', () => {
  test.each<[CommandState, number, boolean]>([
    ['awaitingApproval', 999, true],
    ['awaitingApproval', 1000, false],
    ['authorised', 500, false],
    ['rejected', 500, false],
  ])('%s at %d', (state, now, waits) => {
    expect(isWaiting(command('c', state), now)).toBe(waits);
  });

  test('is counted for who may approve it, and not for who asked', () => {
    const all = [
      command('1', 'awaitingApproval'),
      command('2', 'awaitingApproval', { requestedBy: 'wang' }),
      command('3', 'awaitingApproval', { requestedBy: 'u-wang' }),
      command('4', 'awaitingApproval', { approvalExpiresAt: 400 }),
      command('5', 'confirmed'),
    ];
    expect(waitingFor(all, wang, 500)).toBe(1);
    expect(waitingFor(all, { ...wang, mayApprove: false }, 500)).toBe(0);
    expect(all.map((one) => isOwn(one, wang))).toEqual([false, true, true, false, false]);
  });
});

test('what expires first is on top, what was done last is on top', () => {
  const { waiting, underWay, over } = sortedCommands([
    command('late', 'awaitingApproval', { approvalExpiresAt: 900 }),
    command('old', 'confirmed', { updatedAt: 10 }),
    command('soon', 'awaitingApproval', { approvalExpiresAt: 300 }),
    command('going', 'sent'),
    command('new', 'rejected', { updatedAt: 20 }),
  ]);
  expect([waiting, underWay, over].map((list) => list.map(({ id }) => id))).toEqual([['soon', 'late'], ['going'], ['new', 'old']]);
});
