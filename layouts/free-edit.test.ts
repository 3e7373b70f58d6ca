import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxTiles, type PanelRef, type Rect } from './contract.ts';
import {
  addTile,
  align,
  backward,
  copyTiles,
  distribute,
  forward,
  groupTiles,
  leastSize,
  moveTiles,
  nudge,
  pasteTiles,
  removeTiles,
  resizedRect,
  resizeTile,
  sameSize,
  setPanel,
  setRect,
  toBack,
  toFront,
  ungroupTiles,
  withGroups,
  type FreeTile,
} from './free-edit.ts';
import { handles } from './free-snap.ts';
import { anyPanel, anyRect } from './testdata/arbitrary-scenes.ts';

const canvas = { width: 1920, height: 1080 };
const clock: PanelRef = { panel: 'clock' };
const note: PanelRef = { panel: 'note', text: '汛期值班' };
const rect = (x: number, y: number, width = 300, height = 200): Rect => ({ x, y, width, height });
const tile = (id: string, place: Rect, group: string | null = null): FreeTile => ({ id, rect: place, panel: clock, group });
const three = [tile('t1', rect(100, 100)), tile('t2', rect(500, 240, 400, 300)), tile('t3', rect(1300, 700))];
const placesOf = (tiles: readonly FreeTile[]) => tiles.map(({ rect: { x, y, width, height } }) => `${width}x${height}+${x}+${y}`);
const idsOf = (tiles: readonly FreeTile[]) => tiles.map(({ id }) => id).join(' ');

test('a tile is added on top, large enough and on the canvas', () => {
  const { tiles, added } = addTile(three, rect(1900.4, -50, 10, 10), note, canvas);
  expect(added).toBe('t4');
  expect(tiles.slice(0, 3)).toEqual(three);
  expect(tiles[3]).toEqual({ id: 't4', rect: rect(1680, 0, 240, 90), panel: note, group: null });
});

test('a full scene takes no more', () => {
  const full = Array.from({ length: maxTiles }, (_, index) => tile(`t${index}`, rect(0, 0)));
  expect(addTile(full, rect(0, 0), clock, canvas)).toEqual({ tiles: full, added: null });
  expect(copyTiles(full.slice(0, -1), ['t0', 't1', 't2'], 10, canvas)).toMatchObject({ added: ['t399'], left: 2 });
});

test('remove, and show something else', () => {
  expect(idsOf(removeTiles(three, ['t2', 'nobody']))).toBe('t1 t3');
  expect(setPanel(three, ['t3'], note).map(({ panel }) => panel.panel)).toEqual(['clock', 'clock', 'note']);
});

test.each<[string, readonly string[], number, number, string[]]>([
  ['one tile', ['t1'], 30, -20, ['300x200+130+80', '400x300+500+240', '300x200+1300+700']],
  ['together, until the first meets the edge', ['t1', 't3'], 600, 0, ['300x200+420+100', '400x300+500+240', '300x200+1620+700']],
  ['not beyond the top left', ['t1', 't2'], -999, -999, ['300x200+0+0', '400x300+400+140', '300x200+1300+700']],
  ['in whole pixels', ['t1'], 0.4, 0.6, ['300x200+100+101', '400x300+500+240', '300x200+1300+700']],
])('move %s', (_, ids, dx, dy, places) => {
  expect(placesOf(moveTiles(three, ids, dx, dy, canvas))).toEqual(places);
});

test('a key moves by one step', () => {
  expect(placesOf(nudge(three, ['t1'], 'left', 20, canvas))[0]).toBe('300x200+80+100');
  expect(placesOf(nudge(three, ['t1'], 'right', 20, canvas))[0]).toBe('300x200+120+100');
  expect(placesOf(nudge(three, ['t1'], 'up', 1, canvas))[0]).toBe('300x200+100+99');
  expect(placesOf(nudge(three, ['t1'], 'down', 1, canvas))[0]).toBe('300x200+100+101');
});

test.each<[(typeof handles)[number], number, number, boolean, Rect]>([
  ['e', 50, 999, false, rect(500, 240, 450, 300)],
  ['w', 50, 0, false, rect(550, 240, 350, 300)],
  ['n', 0, -40, false, rect(500, 200, 400, 340)],
  ['se', 100, 50, false, rect(500, 240, 500, 350)],
  ['nw', -100, -60, false, rect(400, 180, 500, 360)],
  ['se', 99_999, 99_999, false, rect(500, 240, 1420, 840)],
  ['nw', -99_999, -99_999, false, rect(0, 0, 900, 540)],
  // A clock needs 240 × 90.
  ['w', 99_999, 0, false, rect(660, 240, 240, 300)],
  ['s', 0, -99_999, false, rect(500, 240, 400, 90)],
  // In proportion: the larger change counts, the other side follows, and the canvas ends both.
  ['se', 100, 0, true, rect(500, 240, 500, 375)],
  ['e', 40, 0, true, rect(500, 240, 440, 330)],
  ['ne', 0, -150, true, rect(500, 90, 600, 450)],
  ['ne', 0, -99_999, true, rect(500, 0, 720, 540)],
  ['se', -99_999, -99_999, true, rect(500, 240, 240, 180)],
])('resize at %s by %d, %d, in proportion %s', (handle, dx, dy, proportional, expected) => {
  expect(resizedRect(three[1]!, handle, dx, dy, canvas, proportional)).toEqual(expected);
  expect(resizeTile(three, 't2', handle, dx, dy, canvas, proportional)[1]!.rect).toEqual(expected);
});

test('a place that was typed is kept to the canvas', () => {
  expect(placesOf(setRect(three, 't1', rect(10.6, -4, 20, 5000), canvas))[0]).toBe('240x1080+11+0');
});

test.each([
  ['left', [100, 100, 100], null],
  ['centre', [700, 650, 700], null],
  ['right', [1300, 1200, 1300], null],
  ['top', null, [100, 100, 100]],
  ['middle', null, [400, 350, 400]],
  ['bottom', null, [700, 600, 700]],
] as const)('align %s', (to, xs, ys) => {
  const aligned = align(three, ['t1', 't2', 't3'], to, canvas);
  expect(aligned.map((each) => each.rect.x)).toEqual(xs ?? three.map((each) => each.rect.x));
  expect(aligned.map((each) => each.rect.y)).toEqual(ys ?? three.map((each) => each.rect.y));
});

test('one tile alone is aligned with the canvas', () => {
  expect(placesOf(align(three, ['t1'], 'right', canvas))[0]).toBe('300x200+1620+100');
  expect(placesOf(align(three, ['t1'], 'middle', canvas))[0]).toBe('300x200+100+440');
});

test('distribute: equal gaps within a pixel, the outermost stay', () => {
  const five = [...three, tile('t4', rect(600, 0, 101)), tile('t5', rect(110, 0, 99))];
  const spread = distribute(five, ['t1', 't2', 't3', 't4', 't5'], 'horizontal', canvas).toSorted((a, b) => a.rect.x - b.rect.x);
  const gaps = spread.slice(1).map((each, index) => each.rect.x - spread[index]!.rect.x - spread[index]!.rect.width);
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
  expect([spread[0]!.id, spread.at(-1)!.rect.x]).toEqual(['t1', 1300]);
  expect(distribute(three, ['t1', 't3'], 'horizontal', canvas)).toBe(three);
  expect(distribute(three, ['t1', 't2', 't3'], 'vertical', canvas).map((each) => each.rect.y)).toEqual([100, 350, 700]);
});

test('the size of the first one named', () => {
  expect(placesOf(sameSize(three, ['t2', 't1'], 'both', canvas))[0]).toBe('400x300+100+100');
  expect(placesOf(sameSize(three, ['t2', 't1', 't3'], 'width', canvas))).toEqual([
    '400x200+100+100',
    '400x300+500+240',
    '400x200+1300+700',
  ]);
  expect(placesOf(sameSize(three, ['t1', 't2'], 'height', canvas))[1]).toBe('400x200+500+240');
});

test('groups hold together, and copies of them are groups of their own', () => {
  const grouped = groupTiles(three, ['t1', 't3']);
  expect(withGroups(grouped, ['t3'])).toEqual(['t1', 't3']);
  expect(withGroups(grouped, ['t2'])).toEqual(['t2']);
  const { tiles, added } = copyTiles(grouped, ['t1', 't3'], 20, canvas);
  expect(added).toEqual(['t4', 't5']);
  expect(placesOf(tiles).slice(3)).toEqual(['300x200+120+120', '300x200+1320+720']);
  expect(withGroups(tiles, ['t4'])).toEqual(['t4', 't5']);
  expect(withGroups(tiles, ['t1'])).toEqual(['t1', 't3']);
  expect(withGroups(ungroupTiles(tiles, ['t1', 't3']), ['t1'])).toEqual(['t1']);
  expect(groupTiles(three, ['t1'])).toBe(three);
});

test('tiles of another scene are pasted with their places among each other', () => {
  const { tiles, added } = pasteTiles([], [tile('t1', rect(1500, 0)), tile('t1', rect(1600, 880))], 400, canvas);
  expect(added).toEqual(['t1', 't2']);
  expect(placesOf(tiles)).toEqual(['300x200+1520+0', '300x200+1620+880']);
});

test.each([
  ['to the front', toFront, ['t1'], 't2 t3 t1'],
  ['several, in their order', toFront, ['t2', 't1'], 't3 t1 t2'],
  ['to the back', toBack, ['t3'], 't3 t1 t2'],
  ['one up', forward, ['t1'], 't2 t1 t3'],
  ['neighbours up together', forward, ['t1', 't2'], 't3 t1 t2'],
  ['one down', backward, ['t3'], 't1 t3 t2'],
  ['neighbours down together', backward, ['t2', 't3'], 't2 t3 t1'],
] as const)('%s', (_, order, ids, expected) => {
  expect(idsOf(order(three, ids))).toBe(expected);
});

test('what has nothing to do answers the very same list', () => {
  const still: (readonly FreeTile[])[] = [
    moveTiles(three, ['t1'], 0, 0, canvas),
    moveTiles(three, [], 5, 5, canvas),
    removeTiles(three, ['nobody']),
    align(three, [], 'left', canvas),
    sameSize(three, ['nobody', 't1'], 'both', canvas),
    ungroupTiles(three, ['t1']),
    pasteTiles(three, [], 5, canvas).tiles,
    toFront(three, ['t3']),
    toBack(three, ['t1']),
    forward(three, ['t3']),
    backward(three, ['t1']),
  ];
  for (const same of still) expect(same).toBe(three);
});

const anyTiles = fc
  .array(fc.record({ rect: anyRect, panel: anyPanel, group: fc.constantFrom(null, 'g1', 'g2') }), { maxLength: 12 })
  .map((list): FreeTile[] => list.map((each, index) => ({ id: `t${index + 1}`, ...each })));
const anyEdit = fc.record({
  kind: fc.constantFrom('add', 'move', 'resize', 'align', 'distribute', 'size', 'copy', 'group', 'order', 'rect' as const),
  ids: fc.array(
    fc.integer({ min: 1, max: 14 }).map((n) => `t${n}`),
    { maxLength: 5 },
  ),
  dx: fc.double({ min: -5000, max: 5000, noNaN: true }),
  dy: fc.double({ min: -5000, max: 5000, noNaN: true }),
  rect: anyRect,
  handle: fc.constantFrom(...handles),
  flag: fc.boolean(),
});

test('whatever is done: what was touched is whole, on the canvas, and no id is there twice', () => {
  fc.assert(
    fc.property(anyTiles, fc.array(anyEdit, { maxLength: 8 }), (begun, edits) => {
      const untouched = new Set(begun);
      let tiles: readonly FreeTile[] = begun;
      for (const { kind, ids, dx, dy, rect: place, handle, flag } of edits) {
        if (kind === 'add') tiles = addTile(tiles, place, clock, canvas).tiles;
        else if (kind === 'move') tiles = moveTiles(tiles, ids, dx, dy, canvas);
        else if (kind === 'resize') tiles = resizeTile(tiles, ids[0] ?? '', handle, dx, dy, canvas, flag);
        else if (kind === 'align') tiles = align(tiles, ids, flag ? 'right' : 'middle', canvas);
        else if (kind === 'distribute') tiles = distribute(tiles, ids, flag ? 'horizontal' : 'vertical', canvas);
        else if (kind === 'size') tiles = sameSize(tiles, ids, flag ? 'both' : 'width', canvas);
        else if (kind === 'copy') tiles = copyTiles(tiles, ids, Math.round(dx), canvas).tiles;
        else if (kind === 'group') tiles = flag ? groupTiles(tiles, ids) : ungroupTiles(tiles, ids);
        else if (kind === 'order') tiles = flag ? forward(tiles, ids) : toBack(tiles, ids);
        else tiles = setRect(tiles, ids[0] ?? '', place, canvas);
      }
      expect(new Set(tiles.map(({ id }) => id)).size).toBe(tiles.length);
      const begunRects = new Set([...untouched].map((each) => each.rect));
      for (const { rect: at, panel } of tiles) {
        if (begunRects.has(at)) continue;
        for (const value of Object.values(at)) expect(Number.isInteger(value)).toBe(true);
        expect(at.x).toBeGreaterThanOrEqual(0);
        expect(at.y).toBeGreaterThanOrEqual(0);
        expect(at.width).toBeGreaterThan(0);
        expect(at.x + at.width).toBeLessThanOrEqual(canvas.width);
        expect(at.y + at.height).toBeLessThanOrEqual(canvas.height);
        expect(leastSize(panel, canvas).width).toBeLessThanOrEqual(canvas.width);
      }
    }),
    { seed: 1920, numRuns: 300 },
  );
});
