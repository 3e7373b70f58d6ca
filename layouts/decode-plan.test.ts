import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlannedStream } from './contract.ts';
import { DecodePlanner, planDecoding, plannedLoad, type LoadOf, type PlannedTile, type TileToPlan } from './decode-plan.ts';

/** A main picture counts ten, a small one one, and what is hardly decoded next to nothing. */
const plain: Record<PlannedStream, number> = { main: 10, sub: 1, 'key-only': 0.03, still: 0.005 };
const loadOf: LoadOf = (_tileId, stream) => plain[stream];
const can = (megapixelsPerSecond: number, decoders = 1000) => ({ megapixelsPerSecond, decoders });

const tile = (tileId: string, more: Partial<TileToPlan> = {}): TileToPlan => ({
  tileId,
  width: 240,
  height: 135,
  profile: 'auto',
  focus: false,
  alarm: false,
  ...more,
});
const large = (tileId: string, more: Partial<TileToPlan> = {}) => tile(tileId, { width: 960, height: 540, ...more });
const grid = (count: number) => Array.from({ length: count }, (_, nth) => tile(`t${nth}`));
/** `a:main b:sub!`: the exclamation mark is the decode budget's, two are a picture that is too large. */
const words = (planned: readonly PlannedTile[]) =>
  planned
    .map(({ tileId, stream, reason }) => `${tileId}:${stream}${reason === null ? '' : reason === 'decode-budget' ? '!' : '!!'}`)
    .join(' ');

describe('the plan', () => {
  test.each<[string, readonly TileToPlan[], ReturnType<typeof can>, string]>([
    ['nothing to plan', [], can(10), ''],
    ['room for all: the size decides', [large('a'), tile('b')], can(100), 'a:main b:sub'],
    ['a pixel too narrow', [tile('a', { width: 959, height: 540 })], can(100), 'a:sub'],
    ['the scene’s own wish while it fits', [tile('a', { profile: 'main' }), large('b', { profile: 'sub' })], can(100), 'a:main b:sub'],
    ['a wish that does not fit', [tile('a', { profile: 'main' }), tile('b')], can(10.5), 'a:sub! b:sub'],
    ['large pictures go first, the smallest tiles before', [tile('a', { profile: 'main' }), large('b')], can(12), 'a:sub! b:main'],
    ['an alarm keeps its large picture', [large('a'), tile('b', { profile: 'main', alarm: true })], can(12), 'a:sub! b:main'],
    ['then movement, the last first', grid(4), can(2.2), 't0:sub t1:sub t2:key-only! t3:key-only!'],
    ['an alarm moves on', [tile('a'), tile('b'), tile('c', { alarm: true })], can(1.2), 'a:key-only! b:key-only! c:sub'],
    ['a large tile moves on', [tile('a'), large('b', { profile: 'sub' })], can(1.2), 'a:key-only! b:sub'],
    ['a pixel more is no larger', [tile('a'), tile('b', { width: 241 })], can(1.2), 'a:sub b:key-only!'],
    ['no large picture at the cost of movement', [large('a'), tile('b'), tile('c')], can(11.5), 'a:sub! b:sub c:sub'],
    ['then key pictures', grid(3), can(0.07), 't0:key-only!! t1:key-only!! t2:still!'],
    ['never nothing', grid(3), can(0.001), 't0:still!! t1:still!! t2:still!!'],
    ['decoders count as well', grid(3), can(100, 2), 't0:sub t1:sub t2:still!'],
    ['no decoder at all', grid(2), can(100, 0), 't0:still! t1:still!'],
    ['the focus has its large picture, small as it is', [tile('a', { focus: true }), tile('b')], can(100), 'a:main b:sub'],
    ['and at the cost of all others', [large('a'), tile('b', { focus: true }), tile('c')], can(10.05), 'a:key-only! b:main c:still!'],
    ['unless it is too large for this screen', [tile('a', { focus: true }), tile('b')], can(5), 'a:sub!! b:sub'],
  ])('%s', (_, tiles, capacity, expected) => {
    expect(words(planDecoding(tiles, capacity, loadOf))).toBe(expected);
  });

  test('counts what was measured: a camera that is too heavy for this screen leaves the room to the others', () => {
    const measured: LoadOf = (tileId, stream) => plain[stream] * (tileId === 't0' ? 8 : 1);
    expect(words(planDecoding(grid(4), can(4), measured))).toBe('t0:key-only!! t1:sub t2:sub t3:sub');
  });

  test('a wall of 144 tiles moves on two cores by what small pictures are taken to be, once they were measured', () => {
    const measured: LoadOf = (_tileId, stream) => (320 * 180 * { main: 25, sub: 15, 'key-only': 0.5, still: 0.1 }[stream]) / 1e6;
    expect(planDecoding(grid(144), can(154), measured).every(({ stream }) => stream === 'sub')).toBe(true);
    expect(planDecoding(grid(100), can(154)).filter(({ stream }) => stream === 'sub')).toHaveLength(100);
  });
});

describe('a steady hand', () => {
  const live = (planned: readonly PlannedTile[]) => planned.filter(({ stream }) => stream === 'sub').length;

  test.each([
    [10, 10],
    [9.2, 10],
    [10.9, 10],
    [8.9, 9],
    [8, 8],
  ])('of ten moving tiles at a capacity of 10, %d leaves %d', (next, expected) => {
    const planner = new DecodePlanner();
    expect(live(planner.plan(grid(10), can(10.1), loadOf))).toBe(10);
    expect(live(planner.plan(grid(10), can(next), loadOf))).toBe(expected);
  });

  test('what was held back waits until there is room to spare', () => {
    const planner = new DecodePlanner();
    expect(live(planner.plan(grid(10), can(8.3), loadOf))).toBe(8);
    expect(live(planner.plan(grid(10), can(9.5), loadOf))).toBe(8);
    expect(live(planner.plan(grid(10), can(10.3), loadOf))).toBe(9);
    expect(live(planner.plan(grid(10), can(11.2), loadOf))).toBe(10);
  });

  test('another focus, alarm, size or scene is planned anew', () => {
    const planner = new DecodePlanner();
    planner.plan(grid(10), can(8.3), loadOf);
    const alarmed = grid(10).map((one, nth) => (nth === 9 ? { ...one, alarm: true } : one));
    expect(words(planner.plan(alarmed, can(9.5), loadOf))).toContain('t8:key-only! t9:sub');
  });
});

test('whatever is asked: within the capacity, in order, nobody without anything, and steady', () => {
  const anyTile = fc.record({
    tileId: fc.uuid(),
    width: fc.integer({ min: 0, max: 4000 }),
    height: fc.integer({ min: 0, max: 4000 }),
    profile: fc.constantFrom('auto', 'main', 'sub'),
    alarm: fc.boolean(),
    focus: fc.constant(false),
  });
  const report = fc.check(
    fc.property(
      fc.uniqueArray(anyTile, { maxLength: 60, selector: ({ tileId }) => tileId }),
      fc.float({ min: 0, max: 500, noNaN: true }),
      fc.nat(80),
      fc.float({ min: 0.5, max: 20, noNaN: true }),
      (tiles, megapixelsPerSecond, decoders, weight) => {
        const weighted: LoadOf = (tileId, stream) => plain[stream] * (tileId < '8' ? weight : 1);
        const planned = planDecoding(tiles, { megapixelsPerSecond, decoders }, weighted);
        if (planned.map(({ tileId }) => tileId).join() !== tiles.map(({ tileId }) => tileId).join()) return false;
        const used = plannedLoad(planned, weighted);
        const least = tiles.reduce((sum, { tileId }) => sum + weighted(tileId, 'still'), 0);
        if (used > Math.max(megapixelsPerSecond, least) + 1e-6) return false;
        if (planned.filter(({ stream }) => stream !== 'still').length > decoders) return false;
        const again = planDecoding(tiles, { megapixelsPerSecond: megapixelsPerSecond * 0.97, decoders }, weighted, planned);
        const streams = (of: readonly PlannedTile[]) => of.map(({ stream }) => stream).join();
        return megapixelsPerSecond < least || streams(again) === streams(planned);
      },
    ),
    { seed: 4, numRuns: 2000 },
  );
  expect(report.counterexample).toBeNull();
});
