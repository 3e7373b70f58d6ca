import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CameraId } from '../main/contract/ids.ts';
import type { CoveragePromise, PanelRef, Rect, Scene, StillScene, TourScene } from './contract.ts';
import { sceneDiff, type SceneDifference } from './scene-diff.ts';
import { anyPanel, anyScene } from './testdata/arbitrary-scenes.ts';

const clock: PanelRef = { panel: 'clock' };
const note = (text: string): PanelRef => ({ panel: 'note', text });
const camera = (id: string, profile: 'auto' | 'main' | 'sub' = 'auto'): PanelRef => ({ panel: 'video', cameraId: id as CameraId, profile });
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => camera(id)) as [PanelRef, PanelRef, PanelRef, PanelRef];
const grid = (rows: number, cols: number, ...tiles: (PanelRef | null)[]): StillScene => ({ kind: 'grid', rows, cols, tiles });
const rect = (x: number, y: number, width = 960, height = 540): Rect => ({ x, y, width, height });
const canvas = { width: 1920, height: 1080 };
const free = (...tiles: [Rect, PanelRef][]): StillScene => ({
  kind: 'free',
  canvas,
  tiles: tiles.map(([place, panel]) => ({ rect: place, panel })),
});

/** A difference in short, as a table can hold it. */
function brief(each: SceneDifference): string {
  const label = (panel: PanelRef) => (panel.panel === 'video' ? panel.cameraId : panel.panel);
  const inStep = 'step' in each && each.step !== null ? ` @${each.step}` : '';
  switch (each.what) {
    case 'shape':
      return `shape ${each.before.kind}>${each.after.kind}${inStep}`;
    case 'tile-added':
    case 'tile-removed':
      return `${each.what.slice(5)} ${label(each.panel)} ${each.place.number}${inStep}`;
    case 'tile-moved':
    case 'tile-resized':
      return `${each.what.slice(5)} ${label(each.panel)} ${each.from.number}>${each.to.number}${inStep}`;
    case 'tile-changed':
      return `${each.field} ${label(each.before)}>${label(each.after)} ${each.place.number}${inStep}`;
    case 'step-moved':
      return `step-moved ${each.from}>${each.step}`;
    case 'step-dwell':
      return `dwell ${each.beforeMs}>${each.afterMs}${inStep}`;
    case 'loop':
      return `loop ${each.loops}`;
    case 'coverage':
      return `coverage ${each.before?.everyHours ?? '-'}>${each.after?.everyHours ?? '-'}`;
    default:
      return `${each.what}${inStep}`;
  }
}

describe('still scenes', () => {
  test.each<[string, StillScene, StillScene, string[]]>([
    ['the same', grid(2, 2, a, b), grid(2, 2, a, b), []],
    ['empty places at the end mean nothing', grid(2, 2, a), grid(2, 2, a, null, null), []],
    ['another camera', grid(1, 2, a, b), grid(1, 2, a, c), ['camera b>c 2']],
    ['another picture of it', grid(1, 2, a), grid(1, 2, camera('a', 'main')), ['profile a>a 1']],
    ['another panel', grid(1, 2, a), grid(1, 2, clock), ['panel a>clock 1']],
    ['another text', grid(1, 1, note('防汛')), grid(1, 1, note('防火')), ['text note>note 1']],
    ['put and taken away', grid(1, 2, a, null), grid(1, 2, null, b), ['added b 2', 'removed a 1']],
    ['two that changed places', grid(1, 2, a, b), grid(1, 2, b, a), ['moved b 2>1', 'moved a 1>2']],
    ['moved, and a new one in its place', grid(1, 3, a), grid(1, 3, b, a), ['added b 1', 'moved a 1>2']],
    ['a larger shape', grid(1, 2, a, b), grid(2, 2, a, b, c), ['shape grid>grid', 'added c 3']],
    ['another shape', grid(1, 2, a, b), { kind: 'split', template: '1+5', tiles: [a, b] }, ['shape grid>split']],
    [
      'moved and resized',
      free([rect(0, 0), a], [rect(960, 0), b]),
      free([rect(0, 540), a], [rect(960, 0, 800), b]),
      ['moved a 1>1', 'resized b 2>2'],
    ],
    [
      'a tile below goes, the others are what they were',
      free([rect(0, 0), a], [rect(960, 0), b]),
      free([rect(960, 0), b]),
      ['removed a 1'],
    ],
    ['moved and another picture of it', free([rect(0, 0), a]), free([rect(0, 540), camera('a', 'sub')]), ['moved a 1>1', 'profile a>a 1']],
    ['over each other in another order', free([rect(0, 0), a], [rect(100, 100), b]), free([rect(100, 100), b], [rect(0, 0), a]), ['order']],
    [
      'a grid set free where it is',
      grid(2, 2, a, b, null, d),
      free([rect(0, 0), a], [rect(960, 0), b], [rect(960, 540), d]),
      ['shape grid>free'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(sceneDiff(before, after).map(brief)).toEqual(expected);
  });

  test('a free scene that is drawn for another size is compared as it will look', () => {
    const half: StillScene = { kind: 'free', canvas: { width: 960, height: 540 }, tiles: [{ rect: rect(0, 0, 480, 270), panel: a }] };
    expect(sceneDiff(free([rect(0, 0), a]), half).map(brief)).toEqual(['shape free>free']);
  });

  test('groups are not seen on a wall', () => {
    const scene = { kind: 'free', canvas, tiles: [{ rect: rect(0, 0), panel: a, group: 'g1' }] } satisfies Scene;
    expect(sceneDiff(free([rect(0, 0), a]), scene)).toEqual([]);
  });
});

describe('tours', () => {
  const steps = [grid(1, 1, a), grid(1, 1, b), grid(1, 1, c), grid(1, 1, d)] as const;
  const tour = (list: readonly StillScene[], more: Partial<TourScene> = {}, dwellMs = 10_000): TourScene => ({
    kind: 'tour',
    steps: list.map((scene) => ({ scene, dwellMs })),
    ...more,
  });
  const [one, two, three, four] = steps;
  const promise: CoveragePromise = { district: '320282', groups: [], everyHours: 4, rows: 3, cols: 3, dwellMs: 15_000 };

  test.each<[string, Scene, Scene, string[]]>([
    ['the same, whenever it was started', tour(steps), tour(steps, { startedAt: 5, pausedAt: 7, loop: true }), []],
    ['one more', tour([one, two]), tour([one, three, two]), ['step-added @2']],
    ['one less', tour([one, two, three]), tour([one, three]), ['step-removed @2']],
    ['the first to the end', tour(steps), tour([two, three, four, one]), ['step-moved 1>4']],
    ['the last to the front', tour([one, two, three]), tour([three, one, two]), ['step-moved 3>1']],
    ['longer', tour([one]), tour([one], {}, 20_000), ['dwell 10000>20000 @1']],
    ['other content', tour([one, two]), tour([one, grid(1, 1, d)]), ['camera b>d 1 @2']],
    [
      'other content behind a new step',
      tour([one, grid(1, 2, b, c)]),
      tour([one, four, grid(1, 2, b, a)]),
      ['step-added @2', 'camera c>a 2 @3'],
    ],
    ['once round only', tour([one]), tour([one], { loop: false }), ['loop false']],
    ['a promise', tour([one], { coverage: promise }), tour([two], { coverage: { ...promise, everyHours: 8 } }), ['coverage 4>8']],
    ['a promise given up', tour([one], { coverage: promise }), tour([one]), ['coverage 4>-']],
    ['what stood still', one, tour([one, two]), ['shape grid>tour', 'step-added @2']],
    ['what stands still now', tour([one, two]), two, ['shape tour>grid', 'step-removed @1']],
  ])('%s', (_, before, after, expected) => {
    expect(sceneDiff(before, after).map(brief)).toEqual(expected);
  });
});

test('any scene is as it is, and any two are told apart exactly when they show different things', () => {
  fc.assert(
    fc.property(anyScene, anyScene, (one, two) => {
      expect(sceneDiff(one, one)).toEqual([]);
      const there = sceneDiff(one, two);
      expect(there.length === 0).toBe(sceneDiff(two, one).length === 0);
      expect(JSON.parse(JSON.stringify(there))).toEqual(there);
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('no panel comes or goes unseen: those added less those removed are the difference', () => {
  const tiles = fc.array(fc.option(anyPanel), { maxLength: 9 });
  fc.assert(
    fc.property(tiles, tiles, (one, two) => {
      const count = (list: readonly (PanelRef | null)[]) => list.filter((panel) => panel !== null).length;
      const found = sceneDiff(grid(3, 3, ...one), grid(3, 3, ...two)).map(({ what }) => what);
      const times = (what: string) => found.filter((each) => each === what).length;
      expect(times('tile-added') - times('tile-removed')).toBe(count(two) - count(one));
    }),
    { seed: 9, numRuns: 500 },
  );
});
