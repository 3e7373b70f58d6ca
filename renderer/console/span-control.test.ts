import { beforeEach, describe, expect, test } from 'vitest';
import { maxSpanning, type Scene, type SpanningTile, type StillScene, type Wall } from '../../layouts/contract.ts';
import type { ScreenChange, SpanningChange } from './control/wall-changes.ts';
import { createSpanControl, fillAfter } from './span-control.ts';
import { twoScreenWall } from './testdata/fake-hub.ts';
import { placedTiles, viewWall, type WallView } from './wall-view.ts';

const now = 1_700_000_000_000;
const video = (cameraId: string) => ({ panel: 'video' as const, cameraId: cameraId as never, profile: 'auto' as const });
const span = (tileId: string, x = 0): SpanningTile => ({ tileId, rect: { x, y: 0, width: 2880, height: 540 }, panel: video('c-A7') });

let wall: Wall;
let said: string[];
let refuses: ReadonlySet<string>;

const view = (): WallView => viewWall(wall, now);
/** Does what the desk's changes do, on a wall of its own. */
const changes = {
  async show({ view: { screen } }: { view: WallView['screens'][number] }, { scene, done }: ScreenChange) {
    const at = view().screens.find((one) => one.screen.id === screen.id)!;
    const next = scene(at);
    if (!next || refuses.has(screen.id)) return false;
    wall = { ...wall, screens: wall.screens.map((one) => (one.id === screen.id ? { ...one, scene: next } : one)) };
    done?.();
    return true;
  },
  async span(_wallId: string, { tiles, done }: SpanningChange) {
    const next = tiles(wall.spanning);
    if (!next || refuses.has('span')) return false;
    wall = { ...wall, spanning: [...next] };
    done?.();
    return true;
  },
};
const notices = {
  done: (key: string, params: object = {}) => void said.push(`${key} ${JSON.stringify(params)}`),
  refuse: (key: string, params: object = {}) => void said.push(`refused ${key} ${JSON.stringify(params)}`),
};
const control = createSpanControl({ changes: changes as never, notices: notices as never, hubNow: () => now });
const camera = { id: 'c-A2', number: 'A2' };
const sceneOf = (screenId: string) => wall.screens.find(({ id }) => id === screenId)!.scene as Extract<Scene, { kind: 'grid' }>;
const shown = (screenId: string) => sceneOf(screenId).tiles.map((tile) => (tile?.panel === 'video' ? tile.cameraId : null));

beforeEach(() => {
  wall = twoScreenWall() as unknown as Wall;
  said = [];
  refuses = new Set();
});

describe('a camera across several tiles', () => {
  const row = () => placedTiles(view()).filter(({ screenId, tileId }) => `${screenId} ${tileId}` === '1 g-0-1' || screenId === '2');

  test('lies around all of them, in wall pixels', async () => {
    const tiles = row();
    expect(await control.across(view(), tiles, camera)).toBe('w-span-1');
    expect(wall.spanning).toEqual([{ tileId: 'span-1', rect: { x: 960, y: 0, width: 2880, height: 1080 }, panel: video('c-A2') }]);
    expect(said).toEqual(['stage.notice.across {"camera":"A2","n":2}']);
    expect(await control.across(view(), tiles, { id: 'c-A3', number: 'A3' })).toBe('w-span-1');
    expect(wall.spanning).toMatchObject([{ panel: { cameraId: 'c-A3' } }]);
  });

  test('is refused in words when there are too many', async () => {
    wall = { ...wall, spanning: Array.from({ length: maxSpanning }, (_, n) => span(`s${n}`, n)) };
    expect(await control.across(view(), row(), camera)).toBeNull();
    expect(said).toEqual(['refused stage.notice.full {"n":64}']);
  });

  test('is not there when the hub refused', async () => {
    refuses = new Set(['span']);
    expect(await control.across(view(), row(), camera)).toBeNull();
    expect(said).toEqual([]);
  });

  test('can be replaced and taken away', async () => {
    wall = { ...wall, spanning: [span('a'), span('b', 10)] };
    await control.replace(view(), 'a', camera);
    expect(wall.spanning[0]).toMatchObject({ tileId: 'a', panel: { cameraId: 'c-A2' } });
    await control.clear(view(), [{ screenId: '1', tileId: 'w-a' }]);
    expect(wall.spanning).toEqual([span('b', 10)]);
    expect(said.at(-1)).toBe('stage.notice.spanCleared {"n":1}');
  });
});

test('several tiles are emptied together, on every screen', async () => {
  wall = { ...wall, spanning: [span('a')] };
  await changes.show({ view: view().screens[1]! }, { scene: () => ({ kind: 'grid', rows: 1, cols: 1, tiles: [video('c-A3')] }) });
  await control.clear(view(), [
    { screenId: '1', tileId: 'g-0-0' },
    { screenId: '2', tileId: 'g-0-0' },
    { screenId: '1', tileId: 'w-a' },
  ]);
  expect([shown('1'), shown('2'), wall.spanning]).toEqual([[null, null, null, null], [null], []]);
  expect(said).toEqual(['stage.notice.cleared {"n":3}']);
});

test('tiles of a free layout go away, whatever the order in which they were chosen', async () => {
  const at = (x: number) => ({ x, y: 0, width: 100, height: 100 });
  const scene: StillScene = { kind: 'free', tiles: ['c1', 'c2', 'c3'].map((id, n) => ({ rect: at(n * 200), panel: video(id) })) };
  await changes.show({ view: view().screens[0]! }, { scene: () => scene });
  await control.clear(
    view(),
    ['f-0', 'f-2'].map((tileId) => ({ screenId: '1', tileId })),
  );
  expect(wall.screens[0]!.scene).toMatchObject({ tiles: [{ panel: { cameraId: 'c2' } }] });
});

describe('two tiles change places', () => {
  test('on one screen', async () => {
    expect(await control.swap(view(), { screenId: '1', tileId: 'g-0-0' }, { screenId: '1', tileId: 'g-1-1' })).toBe(true);
    expect(shown('1')).toEqual([null, null, null, 'c-A1']);
    expect(said).toEqual(['stage.notice.swapped {"one":"1 · 1","other":"1 · 4"}']);
  });

  test('on two screens', async () => {
    await changes.show({ view: view().screens[1]! }, { scene: () => ({ kind: 'grid', rows: 1, cols: 1, tiles: [video('c-A3')] }) });
    expect(await control.swap(view(), { screenId: '1', tileId: 'g-0-0' }, { screenId: '2', tileId: 'g-0-0' })).toBe(true);
    expect([shown('1'), shown('2')]).toEqual([['c-A3', null, null, null], ['c-A1']]);
  });

  test('with one across screens', async () => {
    wall = { ...wall, spanning: [span('a')] };
    await control.swap(view(), { screenId: '1', tileId: 'g-0-0' }, { screenId: '1', tileId: 'w-a' });
    expect([shown('1'), wall.spanning]).toMatchObject([['c-A7', null, null, null], [{ panel: { cameraId: 'c-A1' } }]]);
  });

  test('a picture whose new place is refused stays where it was', async () => {
    refuses = new Set(['2']);
    expect(await control.swap(view(), { screenId: '1', tileId: 'g-0-0' }, { screenId: '2', tileId: 'g-0-0' })).toBe(false);
    expect([shown('1'), said]).toEqual([['c-A1', null, null, null], []]);
  });

  test('is not said of a tile that is not there any more', async () => {
    const before = view();
    await changes.show({ view: view().screens[0]! }, { scene: () => ({ kind: 'grid', rows: 1, cols: 1, tiles: [video('c-A9')] }) });
    expect(await control.swap(before, { screenId: '1', tileId: 'g-0-0' }, { screenId: '1', tileId: 'g-1-1' })).toBe(false);
    expect(await control.swap(before, { screenId: '2', tileId: 'g-0-0' }, { screenId: '1', tileId: 'g-1-1' })).toBe(false);
    expect(await control.replace(before, 'gone', camera)).toBe(false);
    expect(shown('1')).toEqual(['c-A9']);
    expect(new Set(said)).toEqual(new Set(['refused keypad.refused.tile-none {}']));
  });

  test('not with itself', async () => {
    expect(await control.swap(view(), { screenId: '1', tileId: 'g-0-0' }, { screenId: '1', tileId: 'g-0-0' })).toBe(false);
  });
});

describe('several cameras from a tile on', () => {
  const place = (tileId: string, number: number) => ({ view: view().screens[0]!, tileId, number });
  test('take the places that there are, in order', async () => {
    expect(await control.fillFrom(view(), place('g-0-1', 2), ['c1', 'c2', 'c3', 'c4'])).toBe(true);
    expect(shown('1')).toEqual(['c-A1', 'c1', 'c2', 'c3']);
    expect(said).toEqual(['stage.notice.filled {"screen":"左屏","n":3,"from":2}']);
  });
  test('none change nothing', async () => {
    expect(await control.fillFrom(view(), place('g-0-1', 2), [])).toBe(false);
    expect(said).toEqual([]);
  });
  test('a tile that the scene does not have takes none', () => {
    expect(fillAfter({ kind: 'grid', rows: 1, cols: 1, tiles: [] }, 'g-3-3', [video('c1')])).toMatchObject({ placed: 0 });
  });
});
