import { describe, expect, test } from 'vitest';
import type { PanelRef, Scene, Wall } from '../../../../layouts/contract.ts';
import { holdEntity, type Hold } from '../../../../layouts/control-contract.ts';
import { wallOf } from '../../../../layouts/testdata/arbitrary-scenes.ts';
import type { ScreenId, WallId } from '../../../contract/ids.ts';
import type { Role } from '../../../contract/permissions.ts';
import {
  changeProblem,
  endReason,
  highestPriority,
  holdsAfterChange,
  maxHolds,
  maxRequests,
  mayHold,
  overrideProblem,
  ownProblem,
  requestProblem,
  takeProblem,
  type Wish,
} from './hold-rules.ts';

const now = 1_000_000;
const rect = { x: 0, y: 0, width: 1920, height: 1080 };
const clock: PanelRef = { panel: 'clock' };
const grid = (...tiles: (PanelRef | null)[]): Scene => ({ kind: 'grid', rows: 2, cols: 2, tiles });
const tour: Scene = { kind: 'tour', steps: [{ dwellMs: 5000, scene: { kind: 'grid', rows: 1, cols: 1, tiles: [] } }] };
const hold = (more: object = {}): Hold =>
  holdEntity.parse({
    id: 'h1',
    wallId: 'main',
    screenId: '1',
    tiles: null,
    userId: 'u-li',
    name: 'li',
    priority: 4,
    reason: 'Marathon',
    since: now - 1000,
    expiresAt: now + 60_000,
    restore: null,
    requests: [],
    revision: 3,
    ...more,
  });
const asks = (userId: string) => ({ userId, name: userId, reason: 'Please', at: now });

test.each<[Role[], number]>([
  [['operator'], 4],
  [['traffic'], 5],
  [['dispatcher'], 7],
  [['administrator'], 9],
  [['operator', 'dispatcher'], 7],
  [['auditor'], 0],
  [[], 0],
])('the highest priority of %j is %i', (roles, expected) => {
  expect(highestPriority(roles)).toBe(expected);
});

test.each<[string, Parameters<typeof mayHold>[0], number, boolean]>([
  ['an operator at his highest', { roles: ['operator'], denied: [], disabled: false }, 4, true],
  ['an operator above it', { roles: ['operator'], denied: [], disabled: false }, 5, false],
  ['somebody disabled', { roles: ['administrator'], denied: [], disabled: true }, 1, false],
  ['somebody who is denied the walls', { roles: ['operator'], denied: ['wall.control'], disabled: false }, 1, false],
  ['an auditor', { roles: ['auditor'], denied: [], disabled: false }, 1, false],
  ['nobody', undefined, 1, false],
])('may hold: %s', (_, user, priority, expected) => {
  expect(mayHold(user, priority)).toBe(expected);
});

describe('a change of a wall', () => {
  const wall = (scene: Scene, revision: number): Wall => {
    const made = wallOf(scene, rect);
    return { ...made, screens: [{ ...made.screens[0]!, revision }] };
  };
  const byWang = (one: Hold) => one.userId === 'u-wang';
  const byLi = (one: Hold) => one.userId === 'u-li';
  const before = wall(grid(clock), 1);

  test.each<[string, Hold[], Wall, (one: Hold) => boolean, string | null]>([
    ['that nobody holds', [], wall(grid(), 2), byWang, null],
    ['that another holds', [hold()], wall(grid(), 2), byWang, 'h1'],
    ['of what is one’s own', [hold()], wall(grid(), 2), byLi, null],
    ['beside what another holds', [hold({ tiles: ['g-0-0'] })], wall(grid(clock, clock), 2), byWang, null],
    ['of a tile that another holds', [hold({ tiles: ['g-0-0'] })], wall(grid(null), 2), byWang, 'h1'],
    ['of the shape under a tile', [hold({ tiles: ['g-0-0'] })], wall(tour, 2), byWang, 'h1'],
    ['of a wall with a screen of that name', [hold({ wallId: 'hall' })], wall(grid(), 2), byWang, null],
    [
      'of one’s own shape while another holds a tile of it',
      [hold({ tiles: ['g-0-0'] }), hold({ id: 'h2', tiles: ['g-0-1'], userId: 'u-wang', name: 'wang' })],
      wall(tour, 2),
      byLi,
      'h2',
    ],
  ])('%s', (_, holds, after, mine, refusedBy) => {
    const problem = changeProblem(holds, before, after, mine);
    if (refusedBy === null) expect(problem).toBeNull();
    else {
      const held = holds.find(({ id }) => id === refusedBy)!;
      expect(problem).toEqual({
        code: 'wall-held',
        params: { by: held.name, reason: held.reason, until: held.expiresAt, holdId: refusedBy },
      });
    }
  });

  test.each<[string, Hold, Wall, boolean]>([
    ['his own from the beginning keeps what comes back', hold({ restore: { scene: grid() } }), wall(grid(), 2), false],
    ['one that was given to him does not', hold({ restore: { scene: grid(), passedOn: true } }), wall(grid(), 2), true],
    ['… unless he changes something else', hold({ tiles: ['g-0-1'], restore: { scene: grid(), passedOn: true } }), wall(grid(), 2), false],
    ['one that keeps nothing stays as it is', hold(), wall(grid(), 2), false],
    ['… nor one of somebody else', hold({ userId: 'u-wang', restore: { scene: grid(), passedOn: true } }), wall(grid(), 2), false],
  ])('by the holder: %s', (_, held, after, lets) => {
    expect(holdsAfterChange([held], before, after, byLi)).toEqual(lets ? [{ ...held, restore: null, revision: 4 }] : []);
  });
});

describe('taking a hold', () => {
  const wish = (more: Partial<Wish> = {}, tiles: string[] | null = null): Wish => ({
    part: { wallId: 'main' as WallId, screenId: '1' as ScreenId, tiles },
    userId: 'u-li',
    roles: ['operator'],
    priority: 4,
    ...more,
  });
  const others = { userId: 'u-wang', name: 'wang' };
  const many = Array.from({ length: maxHolds }, (_, n) => hold({ id: `x${n}`, screenId: `s${n}` }));

  test.each<[string, Hold[], Scene, Wish, object | null]>([
    ['what is free', [], grid(), wish(), null],
    ['tiles that are free', [hold({ ...others, tiles: ['g-0-0'] })], grid(), wish({}, ['g-0-1', 'g-1-1']), null],
    ['a whole tour', [], tour, wish(), null],
    ['with the highest priority', [], grid(), wish({ roles: ['dispatcher'], priority: 7 }), null],
    ['with a higher one', [], grid(), wish({ priority: 5 }), { code: 'priority-too-low', params: { own: 4 } }],
    ['without a role that holds', [], grid(), wish({ roles: ['auditor'], priority: 0 }), { code: 'priority-too-low', params: { own: 0 } }],
    ['tiles of a tour', [], tour, wish({}, ['g-0-0']), { code: 'scene-invalid', params: { reason: 'tour-has-no-tiles' } }],
    [
      'a tile that is not there',
      [],
      grid(),
      wish({}, ['g-0-0', 'g-2-0']),
      { code: 'field-invalid', params: { field: 'tiles', reason: 'tile-unknown', tile: 'g-2-0' } },
    ],
    ['a screen that is held', [hold(others)], grid(), wish(), { code: 'wall-held', params: { by: 'wang' } }],
    ['a tile of a screen that is held', [hold(others)], grid(), wish({}, ['g-0-0']), { code: 'wall-held' }],
    ['a screen of which a tile is held', [hold({ ...others, tiles: ['g-0-0'] })], grid(), wish(), { code: 'wall-held' }],
    ['what one holds already', [hold()], grid(), wish({}, ['g-0-0']), { code: 'hold-overlap', params: { holdId: 'h1' } }],
    [
      'what is one’s own and another’s',
      [hold({ tiles: ['g-0-0'] }), hold({ ...others, id: 'h2', tiles: ['g-0-1'] })],
      grid(),
      wish(),
      { code: 'wall-held', params: { holdId: 'h2' } },
    ],
    ['one too many', many, grid(), wish(), { code: 'field-invalid', params: { reason: 'too-many-holds', max: maxHolds } }],
    ['the last one', many.slice(1), grid(), wish(), null],
  ])('%s', (_, holds, scene, wanted, expected) => {
    const problem = takeProblem(holds, { scene }, wanted);
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toMatchObject(expected);
  });
});

test('what only its holder may do', () => {
  expect(ownProblem(hold(), 'u-li')).toBeNull();
  expect(ownProblem(hold(), 'u-wang')).toEqual({ code: 'hold-foreign', params: { by: 'li' } });
});

const full = Array.from({ length: maxRequests }, (_, n) => asks(`u-${n}`));
test.each<[string, Hold, string, string | null]>([
  ['by somebody else', hold(), 'u-wang', null],
  ['by its holder', hold(), 'u-li', 'own-hold'],
  ['when many wait', hold({ requests: full }), 'u-wang', 'too-many-asked'],
  ['when many wait, by one of them', hold({ requests: full }), 'u-3', null],
])('a request %s', (_, held, by, reason) => {
  const problem = requestProblem(held, by);
  if (reason === null) expect(problem).toBeNull();
  else expect(problem).toMatchObject({ code: 'field-invalid', params: { reason } });
});

test.each<[string, number, number, Role[], boolean]>([
  ['a higher priority', 4, 5, ['dispatcher'], true],
  ['the same', 5, 5, ['dispatcher'], false],
  ['a lower one', 5, 4, ['administrator'], false],
  ['one that the roles do not go up to', 4, 8, ['dispatcher'], false],
  ['the highest over the one below', 8, 9, ['administrator'], true],
  ['nothing over the highest', 9, 9, ['administrator'], false],
])('an override with %s', (_, held, priority, roles, goes) => {
  expect(overrideProblem({ priority: held }, priority, roles)).toEqual(
    goes ? null : { code: 'priority-too-low', params: { own: highestPriority(roles), needed: held } },
  );
});

test.each<[string, object, ReturnType<typeof endReason>]>([
  ['while it goes on', {}, null],
  ['when its time is over', { now: now + 60_000 }, 'expired'],
  ['a moment before', { now: now + 59_999, monotonic: 99 }, null],
  ['when the clock that nobody can set says so', { now: now - 3_600_000, monotonic: 100 }, 'expired'],
  ['when the wall is gone', { wall: undefined }, 'screen-gone'],
  ['when the screen is gone', { wall: { ...wallOf(grid(), rect), screens: [] } }, 'screen-gone'],
  ['when its holder is gone', { user: undefined }, 'holder-gone'],
  ['when its holder holds nothing so high any more', { user: { roles: ['unit'], denied: [], disabled: false } }, 'holder-gone'],
])('a hold %s', (_, more, expected) => {
  const user = { roles: ['operator' as const], denied: [], disabled: false };
  expect(endReason(hold(), { wall: wallOf(grid(), rect), user, now, monotonic: 0, dueAt: 100, ...more })).toBe(expected);
});
