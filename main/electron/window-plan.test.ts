import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Display, ScreenPlace } from '../../layouts/displays.ts';
import { isGpuHopeless, isSamePlacement, planWindows, type Placement } from './window-plan.ts';

const screen = (id: string, x: number): ScreenPlace => ({ id, name: `屏 ${id}`, rect: { x, y: 0, width: 1920, height: 1080 } });
const display = (id: string, x: number, width = 1920, height = 1080, label = ''): Display => ({
  id,
  label,
  bounds: { x, y: 0, width, height },
  scaleFactor: 1,
});
const pair = [screen('1', 0), screen('2', 1920)];
const kiosk = (of: Display): Placement => ({ kind: 'kiosk', display: of });
const told = (placement: Placement) => (placement.kind === 'kiosk' ? placement.display.id : 'window');

test.each<[string, ScreenPlace[], Display[], string[], boolean]>([
  ['a wall that is all there', pair, [display('a', 0), display('b', 1920)], ['a', 'b'], false],
  ['a wall and a desk', pair, [display('a', 0), display('b', 1920), display('c', 3840, 2560, 1440)], ['a', 'b'], true],
  [
    'one screen of a wall on its own computer, with a desk beside it',
    pair,
    [display('a', 0), display('c', 1920, 2560, 1440)],
    ['a', 'window'],
    true,
  ],
  ['a laptop of the same size as a screen', pair, [display('a', 0)], ['window', 'window'], true],
  ['one display that carries a screen’s name', pair, [display('a', 0, 1920, 1080, '屏 2')], ['window', 'a'], false],
  ['a wall of one screen', [screen('1', 0)], [display('a', 0)], ['a'], false],
  ['displays of other sizes', pair, [display('a', 0, 2560, 1440), display('b', 2560, 2560, 1440)], ['window', 'window'], true],
  ['no display yet', pair, [], ['window', 'window'], true],
])('%s', (_, screens, displays, expected, roomForConsole) => {
  const plan = planWindows(screens, displays);
  expect(plan.screens.map(({ placement }) => told(placement))).toEqual(expected);
  expect(plan.roomForConsole).toBe(roomForConsole);
});

test('windows at a desk lie on the display that is free, inside it, and not exactly on each other', () => {
  const desk = display('c', 3840, 2560, 1440);
  const [first, second] = planWindows([...pair, screen('3', 3840), screen('4', 5760)], [display('a', 0), display('b', 1920), desk])
    .screens.filter(({ placement }) => placement.kind === 'window')
    .map(({ placement }) => (placement as Extract<Placement, { kind: 'window' }>).bounds);
  expect(first).not.toEqual(second);
  for (const bounds of [first!, second!]) {
    expect(bounds.x).toBeGreaterThanOrEqual(desk.bounds.x);
    expect(bounds.x + bounds.width).toBeLessThanOrEqual(desk.bounds.x + desk.bounds.width);
    expect(bounds.y + bounds.height).toBeLessThanOrEqual(desk.bounds.height);
  }
});

test('what is left of a wall is no desk', () => {
  const [a, b] = [display('a', 0), display('b', 1920)];
  expect(planWindows(pair, [b], [a, b]).screens.map(({ placement }) => told(placement))).toEqual(['window', 'b']);
  expect(planWindows(pair, [b]).screens.map(({ placement }) => told(placement))).toEqual(['window', 'window']);
});

test('whatever displays say, every screen has a place whose bounds are numbers', () => {
  const number = fc.oneof(fc.integer({ min: -4000, max: 8000 }), fc.constantFrom(Number.NaN, Infinity, 0, -1, 2 ** 31, 1920, 1080));
  const odd = fc.record({
    id: fc.constantFrom('a', 'b'),
    label: fc.constantFrom('', '屏 1'),
    bounds: fc.record({ x: number, y: number, width: number, height: number }),
    scaleFactor: number,
  });
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 6 }), (displays) => {
      const { screens } = planWindows(pair, displays);
      expect(screens).toHaveLength(2);
      for (const { placement } of screens) {
        const bounds = placement.kind === 'kiosk' ? placement.display.bounds : placement.bounds;
        expect(Object.values(bounds).every(Number.isFinite)).toBe(true);
      }
    }),
    { seed: 20_261_127, numRuns: 300 },
  );
});

test('a placement changes with its display or the display’s bounds; a person’s window is left where it was put', () => {
  const window: Placement = { kind: 'window', bounds: { x: 0, y: 0, width: 1, height: 1 } };
  expect(isSamePlacement(kiosk(display('a', 0)), kiosk(display('a', 0)))).toBe(true);
  expect(isSamePlacement(kiosk(display('a', 0)), kiosk(display('a', 1920)))).toBe(false);
  expect(isSamePlacement(kiosk(display('a', 0)), kiosk(display('b', 0)))).toBe(false);
  expect(isSamePlacement(window, { ...window, bounds: { x: 9, y: 9, width: 1, height: 1 } })).toBe(true);
  expect(isSamePlacement(window, kiosk(display('a', 0)))).toBe(false);
});

test.each([
  [[0, 10_000, 20_000], 20_000, true],
  [[0, 10_000, 20_000], 31_000, false],
  [[19_000, 20_000], 20_000, false],
])('GPU process ended at %j, now %d: hopeless %s', (endedAt, now, hopeless) => {
  expect(isGpuHopeless(endedAt, now)).toBe(hopeless);
});
