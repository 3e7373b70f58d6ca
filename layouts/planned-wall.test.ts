import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gridOfScreens, planFault, plannedWall, screensOfDisplays, type ToldDisplay } from './planned-wall.ts';

const nameOf = (number: number) => `Screen ${number}`;
const display = (left: number, top: number, width = 1920, height = 1080): ToldDisplay => ({
  label: 'DP-1',
  left,
  top,
  width,
  height,
  devicePixelRatio: 1,
});

describe('rows and columns', () => {
  test('are numbered from the top left, side by side', () => {
    const screens = gridOfScreens({ rows: 2, cols: 3, width: 1920, height: 1080 }, nameOf);
    expect(screens.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(screens[4]).toEqual({ id: '5', name: 'Screen 5', rect: { x: 1920, y: 1080, width: 1920, height: 1080 } });
    expect(planFault(screens)).toBeNull();
  });

  test.each([
    [{ rows: 0, cols: 2, width: 1920, height: 1080 }],
    [{ rows: 1.5, cols: 2, width: 1920, height: 1080 }],
    [{ rows: 9, cols: 8, width: 1920, height: 1080 }],
    [{ rows: 1, cols: 1, width: 0, height: 1080 }],
    [{ rows: 1, cols: 1, width: 1920, height: Number.NaN }],
    [{ rows: 1, cols: 1, width: 99_999, height: 1080 }],
  ])('%j is nonsense and gives no screens', (grid) => {
    expect(gridOfScreens(grid, nameOf)).toEqual([]);
  });
});

describe('displays', () => {
  test.each([
    ['one left of the main one moves the origin', [display(0, 0), display(-1920, 0)], ['0,0', '1920,0']],
    ['two rows, in reading order', [display(0, 1080), display(1920, 10), display(0, 0)], ['0,0', '1920,10', '0,1080']],
    ['a mirrored one is one', [display(0, 0), display(0, 0)], ['0,0']],
    ['one without a size is none', [display(0, 0, 0, 1080), display(100, 0)], ['0,0']],
    ['numbers that are none', [display(Number.NaN, 0), display(0, Number.POSITIVE_INFINITY)], []],
    ['none', [], []],
  ])('%s', (_what, displays, places) => {
    expect(screensOfDisplays(displays, nameOf).map(({ rect }) => `${rect.x},${rect.y}`)).toEqual(places);
  });

  test('whatever a browser tells, what comes of it is a wall or nothing', () => {
    const length = fc.oneof(fc.integer({ min: -3000, max: 4000 }), fc.double(), fc.constant(1920));
    const told = fc.record({ label: fc.string(), left: length, top: length, width: length, height: length, devicePixelRatio: fc.double() });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 80 }), (displays) => {
        const screens = screensOfDisplays(displays, nameOf);
        if (screens.length === 0) return;
        expect(planFault(screens)).toBeNull();
        expect(plannedWall.safeParse({ name: 'w', pixelPitchMm: 1, farthestSeatM: 5, screens }).success).toBe(true);
        expect(Math.min(...screens.map(({ rect }) => rect.x))).toBe(0);
        expect(Math.min(...screens.map(({ rect }) => rect.y))).toBe(0);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('what is no wall', () => {
  const [one, two] = gridOfScreens({ rows: 1, cols: 2, width: 1920, height: 1080 }, nameOf);
  test.each([
    [[], 'no-screens', []],
    [[one!, { ...two!, id: one!.id }], 'id-twice', ['1']],
    [[one!, { ...two!, rect: { ...two!.rect, x: 1919 } }], 'overlap', ['1', '2']],
    [[{ ...one!, rect: { ...one!.rect, width: 0 } }], 'size', ['1']],
    [[one!, { ...two!, name: '  ' }], 'name-missing', ['2']],
    [Array.from({ length: 65 }, () => one!), 'too-many-screens', []],
  ])('%#', (screens, code, ids) => {
    expect(planFault(screens)).toEqual({ code, screens: ids });
  });
});
