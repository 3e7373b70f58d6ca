import { beforeEach, expect, test } from 'vitest';
import { favouriteList, favouriteSet } from '../../contract/desk.ts';
import type { CommandContext, Outcome } from '../../contract/define-command.ts';
import type { Result } from '../../contract/result.ts';
import type { Problem } from '../../contract/errors.ts';
import { wholeCity, type Scope, type ScopeClaim } from '../../contract/scope.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { createFavouriteHandlers } from './favourite-handlers.ts';

const cause = { kind: 'command', id: 'k', by: 'li' } as const;
const town: Scope = { districts: ['320282101'], groups: '*' };
let ledger: MemoryLedger;
let cameras: Map<string, ScopeClaim>;

beforeEach(() => {
  ledger = new MemoryLedger();
  cameras = new Map(['a', 'b', 'c', 'z'].map((id) => [id, { district: id === 'z' ? '320281' : '320282101', groups: [] }]));
});

const handlers = () => createFavouriteHandlers({ ledger, lookup: { camera: (id) => cameras.get(id) } });
const contextOf = (userId: string | null, scope: Scope) =>
  ({ principal: userId === null ? null : { userId, scope } }) as unknown as CommandContext;

function set(userId: string, cameraIds: string[], scope: Scope = wholeCity): readonly string[] {
  const answer = handlers()['favourite.set'](favouriteSet.args.parse({ cameraIds }), contextOf(userId, scope)) as Result<
    Outcome<{ cameraIds: string[] }>,
    Problem
  >;
  if (!answer.ok) throw new Error(answer.error.code);
  ledger.commit(answer.value.changes!, cause);
  return answer.value.result.cameraIds;
}
function list(userId: string, scope: Scope = wholeCity): readonly string[] {
  const answer = handlers()['favourite.list'](favouriteList.args.parse({}), contextOf(userId, scope)) as Result<
    Outcome<{ cameraIds: string[] }>,
    Problem
  >;
  if (!answer.ok) throw new Error(answer.error.code);
  return answer.value.result.cameraIds;
}

test('whoever never chose any has none', () => {
  expect(list('li')).toEqual([]);
});

test('they stay in the order in which they were put, each once', () => {
  expect(set('li', ['c', 'a', 'c', 'b', 'a'])).toEqual(['c', 'a', 'b']);
  expect(list('li')).toEqual(['c', 'a', 'b']);
});

test('a new list takes the place of the old one', () => {
  set('li', ['a', 'b']);
  set('li', []);
  expect(list('li')).toEqual([]);
});

test('everybody has his own', () => {
  set('li', ['a']);
  set('wang', ['b']);
  expect([list('li'), list('wang')]).toEqual([['a'], ['b']]);
});

test('a camera that is gone is left out, when it is put and when it is read', () => {
  expect(set('li', ['nobody', 'a', 'b'])).toEqual(['a', 'b']);
  cameras.delete('a');
  expect(list('li')).toEqual(['b']);
});

test('what the scope does not cover any more is not told', () => {
  set('li', ['z', 'a']);
  expect(list('li', town)).toEqual(['a']);
});

test('too many at once do not come this far', () => {
  expect(favouriteSet.args.safeParse({ cameraIds: Array.from({ length: 201 }, (_, n) => `c${n}`) }).success).toBe(false);
});
