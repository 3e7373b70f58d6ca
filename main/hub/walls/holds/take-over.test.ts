import { expect, test } from 'vitest';
import { holdEntity, type Hold } from '../../../../layouts/control-contract.ts';
import type { UserId } from '../../../contract/ids.ts';
import type { Role } from '../../../contract/permissions.ts';
import { takeOver } from './take-over.ts';

const now = 1_000_000;
const hold = (id: string, more: object = {}): Hold =>
  holdEntity.parse({
    id,
    wallId: 'main',
    screenId: '1',
    tiles: null,
    userId: 'u-li',
    name: 'li',
    priority: 4,
    reason: 'Marathon',
    since: now - 1000,
    expiresAt: now + 1000,
    restore: { scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] } },
    requests: [],
    revision: 3,
    ...more,
  });
const wang = (...roles: Role[]) => ({ userId: 'u-wang' as UserId, name: 'wang', roles });

test('a hold becomes the successor’s and stays what it was otherwise; what comes back at its end was passed on', () => {
  const before = hold('h');
  const { taken, left } = takeOver([before], 'u-li', wang('operator'), now);
  expect(taken).toEqual([{ ...before, userId: 'u-wang', name: 'wang', restore: { ...before.restore, passedOn: true }, revision: 4 }]);
  expect(left).toEqual([]);
});

test('where nothing comes back, nothing will', () => {
  expect(takeOver([hold('h', { restore: null })], 'u-li', wang('operator'), now).taken[0]!.restore).toBeNull();
});

test.each<[string, Role[], number, boolean]>([
  ['as high as the role allows', ['operator'], 4, true],
  ['higher than the role allows', ['operator'], 5, false],
  ['the highest of several roles counts', ['operator', 'dispatcher'], 7, true],
  ['a role that holds nothing', ['unit'], 1, false],
  ['no role at all', [], 1, false],
])('%s', (_name, roles, priority, taken) => {
  const answer = takeOver([hold('h', { priority })], 'u-li', wang(...roles), now);
  expect([answer.taken.length, answer.left.length]).toEqual(taken ? [1, 0] : [0, 1]);
});

test('neither the holds of others nor those that are over are touched', () => {
  const holds = [hold('other', { userId: 'u-zhao', name: 'zhao' }), hold('over', { expiresAt: now })];
  expect(takeOver(holds, 'u-li', wang('operator'), now)).toEqual({ taken: [], left: [] });
});

test('whoever asked for it and has it now does not ask any more; others still do', () => {
  const asks = (userId: string) => ({ userId, name: userId, reason: 'Please', at: now });
  const { taken } = takeOver([hold('h', { requests: [asks('u-wang'), asks('u-zhao')] })], 'u-li', wang('operator'), now);
  expect(taken[0]!.requests.map(({ userId }) => userId)).toEqual(['u-zhao']);
});
