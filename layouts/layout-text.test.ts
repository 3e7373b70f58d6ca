import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CameraId } from '../main/contract/ids.ts';
import type { CoveragePromise, PanelRef, Scene } from './contract.ts';
import { layoutsText, maxTextTiles, readLayoutsText, type LayoutsRead, type TextLayout, type TextTree } from './layout-text.ts';
import { sceneDiff } from './scene-diff.ts';
import { anyScene } from './testdata/arbitrary-scenes.ts';

/** Camera `cam-7` has the number `JX-0007`. */
const numberOf = (id: string) => (/^cam-\d+$/.test(id) ? `JX-${id.slice(4).padStart(4, '0')}` : undefined);
const cameraIdOf = (number: string) => (/^JX-\d{4}$/.test(number) ? `cam-${Number(number.slice(3))}` : undefined);
/** The place itself stands for its line: how deep it is. */
const lineOf = (path: readonly unknown[]) => path.length + 1;

const camera = (n: number, profile: 'auto' | 'main' = 'auto'): PanelRef => ({ panel: 'video', cameraId: `cam-${n}` as CameraId, profile });
const clock: PanelRef = { panel: 'clock' };
const promise: CoveragePromise = { district: '320282', groups: ['police'], everyHours: 4, rows: 2, cols: 2, dwellMs: 15_500 };

const tables: [string, TextLayout, TextTree][] = [
  [
    'a grid with one entry for each of its places',
    { name: '早高峰 🚦', number: 12, scene: { kind: 'grid', rows: 1, cols: 3, tiles: [camera(1), null] } },
    { name: '早高峰 🚦', number: '12', scene: { grid: '1x3', tiles: [{ camera: 'JX-0001' }, 'empty', 'empty'] } },
  ],
  [
    'a split with every kind of panel',
    {
      name: '防汛',
      number: null,
      scene: {
        kind: 'split',
        template: '1+5',
        tiles: [
          camera(2, 'main'),
          clock,
          { panel: 'note', text: 'no' },
          { panel: 'camera-health' },
          { panel: 'camera-health', district: '320282' },
          null,
        ],
      },
    },
    {
      name: '防汛',
      scene: {
        split: '1+5',
        tiles: [
          { camera: 'JX-0002', picture: 'main' },
          { clock: 'hub' },
          { note: 'no' },
          { 'camera-health': 'all' },
          { 'camera-health': '320282' },
          'empty',
        ],
      },
    },
  ],
  [
    'a free scene, grouped, drawn for a size',
    {
      name: 'Free',
      number: null,
      scene: {
        kind: 'free',
        canvas: { width: 1920, height: 1080 },
        tiles: [
          { rect: { x: 0, y: -5, width: 960, height: 540 }, panel: camera(3), group: 'g1' },
          { rect: { x: 960, y: 0, width: 100, height: 90 }, panel: clock },
        ],
      },
    },
    {
      name: 'Free',
      scene: {
        free: '1920x1080',
        tiles: [
          { place: '960x540+0+-5', camera: 'JX-0003', group: 'g1' },
          { place: '100x90+960+0', clock: 'hub' },
        ],
      },
    },
  ],
  [
    'the panels of the city, each with what it needs and no more',
    {
      name: 'City',
      number: null,
      scene: {
        kind: 'grid',
        rows: 3,
        cols: 3,
        tiles: [
          { panel: 'alerts' },
          { panel: 'alerts', atLeast: 'high' },
          { panel: 'incidents' },
          { panel: 'tasks' },
          { panel: 'plan' },
          { panel: 'plan', systems: ['traffic', 'grid'] as never },
          {
            panel: 'trend',
            series: [{ indicator: 'traffic/speed' }, { asset: 'roads/S 1', quantity: 'speed' }],
            hours: 24,
            title: '车速',
          },
          { panel: 'gauge', of: { asset: 'water/PZ-1', quantity: 'water-level' }, min: -0.5, max: 4 },
          { panel: 'gauge', of: { indicator: 'traffic/car-parks-connected' } },
        ],
      },
    },
    {
      name: 'City',
      scene: {
        grid: '3x3',
        tiles: [
          { alerts: 'all' },
          { alerts: 'high' },
          { incidents: 'open' },
          { tasks: 'open' },
          { plan: 'all' },
          { plan: ['traffic', 'grid'] },
          { trend: '24h', series: ['traffic/speed', 'roads/S 1 speed'], title: '车速' },
          { gauge: 'water/PZ-1 water-level', min: '-0.5', max: '4' },
          { gauge: 'traffic/car-parks-connected' },
        ],
      },
    },
  ],
  [
    'one in pixels of the wall',
    { name: 'Wall', number: null, scene: { kind: 'free', tiles: [] } },
    { name: 'Wall', scene: { free: 'wall', tiles: [] } },
  ],
  [
    'a tour once round',
    {
      name: 'Tour',
      number: 9999,
      scene: { kind: 'tour', steps: [{ scene: { kind: 'grid', rows: 1, cols: 1, tiles: [clock] }, dwellMs: 3500 }], loop: false },
    },
    { name: 'Tour', number: '9999', scene: { loop: 'no', steps: [{ dwell: '3500ms', grid: '1x1', tiles: [{ clock: 'hub' }] }] } },
  ],
  [
    'a promise without the steps, which are the hub’s',
    {
      name: 'Fair',
      number: null,
      scene: {
        kind: 'tour',
        steps: [{ scene: { kind: 'grid', rows: 2, cols: 2, tiles: [null, null, null, null] }, dwellMs: 15_500 }],
        coverage: promise,
      },
    },
    {
      name: 'Fair',
      scene: { coverage: { district: '320282', groups: ['police'], 'every-hours': '4', grid: '2x2', dwell: '15500ms' } },
    },
  ],
];

const book = (...layouts: TextTree[]): TextTree => ({ 'taodu-layouts': '1', layouts });
const read = (input: unknown): LayoutsRead => readLayoutsText(input, lineOf, cameraIdOf);
const faultsOf = ({ faults }: LayoutsRead) =>
  faults.map(({ problem: { code, params }, refuses, layout }) =>
    [code, ...Object.values(params), refuses ? 'refused' : 'left out', layout].join(' '),
  );

describe.each(tables)('%s', (_, layout, tree) => {
  test('is written', () => {
    expect(layoutsText([layout], numberOf)).toEqual({ tree: book(tree), gone: 0 });
  });

  test('is read back', () => {
    expect(read(book(tree))).toMatchObject({ faults: [], total: 1, layouts: [{ name: layout.name, number: layout.number, index: 0 }] });
    expect(sceneDiff(layout.scene, read(book(tree)).layouts[0]!.scene)).toEqual([]);
  });
});

test('who started it, and when, is no part of a text', () => {
  const scene: Scene = {
    kind: 'tour',
    steps: [{ scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] }, dwellMs: 4000 }],
    startedAt: 5,
    pausedAt: 7,
    loop: true,
  };
  expect(layoutsText([{ name: 'a', number: null, scene }], numberOf).tree).toEqual(
    book({ name: 'a', scene: { steps: [{ dwell: '4s', grid: '1x1', tiles: ['empty'] }] } }),
  );
});

test('cameras that are no more are counted, and their places stay empty', () => {
  const gone: PanelRef = { panel: 'video', cameraId: 'gone' as CameraId, profile: 'auto' };
  const rect = { x: 0, y: 0, width: 10, height: 10 };
  expect(layoutsText([{ name: 'a', number: null, scene: { kind: 'grid', rows: 1, cols: 2, tiles: [gone, clock] } }], numberOf)).toEqual({
    tree: book({ name: 'a', scene: { grid: '1x2', tiles: ['empty', { clock: 'hub' }] } }),
    gone: 1,
  });
  expect(layoutsText([{ name: 'a', number: null, scene: { kind: 'free', tiles: [{ rect, panel: gone }] } }], numberOf)).toEqual({
    tree: book({ name: 'a', scene: { free: 'wall', tiles: [] } }),
    gone: 1,
  });
});

const one = (scene: TextTree, more: Readonly<Record<string, TextTree>> = {}) => book({ name: 'a', scene, ...more });
const tiles = (...list: TextTree[]) => one({ grid: `1x${list.length}`, tiles: list });

test.each<[string, unknown, string[]]>([
  ['nothing', null, ['scene-invalid header-missing refused ']],
  ['some other text', { version: '3', services: {} }, ['scene-invalid header-missing refused ']],
  ['a text of a newer product', { 'taodu-layouts': '2', layouts: [{ hologram: 'yes' }] }, ['scene-invalid format-newer 2 1 refused ']],
  ['a version that is none', { 'taodu-layouts': 'new', layouts: [] }, ['field-invalid taodu-layouts refused ']],
  ['half a text', { 'taodu-layouts': '1' }, ['field-missing layouts refused ']],
  ['a layout without its scene', book({ name: 'a' }), ['field-missing scene refused 0']],
  ['a layout that is a word', book('a'), ['field-invalid layouts refused 0']],
  ['a word that nobody knows', one({ grid: '1x1', tiles: ['empty'] }, { colour: 'red' }), ['field-invalid colour refused 0']],
  ['half a grid', one({ grid: '2x2', tiles: ['empty', 'empty', 'empty'] }), ['scene-invalid tiles-missing 3 4 refused 0']],
  ['a grid too large', one({ grid: '21x1', tiles: [] }), ['field-invalid grid refused 0']],
  ['a shape that nobody knows', one({ split: '1+6', tiles: [] }), ['field-invalid split refused 0']],
  ['two shapes', one({ grid: '1x1', split: '1+5', tiles: [] }), ['field-missing grid / split / free refused 0']],
  ['a free tile without a place', one({ free: 'wall', tiles: [{ clock: 'hub' }] }), ['field-invalid place refused 0']],
  ['a place beyond all walls', one({ free: 'wall', tiles: [{ place: '1x1+999999+0', clock: 'hub' }] }), ['field-invalid place refused 0']],
  ['a panel that nobody knows', tiles({ weather: 'today' }), ['panel-unknown weather refused 0']],
  ['a tile that is two things', tiles({ clock: 'hub', note: 'x' }), ['panel-unknown clock refused 0']],
  ['a note without words', tiles({ note: '  ' }), ['field-invalid note refused 0']],
  ['a note that turns the text around', tiles({ note: 'a\u202eb' }), ['field-invalid note refused 0']],
  ['a picture that no camera has', tiles({ camera: 'JX-0001', picture: 'huge' }), ['field-invalid picture refused 0']],
  ['a camera that nobody knows', tiles({ camera: 'JX-7' }, { camera: 'JX-0001' }), ['camera-unknown JX-7 left out 0']],
  ['a number that cannot be keyed', one({ grid: '1x1', tiles: ['empty'] }, { number: '12345' }), ['field-invalid number refused 0']],
  ['a name too long', book({ name: 'x'.repeat(65), scene: { grid: '1x1', tiles: ['empty'] } }), ['field-invalid name refused 0']],
  ['a step without its time', one({ steps: [{ grid: '1x1', tiles: ['empty'] }] }), ['field-invalid dwell refused 0']],
  ['a tour without steps', one({ steps: [] }), ['field-invalid steps refused 0']],
  [
    'a step that is too short',
    one({ steps: [{ dwell: '1s', grid: '1x1', tiles: ['empty'] }] }),
    ['scene-invalid layout-incomplete scene.steps.0.dwellMs refused 0'],
  ],
  [
    'a promise without its hours',
    one({ coverage: { district: 'all', grid: '2x2', dwell: '15s' } }),
    ['field-missing every-hours refused 0'],
  ],
  [
    'a promise of no time',
    one({ coverage: { district: 'all', 'every-hours': '0', grid: '2x2', dwell: '15s' } }),
    ['field-invalid everyHours refused 0'],
  ],
  [
    'too many tiles in one scene',
    one({ free: 'wall', tiles: Array.from({ length: 401 }, () => ({ place: '1x1+0+0', clock: 'hub' })) }),
    ['too-many-tiles 400 refused 0'],
  ],
])('%s', (_, input, faults) => {
  expect(faultsOf(read(input))).toEqual(faults);
});

test('too many tiles in all are refused before any of them is read', () => {
  const full = { name: 'a', scene: { grid: '20x20', tiles: Array.from({ length: 400 }, () => 'empty') } };
  const fits = Array.from({ length: maxTextTiles / 400 }, () => full);
  expect(read(book(...fits))).toMatchObject({ faults: [], total: 25 });
  expect(read(book(...fits)).layouts).toHaveLength(25);
  const over = read(book(...fits, { name: 'b', scene: { steps: [{ dwell: '5s', grid: '1x1', tiles: ['empty'] }] } }));
  expect(over).toMatchObject({ layouts: [], total: 26 });
  expect(faultsOf(over)).toEqual(['too-many-tiles 10000 refused ']);
});

test('a layout with a fault is left out whole, the others are read, and both are said', () => {
  const good = { name: 'good', scene: { grid: '1x1', tiles: [{ clock: 'hub' }] } };
  const bad = { name: 'bad', scene: { grid: '1x2', tiles: [{ clock: 'hub' }, { weather: 'today' }] } };
  const found = read(book(good, bad, good));
  expect(found.layouts.map(({ index }) => index)).toEqual([0, 2]);
  expect(found.total).toBe(3);
  expect(found.faults).toEqual([{ line: 6, problem: { code: 'panel-unknown', params: { panel: 'weather' } }, layout: 1, refuses: true }]);
});

test('more faults than anybody reads are counted', () => {
  const tree = tiles(...Array.from({ length: 20 }, () => ({ camera: 'nobody' })));
  const many = {
    ...(tree as { layouts: TextTree[] }),
    layouts: Array.from({ length: 15 }, () => (tree as { layouts: TextTree[] }).layouts[0]!),
  };
  const found = read(many);
  expect(found.faults).toHaveLength(200);
  expect(found.faultsLeftOut).toBe(100);
  expect(found.layouts).toHaveLength(15);
});

test('any layout comes back as it was', () => {
  fc.assert(
    fc.property(anyScene, fc.option(fc.integer({ min: 1, max: 9999 })), (scene, number) => {
      const { tree, gone } = layoutsText([{ name: '早高峰', number, scene }], numberOf);
      const found = read(JSON.parse(JSON.stringify(tree)));
      expect([gone, found.faults]).toEqual([0, []]);
      expect(found.layouts).toMatchObject([{ name: '早高峰', number }]);
      expect(sceneDiff(scene, found.layouts[0]!.scene)).toEqual([]);
      expect(layoutsText(found.layouts, numberOf).tree).toEqual(tree);
    }),
    { seed: 28, numRuns: 300 },
  );
});

test('anything that was altered is read or named, never an error and never half', () => {
  const words = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('empty', '1x1', 'JX-0001', '5s', 'wall', '__proto__', 'toString'));
  const anyTree = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      words,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(words, tie('tree'), { maxKeys: 4 }),
    ),
  })).tree;
  const altered = fc.tuple(anyScene, fc.nat(40), anyTree).map(([scene, at, by]) => {
    const { tree } = layoutsText([{ name: 'a', number: 1, scene }], numberOf);
    let seen = 0;
    const alter = (node: unknown): unknown => {
      seen += 1;
      if (seen === at + 2) return by;
      if (Array.isArray(node)) return node.map(alter);
      return typeof node === 'object' && node !== null
        ? Object.fromEntries(Object.entries(node).map(([key, value]) => [key, alter(value)]))
        : node;
    };
    return alter(tree);
  });
  fc.assert(
    fc.property(fc.oneof(altered, anyTree), (input) => {
      const found = read(input);
      if (found.layouts.length < found.total || found.total === 0) {
        const emptyBook = found.total === 0 && found.faults.length === 0;
        expect(emptyBook || found.faults.some(({ refuses }) => refuses)).toBe(true);
      }
      const refusedOnes = new Set(found.faults.flatMap(({ refuses, layout }) => (refuses && layout !== null ? [layout] : [])));
      for (const { index } of found.layouts) expect(refusedOnes.has(index)).toBe(false);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
