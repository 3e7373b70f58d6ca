import { describe, expect, it } from 'vitest';
import { commandState, type CommandEntity, type CommandState } from '../../contract/commands.ts';
import type { SessionId, UserId } from '../../contract/ids.ts';
import type { Permission } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import { wholeCity, type ScopeClaim } from '../../contract/scope.ts';
import {
  approvalMs,
  clockStepMs,
  commandsTooMany,
  isFinished,
  maxFinishedKept,
  maxWaiting,
  maxWaitingOfOne,
  requesterProblem,
  secondPersonProblem,
  waitingProblem,
} from './approval-rules.ts';

const now = 1_700_000_000_000;
const command = (over: Partial<CommandEntity> = {}): CommandEntity => ({
  id: 'c1',
  name: 'test.two',
  state: 'awaitingApproval',
  payloadHash: 'a'.repeat(64),
  args: {},
  requestedBy: 'wang',
  requestedFrom: 'desk 3',
  approvedBy: null,
  approvalExpiresAt: now + approvalMs,
  reason: null,
  result: null,
  at: now,
  updatedAt: now,
  scope: [],
  simulated: false,
  drill: false,
  ...over,
});
const person = (userId: string, over: Partial<Principal> = {}): Principal => ({
  sessionId: `session of ${userId}` as SessionId,
  userId: userId as UserId,
  name: userId,
  roles: ['administrator'],
  permissions: new Set<Permission>(['camera.edit']),
  scope: wholeCity,
  screen: null,
  barrier: null,
  ...over,
});

describe('the second person', () => {
  it.each<[string, Partial<CommandEntity>, string, number, object | null]>([
    ['another one, in time', {}, 'li', now, null],
    ['in the last millisecond', {}, 'li', now + approvalMs - 1, null],
    ['too late', {}, 'li', now + approvalMs, { code: 'approval-expired' }],
    ['when a clock was set back a little since', {}, 'li', now - clockStepMs, null],
    ['when it was set back so far that nobody can say how long it waits', {}, 'li', now - clockStepMs - 1, { code: 'approval-expired' }],
    ['whoever asked', {}, 'wang', now, { code: 'approval-own' }],
    ...commandState.options
      .filter((state) => state !== 'awaitingApproval')
      .map((state): [string, Partial<CommandEntity>, string, number, object] => [
        `for what is ${state}`,
        { state },
        'li',
        now,
        { code: 'command-not-waiting', params: { state } },
      ]),
  ])('%s', (_name, over, who, at, refusal) => {
    const found = secondPersonProblem(command(over), 'wang', person(who), at);
    if (refusal === null) expect(found).toBeNull();
    else expect(found).toMatchObject(refusal);
  });

  it('is not the one who asked from another session', () => {
    const elsewhere = person('wang', { sessionId: 'another' as SessionId });
    expect(secondPersonProblem(command(), 'wang', elsewhere, now)).toMatchObject({ code: 'approval-own' });
  });
});

describe('whoever asked', () => {
  const definition = { name: 'camera.remove-many', permission: 'camera.edit', risk: 'two-person' } as const;
  const here: ScopeClaim[] = [{ district: '320282101', groups: [] }];
  const at = (...districts: string[]) => person('wang', { scope: { districts, groups: '*' } });

  it.each<[string, Principal | undefined, string | null]>([
    ['may still have it done', person('wang'), null],
    ['with a scope that covers it', at('320282'), null],
    ['is gone or disabled', undefined, 'user-unknown'],
    ['lost the permission', person('wang', { permissions: new Set<Permission>(['camera.view']) }), 'forbidden'],
    ['is responsible for another place now', at('320281'), 'out-of-scope'],
    ['must change a password first', person('wang', { barrier: 'password-change-required' }), 'password-change-required'],
  ])('%s', (_name, requester, code) => {
    expect(requesterProblem(requester, definition, here)?.code ?? null).toBe(code);
  });
});

describe('how many wait', () => {
  const waiting = (count: number, by: string) =>
    Array.from({ length: count }, (_, nth) => command({ id: `${by}-${nth}`, requestedBy: by }));

  it('is bounded for one person', () => {
    expect(waitingProblem(waiting(maxWaitingOfOne - 1, 'wang'), 'wang')).toBeNull();
    expect(waitingProblem(waiting(maxWaitingOfOne, 'wang'), 'wang')).toMatchObject({ code: 'too-many-requests', params: { max: 10 } });
    expect(waitingProblem(waiting(maxWaitingOfOne, 'wang'), 'li')).toBeNull();
  });

  it('is bounded for all, and what is over does not count', () => {
    const others = waiting(maxWaiting - 1, 'others');
    expect(waitingProblem(others, 'li')).toBeNull();
    expect(waitingProblem([...others, command({ state: 'confirmed' })], 'li')).toBeNull();
    expect(waitingProblem([...others, command()], 'li')).toMatchObject({ code: 'too-many-requests', params: { max: 100 } });
  });
});

describe('finished commands', () => {
  it('are those that nothing follows', () => {
    const finished: CommandState[] = ['confirmed', 'rejected', 'timedOut', 'failed'];
    expect(commandState.options.filter((state) => isFinished({ state })).sort()).toEqual(finished.sort());
  });

  it('go when there are too many, the oldest first, a few at a time; what is not over stays', () => {
    const aged = (id: string, ageMs: number, state: CommandState = 'confirmed') => command({ id, state, updatedAt: now - ageMs });
    const waits = aged('waits', 1e6, 'awaitingApproval');
    const full = Array.from({ length: maxFinishedKept }, (_, nth) => aged(`n${nth}`, nth));
    expect(commandsTooMany([waits, ...full], 10)).toEqual([]);
    const many = [waits, ...full, aged('old', 5000, 'failed'), aged('oldest', 5001, 'rejected')];
    expect(commandsTooMany(many, 10)).toEqual(['oldest', 'old']);
    expect(commandsTooMany(many, 1)).toEqual(['oldest']);
  });
});
