import { beforeEach, expect, test } from 'vitest';
import type { Wall } from '../../../layouts/contract.ts';
import type { Preset } from '../../../layouts/control-contract.ts';
import { setLocale } from '../../i18n/index.ts';
import { twoScreenWall } from '../testdata/fake-hub.ts';
import { viewWall } from '../wall-view.ts';
import { skippedLines } from './recall-words.ts';

const view = viewWall(twoScreenWall() as unknown as Wall, 0);
const video = (cameraId: string) => ({ panel: 'video' as const, cameraId: cameraId as never, profile: 'auto' as const });
const preset = {
  screens: [
    { screenId: '1', scene: { kind: 'grid', rows: 1, cols: 3, tiles: [null, video('gone'), video('c-1')] } },
    { screenId: '9', scene: { kind: 'free', tiles: [{ rect: { x: 0, y: 0, width: 1, height: 1 }, panel: video('gone') }] } },
  ],
  spanning: [{ tileId: 'a', rect: { x: 0, y: 0, width: 1, height: 1 }, panel: { panel: 'clock' } }],
} as unknown as Preset;
const well = { screens: [], skipped: [], missing: [], spanning: true };

beforeEach(() => setLocale('zh-CN'));

test('nothing is said of what is all there', () => {
  expect(skippedLines(preset, well, view)).toEqual([]);
});

test('held, gone, missing and laid over: a line each, screens by name, one that is gone by its id', () => {
  const skipped = [
    { screenId: '1' as never, code: 'wall-held' as const, by: 'li' },
    { screenId: '9' as never, code: 'screen-unknown' as const, by: null },
  ];
  const lines = skippedLines(preset, { ...well, skipped, missing: ['gone' as never], spanning: false }, view);
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe('左屏：由 li 占用，未改动');
  expect(lines[1]).toMatch(/^9：.+。$/);
  expect(lines[3]).toBe('1 台摄像机已不在目录中，窗格为空：左屏 第 2 格 · 9 第 1 格');
  setLocale('en');
  expect(skippedLines(preset, { ...well, missing: ['gone' as never, 'other' as never] }, view)).toEqual([
    '2 cameras are no longer in the directory, their tiles are empty: 左屏, tile 2 · 9, tile 1',
  ]);
});
