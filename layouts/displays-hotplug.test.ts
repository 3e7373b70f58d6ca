import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers, matchDisplays, usableDisplays, type Display, type ScreenPlace } from './displays.ts';

const size = { width: 1920, height: 1080 };
const screens = (count: number, bezelPx = 0): ScreenPlace[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${index + 1}`,
    name: `屏 ${index + 1}`,
    rect: { x: (index % 3) * (size.width + bezelPx), y: Math.floor(index / 3) * (size.height + bezelPx), ...size },
  }));
const displays = (count: number, label: (index: number) => string = () => 'DELL'): Display[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${100 + index}`,
    label: label(index),
    bounds: { x: (index % 3) * size.width, y: Math.floor(index / 3) * size.height, ...size },
    scaleFactor: 1,
  }));
const shown = (matches: ReturnType<typeof matchDisplays>) => matches.map(({ display }) => display?.id ?? '-').join(' ');

/** Looks again and again, and remembers as a shell does. */
function room(wall: readonly ScreenPlace[]) {
  let had: (Display | null)[] = [];
  return (found: readonly Display[]) => {
    const matches = matchDisplays(wall, found, had);
    had = matches.map(({ display }, index) => display ?? had[index] ?? null);
    return matches;
  };
}
const at = (display: Display, x: number, y = 0): Display => ({ ...display, bounds: { ...display.bounds, x, y } });
const [a, b, c] = displays(3) as [Display, Display, Display];

describe('displays that come and go', () => {
  test.each<[string, number, Display[][], string[]]>([
    [
      'the first of three goes, with bezels: nobody moves up',
      40,
      [
        [a, b, c],
        [b, c],
        [a, b, c],
      ],
      ['100 101 102', '- 101 102', '100 101 102'],
    ],
    [
      'and the system moves the others',
      0,
      [
        [a, b, c],
        [at(b, 0), at(c, 1920)],
        [a, b, c],
      ],
      ['100 101 102', '- 101 102', '100 101 102'],
    ],
    ['it comes back with another id', 0, [[a, b], [b], [{ ...a, id: '7' }, b]], ['100 101 -', '- 101 -', '7 101 -']],
    [
      'two are arranged the other way round: screens stay where they are',
      0,
      [
        [a, b, c],
        [at(a, 1920), at(b, 0), c],
      ],
      ['100 101 102', '101 100 102'],
    ],
    [
      'a smaller mode: its window stays',
      40,
      [
        [a, b, c],
        [a, { ...b, bounds: { ...b.bounds, width: 1280, height: 720 } }, at(c, 3200)],
        [a, b, c],
      ],
      ['100 101 102', '100 101 102', '100 101 102'],
    ],
    [
      'another display comes beside them',
      40,
      [
        [a, b],
        [at({ ...c, id: 'x' }, -1920), a, b],
      ],
      ['100 101 -', '100 101 x'],
    ],
    [
      'one is mirrored: only one window there',
      0,
      [
        [a, b],
        [a, at(b, 0)],
        [a, b],
      ],
      ['100 101 -', '100 - -', '100 101 -'],
    ],
    [
      'all go, and one after the other comes',
      0,
      [[a, b, c], [], [c], [b, c], [a, b, c]],
      ['100 101 102', '- - -', '- - 102', '- 101 102', '100 101 102'],
    ],
    [
      'nonsense in between',
      0,
      [
        [a, b],
        [{ ...a, bounds: { x: Number.NaN, y: 0, width: 0, height: -1 } }, b],
        [a, b],
      ],
      ['100 101 -', '- 101 -', '100 101 -'],
    ],
  ])('%s', (_, bezelPx, looks, expected) => {
    const look = room(screens(3, bezelPx));
    expect(looks.map((found) => shown(look(found)))).toEqual(expected);
  });

  test('a scale that changes moves nothing', () => {
    const look = room(screens(2));
    look([a, b]);
    const scaled = { ...b, bounds: { x: 1920, y: 0, width: 960, height: 540 }, scaleFactor: 2 };
    expect(shown(look([a, scaled]))).toBe('100 101');
  });
});

const anyDisplays = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    bezelPx: fc.constantFrom(0, 40),
    labelled: fc.constantFrom<(index: number) => string>(
      () => 'DELL',
      () => '',
      (index) => `DP-${index}`,
    ),
    away: fc.array(fc.array(fc.integer({ min: 0, max: count - 1 })), { maxLength: 5 }),
  }),
);

test('what is still there keeps its screen, and what comes back has its own again', () => {
  fc.assert(
    fc.property(anyDisplays, ({ count, bezelPx, labelled, away }) => {
      const all = displays(count, labelled);
      const look = room(screens(count, bezelPx));
      const first = look(all);
      expect(first.every(({ display }) => display !== null)).toBe(true);
      for (const gone of away) {
        const left = all.filter((_, index) => !gone.includes(index));
        expect(look(left).map(({ display }) => display?.id ?? null)).toEqual(
          first.map(({ display }) => (left.includes(display!) ? display!.id : null)),
        );
      }
      expect(shown(look(all))).toBe(shown(first));
    }),
    { seed: 20_261_127, numRuns: 300 },
  );
});

const oddNumber = fc.oneof(
  fc.integer({ min: -4000, max: 8000 }),
  fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 1e308, 2 ** 31, -1, 0.5, 1920, 1080),
);
const oddDisplay: fc.Arbitrary<Display> = fc.record({
  id: fc.constantFrom('100', '101', '', 'x'),
  label: fc.constantFrom('', '屏 1', '2', 'DELL', '\u0000', 'x'.repeat(300)),
  bounds: fc.record({ x: oddNumber, y: oddNumber, width: oddNumber, height: oddNumber }),
  scaleFactor: oddNumber,
});

test('whatever displays say, a screen has at most one and a display at most one, none covers another, and good windows stay', () => {
  fc.assert(
    fc.property(fc.array(fc.array(oddDisplay, { maxLength: 8 }), { maxLength: 5 }), fc.integer({ min: 1, max: 6 }), (looks, count) => {
      const look = room(screens(count));
      for (const found of looks) {
        const matches = look(found);
        const used = matches.flatMap(({ display }) => (display ? [display] : []));
        expect(matches.map(({ screenId }) => screenId)).toEqual(screens(count).map(({ id }) => id));
        expect(new Set(used).size).toBe(used.length);
        expect(usableDisplays(used)).toHaveLength(used.length);
        used.forEach((one, index) => used.slice(index + 1).forEach((other) => expect(covers(one, other)).toBe(false)));
      }
    }),
    { seed: 20_261_127, numRuns: 500 },
  );
});

test('nonsense beside good displays takes no window away', () => {
  const bad = oddDisplay.filter((display) => usableDisplays([display]).length === 0);
  fc.assert(
    fc.property(fc.array(bad, { maxLength: 6 }), fc.integer({ min: 1, max: 6 }), (odd, count) => {
      const good = displays(count);
      const look = room(screens(count));
      const first = shown(look(good));
      expect(shown(look([...odd, ...good]))).toBe(first);
    }),
    { seed: 20_261_127, numRuns: 300 },
  );
});
