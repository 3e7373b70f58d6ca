import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { maxTiles, type Wall } from '../../../../layouts/contract.ts';
import { presetEntity, type Preset } from '../../../../layouts/control-contract.ts';
import type { CommandResult } from '../../../contract/catalog.ts';
import { grid, holdsRig, person, resultOf, video } from '../holds/testdata/holds-rig.ts';
import { maxPresets, maxPresetTiles } from './presets.ts';

const li = person('li', 'operator');
const wang = person('wang', 'operator');
const admin = person('admin', 'administrator');

let rig: ReturnType<typeof holdsRig>;
beforeEach(() => {
  rig = holdsRig([li, wang, admin]);
  show('1', grid(2, 2, 'c1', 'c2'));
  show('2', grid(1, 1, 'c3'));
});
afterEach(() => rig.stop());

const show = (screenId: string, scene: object, by = li, wallId = 'main') =>
  resultOf(rig.run('wall.show', { wallId, screenId, scene: scene as never }, by));
const span = (...tiles: { tileId: string; cameraId: string; x: number }[]) =>
  resultOf(
    rig.run(
      'wall.span',
      {
        wallId: 'main',
        tiles: tiles.map(({ tileId, cameraId, x }) => ({ tileId, rect: { x, y: 0, width: 100, height: 100 }, panel: video(cameraId) })),
      },
      li,
    ),
  );
const save = (more: object = {}, by = li) =>
  rig.run('preset.save', { presetId: 'p', name: '早高峰', wallId: 'main', ...more } as never, by);
const recall = (by = wang) => rig.run('preset.recall', { presetId: 'p' }, by);
const recalled = (by = wang) => resultOf<CommandResult<'preset.recall'>>(recall(by));
const preset = (id = 'p') => rig.ledger.get('presets', id) as Preset | undefined;
const upsert = (wallId: string, screens: { id: string; rect: Wall['screens'][number]['rect'] }[]) =>
  resultOf(rig.run('wall.upsert', { wallId, name: 'Wall', screens }, admin));
const cameras = (screenId: string) => {
  const { scene } = rig.screen(screenId);
  return scene.kind === 'grid' ? scene.tiles.map((tile) => (tile?.panel === 'video' ? tile.cameraId : null)) : scene.kind;
};

describe('a preset', () => {
  test('keeps what all screens show, and the tiles over them', () => {
    span({ tileId: 'a', cameraId: 'c4', x: 1900 });
    expect(save({ number: 12 })).toMatchObject({
      ok: true,
      value: { result: { presetId: 'p', revision: 1 }, before: null, after: { name: '早高峰', number: 12, screens: ['1', '2'], tiles: 6 } },
    });
    expect(presetEntity.parse(preset())).toMatchObject({
      name: '早高峰',
      number: 12,
      wallId: 'main',
      screens: [
        { screenId: '1', scene: rig.screen('1').scene },
        { screenId: '2', scene: rig.screen('2').scene },
      ],
      spanning: rig.wall().spanning,
      revision: 1,
      changedBy: 'li',
      changedAt: rig.clock.now(),
    });
  });

  test('keeps only the screens that are named, without the tiles over them when that is asked', () => {
    resultOf(save({ screenIds: ['2'], spanning: false }));
    expect(preset()).toMatchObject({ screens: [{ screenId: '2' }], spanning: null });
  });

  test('keeps a tour that has not started', () => {
    show('1', { kind: 'tour', loop: false, steps: [{ dwellMs: 5000, scene: grid(1, 1, 'c1') }] });
    resultOf(save());
    expect(preset()!.screens[0]!.scene).toMatchObject({ kind: 'tour', loop: false });
    expect(preset()!.screens[0]!.scene).not.toHaveProperty('startedAt');
    rig.clock.set(5000);
    recalled();
    expect(rig.screen('1').scene).toMatchObject({ startedAt: rig.clock.now() });
  });

  test('is overwritten in its own revision; number and name are as said, the number stays when nothing is said', () => {
    resultOf(save({ number: 12 }));
    expect(save({ name: '晚高峰', baseRevision: 1 }, wang)).toMatchObject({ value: { result: { revision: 2 } } });
    expect(preset()).toMatchObject({ name: '晚高峰', number: 12, changedBy: 'wang' });
    expect(save({ baseRevision: 1 })).toMatchObject({ error: { code: 'revision-conflict', params: { by: 'wang', revision: 2 } } });
    resultOf(save({ number: null }));
    expect(preset()).toMatchObject({ number: null });
  });

  test.each<[string, object, string, object]>([
    ['of an unknown wall', { wallId: 'cellar' }, 'wall-unknown', { wallId: 'cellar' }],
    ['of an unknown screen', { screenIds: ['1', '9'] }, 'screen-unknown', { screenId: '9' }],
    ['that somebody has removed meanwhile', { baseRevision: 3 }, 'preset-unknown', { presetId: 'p' }],
    ['with the number of another', { number: 7 }, 'number-taken', { number: 7, name: 'Other' }],
    ['with the number of a layout', { number: 8 }, 'number-taken', { number: 8, name: 'Layout' }],
  ])('%s is refused', (_, more, code, params) => {
    resultOf(rig.run('preset.save', { name: 'Other', number: 7, wallId: 'main' }, li));
    rig.put('layouts', 'l', { id: 'l', name: 'Layout', number: 8, scene: grid(1, 1, 'c0') });
    const { seq } = rig.ledger;
    expect(save(more)).toMatchObject({ ok: false, error: { code, params } });
    expect(rig.ledger.seq).toBe(seq);
  });

  test('there is an end to how many are kept', () => {
    for (let n = 0; n < maxPresets; n += 1) rig.put('presets', `x${n}`, { id: `x${n}`, name: 'x', number: null });
    expect(save()).toMatchObject({ error: { code: 'field-invalid', params: { reason: 'too-many', max: maxPresets } } });
    rig.remove('presets', 'x0');
    expect(save().ok).toBe(true);
  });

  test('of ten thousand tiles is kept, of more it is refused', () => {
    const screens = Array.from({ length: 26 }, (_, n) => ({ id: `s${n}`, rect: { x: n * 1920, y: 0, width: 1920, height: 1080 } }));
    upsert('large', screens);
    const full = grid(20, 20, ...Array.from({ length: maxTiles }, (_, n) => `c${n % 10}`));
    for (const { id } of screens.slice(0, 25)) show(id, full, li, 'large');
    show('s25', grid(1, 1), li, 'large');
    expect(save({ wallId: 'large' })).toMatchObject({ error: { code: 'too-many-tiles', params: { tiles: 10_001, max: maxPresetTiles } } });
    resultOf(save({ wallId: 'large', screenIds: screens.slice(0, 25).map(({ id }) => id) }));
    for (const { id } of screens) show(id, grid(1, 1), wang, 'large');
    const { seq } = rig.ledger;
    expect(recalled().screens).toHaveLength(25);
    expect(rig.ledger.seq).toBe(seq + 1);
    expect(
      rig
        .wall('large')
        .screens.slice(0, 25)
        .every(({ scene }) => scene.kind === 'grid' && scene.tiles.length === maxTiles),
    ).toBe(true);
  });

  test.each<[string, string, boolean]>([
    ['an emoji', '🚦 路口', true],
    ['a family of joined emoji', '👨‍👩‍👧', true],
    ['white space around it', '  早高峰  ', true],
    ['a bidirectional override', 'abc\u202Etxt', false],
    ['an isolate', '\u2066abc', false],
    ['half an emoji', '\uD83D', false],
    ['a line break', 'a\nb', false],
    ['nothing', '   ', false],
    ['sixty-five signs', 'x'.repeat(65), false],
  ])('named with %s', (_, name, taken) => {
    if (!taken) expect(() => save({ name })).toThrow(/name/);
    else {
      resultOf(save({ name }));
      expect(preset()!.name).toBe(name.trim());
    }
  });

  test('is removed; the wall stays as it is', () => {
    resultOf(save());
    const before = rig.wall();
    expect(rig.run('preset.remove', { presetId: 'p' }, li)).toMatchObject({ ok: true, value: { before: { name: '早高峰' } } });
    expect(preset()).toBeUndefined();
    expect(rig.wall()).toBe(before);
    expect(rig.run('preset.remove', { presetId: 'p' }, li)).toMatchObject({ error: { code: 'preset-unknown' } });
  });
});

describe('recalled', () => {
  beforeEach(() => {
    span({ tileId: 'a', cameraId: 'c4', x: 1900 });
    resultOf(save());
    show('1', grid(1, 1, 'c9'), wang);
    show('2', grid(1, 1, 'c9'), wang);
    span();
  });

  test('it is on the wall in one commit, by whoever recalled it', () => {
    const { seq } = rig.ledger;
    const [one, two] = [rig.screen('1').revision, rig.screen('2').revision];
    expect(recalled(wang)).toEqual({
      screens: [
        { screenId: '1', revision: one + 1 },
        { screenId: '2', revision: two + 1 },
      ],
      skipped: [],
      missing: [],
      spanning: true,
    });
    expect(rig.ledger.seq).toBe(seq + 1);
    expect([cameras('1'), cameras('2')]).toEqual([['c1', 'c2', null, null], ['c3']]);
    expect(rig.screen('1')).toMatchObject({ changedBy: 'wang', changedAt: rig.clock.now(), layout: null });
    expect(rig.wall()).toMatchObject({ spanning: [{ tileId: 'a' }], revision: 3, changedBy: 'wang' });
  });

  test('an unknown one, and one whose wall is gone, are refused', () => {
    expect(rig.run('preset.recall', { presetId: 'q' }, li)).toMatchObject({ error: { code: 'preset-unknown' } });
    rig.remove('walls', 'main');
    expect(recall()).toMatchObject({ error: { code: 'wall-unknown', params: { wallId: 'main' } } });
  });

  test('cameras that are no more leave empty tiles, and are named once', () => {
    for (const id of ['c1', 'c3', 'c4']) rig.remove('cameras', id);
    expect(recalled()).toMatchObject({ missing: ['c1', 'c3', 'c4'], spanning: true, skipped: [] });
    expect([cameras('1'), cameras('2')]).toEqual([[null, 'c2', null, null], [null]]);
    expect(rig.wall().spanning).toEqual([]);
  });

  test('screens that are gone are passed over and named; one that came back under its name is served', () => {
    const { rect } = rig.screen('2');
    upsert('main', [{ id: '2', rect }]);
    expect(recalled()).toMatchObject({ screens: [{ screenId: '2' }], skipped: [{ screenId: '1', code: 'screen-unknown', by: null }] });
    upsert('main', [
      { id: '1', rect: { ...rect, x: 0 } },
      { id: '2', rect },
    ]);
    expect(recalled().screens).toMatchObject([{ screenId: '1', revision: 1 }, { screenId: '2' }]);
  });

  test('a wall without any of its screens stays as it is', () => {
    resultOf(save({ spanning: false }));
    upsert('main', [{ id: '7', rect: rig.screen('1').rect }]);
    const { seq } = rig.ledger;
    expect(recalled()).toMatchObject({ screens: [], skipped: [{ screenId: '1' }, { screenId: '2' }], spanning: false });
    expect(rig.ledger.seq).toBe(seq);
  });

  test('free tiles that the screen has no place for any more: passed over, not cut off', () => {
    show('1', { kind: 'free', tiles: [{ rect: { x: 1500, y: 0, width: 100, height: 100 }, panel: video('c1') }] });
    resultOf(save());
    upsert('main', [
      { id: '1', rect: { x: 0, y: 0, width: 1000, height: 1000 } },
      { id: '2', rect: rig.screen('2').rect },
    ]);
    expect(recalled()).toMatchObject({ screens: [{ screenId: '2' }], skipped: [{ screenId: '1', code: 'scene-invalid' }] });
  });

  test('what somebody else holds is passed over and named, one’s own is not', () => {
    resultOf(rig.run('hold.take', { wallId: 'main', screenId: '1', reason: 'x' }, li));
    expect(recalled(wang)).toMatchObject({
      screens: [{ screenId: '2' }],
      skipped: [{ screenId: '1', code: 'wall-held', by: 'li' }],
      spanning: false,
    });
    expect(cameras('1')).toEqual(['c9']);
    expect(recalled(li)).toMatchObject({ screens: [{ screenId: '1' }, { screenId: '2' }], skipped: [], spanning: true });
  });

  test('a screen of which somebody holds a tile is served when that tile stays as it is', () => {
    recalled(wang);
    resultOf(rig.run('hold.take', { wallId: 'main', screenId: '1', tiles: ['g-0-0'], reason: 'x' }, li));
    show('1', grid(2, 2, 'c1', 'c7'), wang);
    expect(recalled(wang)).toMatchObject({ skipped: [] });
    expect(cameras('1')).toEqual(['c1', 'c2', null, null]);
    show('1', grid(2, 2, 'c8', 'c2'), li);
    expect(recalled(wang)).toMatchObject({ skipped: [{ screenId: '1', code: 'wall-held' }] });
  });

  test('by somebody who was given a hold, it decides what stays at the end', async () => {
    const { holdId } = resultOf<{ holdId: string }>(rig.run('hold.take', { wallId: 'main', screenId: '1', reason: 'x' }, li));
    rig.run('hold.request', { holdId, reason: 'y' }, wang);
    resultOf(rig.run('hold.yield', { holdId, userId: 'u-wang' }, li));
    recalled(wang);
    expect(rig.hold(holdId)!.restore).toBeNull();
    await rig.clock.advance(3_600_000);
    expect(rig.allHolds()).toEqual([]);
    expect(cameras('1')).toEqual(['c1', 'c2', null, null]);
  });
});
