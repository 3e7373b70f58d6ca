import { describe, expect, test } from 'vitest';
import type { PanelRef, Rect, Scene } from '../../../layouts/contract.ts';
import { openDocument, sceneOf } from './editor-document.ts';
import { createLayoutEditing, type LayoutEditing } from './layout-editing.ts';

const screen: Rect = { x: 0, y: 0, width: 1920, height: 1080 };
const clock: PanelRef = { panel: 'clock' };
const camera = (n: number): PanelRef => ({ panel: 'video', cameraId: `c${n}` as never, profile: 'auto' });

let mayEdit = true;
function edit(scene: Scene): LayoutEditing {
  mayEdit = true;
  return createLayoutEditing(openDocument({ name: '早高峰', number: null, scene }, screen), screen, () => mayEdit);
}
const free = (...tiles: [x: number, y: number, width: number, height: number][]): LayoutEditing =>
  edit({
    kind: 'free',
    canvas: { width: 1920, height: 1080 },
    tiles: tiles.map(([x, y, width, height], index) => ({ rect: { x, y, width, height }, panel: camera(index + 1) })),
  });
const grid = (rows: number, cols: number, ...panels: (PanelRef | null)[]) => edit({ kind: 'grid', rows, cols, tiles: panels });
const places = (editing: LayoutEditing) => editing.tiles.value.map(({ rect: { x, y, width, height } }) => `${width}x${height}+${x}+${y}`);
const chosen = (editing: LayoutEditing) => [...editing.chosen.value].sort();
const noKeys = { proportion: false, unsnapped: false };

describe('choosing', () => {
  test('a press chooses a tile, with more it adds and takes out, on the ground it chooses none', () => {
    const editing = free([0, 0, 400, 300], [500, 0, 400, 300], [1000, 0, 400, 300]);
    editing.press('t2', false);
    editing.press('t3', true);
    expect(chosen(editing)).toEqual(['t2', 't3']);
    editing.press('t2', true);
    expect(chosen(editing)).toEqual(['t3']);
    editing.press(null, true);
    expect(chosen(editing)).toEqual(['t3']);
    editing.press(null, false);
    expect(chosen(editing)).toEqual([]);
  });

  test('a group is chosen together', () => {
    const editing = free([0, 0, 400, 300], [500, 0, 400, 300], [1000, 0, 400, 300]);
    editing.choose(['t1', 't2']);
    editing.group();
    editing.press(null, false);
    editing.press('t1', false);
    expect(chosen(editing)).toEqual(['t1', 't2']);
    editing.group();
    editing.press(null, false);
    editing.press('t1', false);
    expect(chosen(editing)).toEqual(['t1']);
  });

  test('walking goes through the tiles in order and ends at both ends', () => {
    const editing = free([0, 0, 400, 300], [500, 0, 400, 300]);
    expect([editing.walk(1), editing.walk(1), editing.walk(1)]).toEqual([true, true, false]);
    expect(chosen(editing)).toEqual(['t2']);
    expect([editing.walk(-1), editing.walk(-1)]).toEqual([true, false]);
  });

  test('what is gone is not chosen any more', () => {
    const editing = free([0, 0, 400, 300]);
    editing.add(clock);
    expect(chosen(editing)).toEqual(['t2']);
    editing.undo();
    expect(chosen(editing)).toEqual([]);
    expect(editing.current.value).toBeNull();
  });
});

test('what was being dragged does not come back over another layout that was opened meanwhile', () => {
  const editing = free([0, 0, 400, 300]);
  const scene: Scene = {
    kind: 'free',
    canvas: { width: 1920, height: 1080 },
    tiles: [{ rect: { x: 0, y: 0, width: 800, height: 600 }, panel: clock }],
  };
  editing.press('t1', false);
  editing.grab('t1', null);
  editing.drag(100, 100, noKeys, 0);
  editing.open(openDocument({ name: '晚高峰', number: null, scene }, screen));
  editing.drag(200, 200, noKeys, 0);
  editing.release(true);
  expect([places(editing), editing.dirty.value]).toEqual([['800x600+0+0'], false]);
});

describe('free tiles', () => {
  test('move by a step of the grid, and presses of one held key are one step back', () => {
    const editing = free([400, 300, 400, 300]);
    editing.press('t1', false);
    editing.arrow('right', editing.gridPx.value, 'a');
    editing.arrow('right', editing.gridPx.value, 'a');
    editing.arrow('down', 1, 'b');
    expect(places(editing)).toEqual(['400x300+440+301']);
    editing.undo();
    expect(places(editing)).toEqual(['400x300+440+300']);
    editing.undo();
    expect(places(editing)).toEqual(['400x300+400+300']);
    expect(editing.canUndo.value).toBe(false);
    editing.redo();
    expect(places(editing)).toEqual(['400x300+440+300']);
  });

  test('are resized by keys from the right and from below', () => {
    const editing = free([400, 300, 400, 300]);
    editing.press('t1', false);
    editing.resize(20, 0, 'a');
    editing.resize(0, -20, 'b');
    expect(places(editing)).toEqual(['420x280+400+300']);
  });

  test('follow the pointer, snap to their neighbours, and are one step back', () => {
    const editing = free([0, 0, 400, 300], [1000, 500, 400, 300]);
    editing.press('t1', false);
    editing.grab('t1', null);
    editing.drag(597, 300, noKeys, 6);
    expect(places(editing)[0]).toBe('400x300+600+300');
    expect(editing.guides.value.map(({ axis, at }) => `${axis} ${at}`)).toContain('x 1000');
    expect(editing.canUndo.value).toBe(false);
    editing.release(true);
    expect(editing.guides.value).toEqual([]);
    expect(places(editing)[0]).toBe('400x300+600+300');
    editing.undo();
    expect(places(editing)[0]).toBe('400x300+0+0');
  });

  test('a drag that is taken back leaves nothing', () => {
    const editing = free([0, 0, 400, 300]);
    editing.press('t1', false);
    editing.grab('t1', 'se');
    editing.drag(200, 200, { ...noKeys, unsnapped: true }, 6);
    expect(places(editing)).toEqual(['600x500+0+0']);
    editing.release(false);
    expect(places(editing)).toEqual(['400x300+0+0']);
    expect(editing.dirty.value).toBe(false);
  });

  test('without snapping a tile goes where it is put', () => {
    const editing = free([0, 0, 400, 300], [1000, 500, 400, 300]);
    editing.snaps.value = false;
    editing.press('t1', false);
    editing.grab('t1', null);
    editing.drag(597, 3, noKeys, 6);
    expect(places(editing)[0]).toBe('400x300+597+3');
  });

  test('are aligned, and sized like the one that keys start from', () => {
    const editing = free([0, 0, 400, 300], [500, 200, 600, 400]);
    editing.press('t1', false);
    editing.press('t2', true);
    editing.arrange({ kind: 'align', to: 'top' });
    expect(places(editing)).toEqual(['400x300+0+0', '600x400+500+0']);
    editing.arrange({ kind: 'size', what: 'both' });
    expect(places(editing)).toEqual(['600x400+0+0', '600x400+500+0']);
  });

  test('are copied into another layout', () => {
    const from = free([0, 0, 400, 300], [500, 0, 400, 300]);
    from.choose(['t1', 't2']);
    expect(from.copy()).toBe(true);
    const into = free([0, 600, 400, 300]);
    expect(into.paste()).toEqual({ pasted: 2, left: 0 });
    expect(places(into)).toEqual(['400x300+0+600', '400x300+20+20', '400x300+520+20']);
    expect(chosen(into)).toHaveLength(2);
  });

  test('are added where there is room, or where they were dropped', () => {
    const editing = free();
    editing.add(camera(1));
    editing.add(camera(2));
    editing.add(clock, { x: 1000, y: 800, over: null });
    expect(places(editing)).toEqual(['640x360+0+0', '640x360+640+0', '480x180+760+710']);
    expect(chosen(editing)).toEqual(['t3']);
  });

  test('are drawn for another screen in proportion, in one step', () => {
    const editing = free([960, 540, 960, 540]);
    editing.drawFor({ width: 3840, height: 2160 });
    expect(places(editing)).toEqual(['1920x1080+1920+1080']);
    expect(editing.size.value).toEqual({ width: 3840, height: 2160 });
    editing.undo();
    expect(editing.size.value).toEqual({ width: 1920, height: 1080 });
  });
});

describe('a grid', () => {
  test('is filled tile after tile', () => {
    const editing = grid(1, 3);
    expect([editing.add(camera(1)), editing.add(camera(2)), editing.add(camera(3)), editing.add(camera(4))]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    // With no empty tile left, what was filled last stays chosen and is replaced.
    expect(sceneOf(editing.document.value)).toMatchObject({ tiles: [camera(1), camera(2), camera(4)] });
  });

  test('has no room for more when it is full and nothing is chosen', () => {
    const editing = grid(1, 1, clock);
    expect(editing.add(camera(1))).toBe(false);
  });

  test('is walked by arrows, swapped by dragging, cleared by removing', () => {
    const editing = grid(2, 2, camera(1), camera(2), null, null);
    editing.press('g-0-0', false);
    editing.arrow('right', 20, 'a');
    expect(chosen(editing)).toEqual(['g-0-1']);
    editing.swap('g-0-1', 'g-1-1');
    expect(sceneOf(editing.document.value)).toMatchObject({ tiles: [camera(1), null, null, camera(2)] });
    editing.remove();
    expect(sceneOf(editing.document.value)).toMatchObject({ tiles: [camera(1), null, null, null] });
    expect(chosen(editing)).toEqual(['g-1-1']);
  });

  test('is not moved nor aligned until it is set free', () => {
    const editing = grid(1, 2, camera(1), camera(2));
    editing.press('g-0-0', false);
    editing.arrange({ kind: 'align', to: 'bottom' });
    editing.duplicate();
    editing.group();
    expect(editing.dirty.value).toBe(false);
    editing.setFree();
    expect(editing.free.value).toBe(true);
    expect(places(editing)).toEqual(['960x1080+0+0', '960x1080+960+0']);
  });
});

describe('the document', () => {
  test('is dirty only while it differs from what was published', () => {
    const editing = free([0, 0, 400, 300]);
    editing.rename('晚高峰');
    expect(editing.dirty.value).toBe(true);
    editing.undo();
    expect(editing.dirty.value).toBe(false);
    editing.renumber(12);
    editing.published(editing.document.value);
    expect(editing.dirty.value).toBe(false);
    expect(editing.document.value.number).toBe(12);
  });

  test('typing a name is one step back', () => {
    const editing = free();
    for (const name of ['早', '早高', '早高峰二']) editing.rename(name);
    editing.undo();
    expect(editing.document.value.name).toBe('早高峰');
  });

  test('nobody changes it who may not', () => {
    const editing = free([0, 0, 400, 300]);
    mayEdit = false;
    editing.press('t1', false);
    editing.arrow('right', 20, 'a');
    editing.rename('x');
    editing.add(clock);
    editing.remove();
    editing.grab('t1', null);
    editing.drag(100, 100, noKeys, 6);
    editing.release(true);
    expect(editing.dirty.value).toBe(false);
    expect(chosen(editing)).toEqual(['t1']);
  });

  test('a tour is edited step by step', () => {
    const still = { kind: 'grid' as const, rows: 1, cols: 1, tiles: [null] };
    const editing = edit({ kind: 'tour', steps: [still, still].map((scene) => ({ scene, dwellMs: 5000 })) });
    editing.step(-1);
    editing.step(1);
    editing.step(1);
    editing.add(clock);
    editing.setDwell(12_000);
    expect(sceneOf(editing.document.value)).toMatchObject({
      steps: [
        { scene: { tiles: [null] }, dwellMs: 5000 },
        { scene: { tiles: [clock] }, dwellMs: 12_000 },
      ],
    });
  });
});
