import { expect, test } from 'vitest';
import type { Display, ScreenPlace } from '../../layouts/displays.ts';
import { planRoom, standAgain, type Stand } from './room-plan.ts';
import type { Placement } from './window-plan.ts';

const screen = (id: string, x: number, y = 0): ScreenPlace => ({ id, name: `屏 ${id}`, rect: { x, y, width: 1920, height: 1080 } });
const display = (id: string, x: number, y = 0, width = 1920, height = 1080): Display => ({
  id,
  label: '',
  bounds: { x, y, width, height },
  scaleFactor: 1,
});
const main = { wallId: 'main', screens: [screen('1', 0), screen('2', 1920)] };
const side = { wallId: 'side', screens: [screen('1', 0)] };
const told = (placement: Placement) => (placement.kind === 'kiosk' ? placement.display.id : 'window');

test.each<[string, Parameters<typeof planRoom>, string[], boolean]>([
  ['one wall', [[main], [display('a', 0), display('b', 1920)]], ['a', 'b'], false],
  [
    'two walls that both begin at 0,0',
    [
      [main, side],
      [display('a', 0), display('b', 1920), display('c', 3840)],
    ],
    ['a', 'b', 'c'],
    false,
  ],
  [
    'the same the other way round: the first takes the place',
    [
      [side, main],
      [display('a', 0), display('b', 1920), display('c', 3840)],
    ],
    ['a', 'c', 'b'],
    false,
  ],
  [
    'two walls and a desk',
    [
      [main, side],
      [display('a', 0), display('b', 1920), display('c', 3840), display('d', 0, 1080, 2560, 1440)],
    ],
    ['a', 'b', 'c'],
    true,
  ],
  [
    'a wall too many',
    [
      [main, side],
      [display('a', 0), display('b', 1920)],
    ],
    ['a', 'b', 'window'],
    false,
  ],
  ['a laptop', [[main], [display('a', 0, 0, 2560, 1440)]], ['window', 'window'], true],
  ['no display yet', [[main], []], ['window', 'window'], true],
  ['no wall', [[], [display('a', 0)]], [], true],
])('%s', (_, [walls, displays], expected, roomForConsole) => {
  const plan = planRoom(walls, displays);
  expect(plan.places.map(told)).toEqual(expected);
  expect(plan.roomForConsole).toBe(roomForConsole);
});

test('with bezels nobody moves up when the first display goes', () => {
  const wall = { wallId: 'main', screens: [screen('1', 0), screen('2', 1960)] };
  const both = [display('a', 0), display('b', 1920)];
  const stood = standAgain(
    [
      { kind: 'waiting', display: null },
      { kind: 'waiting', display: null },
    ],
    planRoom([wall], both),
    both,
  );
  const left = [display('b', 1920)];
  expect(standAgain(stood, planRoom([wall], left, stood), left)).toEqual([
    { kind: 'waiting', display: both[0] },
    { kind: 'kiosk', display: both[1] },
  ]);
});

const a = display('a', 0);
const b = display('b', 1920);
const onA: Placement = { kind: 'kiosk', display: a };
const onB: Placement = { kind: 'kiosk', display: b };
const window: Placement = { kind: 'window', bounds: { x: 1, y: 2, width: 3, height: 4 } };
const waitsForA: Stand = { kind: 'waiting', display: a };
const waitsForB: Stand = { kind: 'waiting', display: b };
const waits: Stand = { kind: 'waiting', display: null };
const laptop = display('l', 0, 0, 2560, 1440);
const nonsense = display('n', Number.NaN, 0, 0, -1);

test.each<[string, Stand[], Display[], (Stand | 'window')[]]>([
  ['screens find their displays', [waits, waits], [a, b], [onA, onB]],
  ['screens without any open at a desk', [waits, waits], [laptop], ['window', 'window']],
  ['a display goes away: what is left of the wall goes on', [onA, onB], [a], [onA, waitsForB]],
  ['the one that went comes back alone', [waitsForA, waitsForB], [b], [waitsForA, onB]],
  ['both come back', [waitsForA, waitsForB], [a, b], [onA, onB]],
  ['a window stays where a person put it', [window, window], [laptop], [window, window]],
  ['windows become a wall when their displays come', [window, window], [a, b], [onA, onB]],
  ['all displays are off', [onA, onB], [], [onA, onB]],
  ['all that is told is nonsense', [onA, waitsForB], [nonsense], [onA, waitsForB]],
  ['all displays are off at the start', [waits, waits], [], [waits, waits]],
])('%s', (_, before, displays, expected) => {
  const stands = standAgain(before, planRoom([main], displays, before), displays);
  expect(stands.map((stand, index) => (expected[index] === 'window' ? stand.kind : stand))).toEqual(expected);
});

test('a wall too many waits instead of lying on another, and takes a display that comes', () => {
  const before = [onA, onB, waits];
  expect(standAgain(before, planRoom([main, side], [a, b], before), [a, b])).toEqual(before);
  const third = display('c', 3840);
  expect(standAgain(before, planRoom([main, side], [a, b, third], before), [a, b, third])).toEqual([
    onA,
    onB,
    { kind: 'kiosk', display: third },
  ]);
});
