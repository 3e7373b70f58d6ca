import { afterEach, expect, test } from 'vitest';
import type { Scene, StillScene } from '../../../layouts/contract.ts';
import { sceneDiff } from '../../../layouts/scene-diff.ts';
import { setLocale } from '../../i18n/index.ts';
import { diffLine, type SceneNames } from './diff-words.ts';

afterEach(() => setLocale('zh-CN'));

const names: SceneNames = {
  cameraNumber: (id) => (id === 'gone' ? undefined : `JX-${id}`),
  placeName: (code) => ({ '320282101': '宜城街道' })[code] ?? code,
};
const camera = (id: string, profile: 'auto' | 'main' = 'auto') => ({ panel: 'video', cameraId: id as never, profile }) as const;
const clock = { panel: 'clock' } as const;
const grid = (...tiles: Extract<StillScene, { kind: 'grid' }>['tiles']): StillScene => ({ kind: 'grid', rows: 2, cols: 2, tiles });
const free = (x: number, width: number): StillScene => ({
  kind: 'free',
  canvas: { width: 1920, height: 1080 },
  tiles: [{ rect: { x, y: 0, width, height: 540 }, panel: clock }],
});
const promise = { district: '320282101', groups: ['police'], everyHours: 4, rows: 3, cols: 3, dwellMs: 15_000 };
const tour = (scene: StillScene, dwellMs: number): Scene => ({ kind: 'tour', steps: [{ scene, dwellMs }] });

test.each<[Scene, Scene, string, string]>([
  [grid(camera('1')), grid(camera('2')), '第 1 格由 摄像机 JX-1 改为 摄像机 JX-2', 'Tile 1: camera JX-1 became camera JX-2'],
  [grid(camera('1')), grid(camera('1', 'main')), '第 1 格 摄像机 JX-1 的码流由 自动 改为 主码流', ''],
  [grid(), grid(null, camera('gone')), '第 2 格新增 已不存在的摄像机', 'Tile 2: a camera that is gone added'],
  [grid(clock), grid(), '第 1 格去掉 时钟', ''],
  [grid(clock), grid(null, null, clock), '时钟 由第 1 格移到第 3 格', ''],
  [
    grid({ panel: 'note', text: '防汛' }),
    grid({ panel: 'note', text: '防火' }),
    '第 1 格由 文字“防汛” 改为 文字“防火”',
    'Tile 1: text “防汛” became text “防火”',
  ],
  [
    grid({ panel: 'camera-health' }),
    grid({ panel: 'camera-health', district: '320282101' }),
    '第 1 格由 摄像机在线情况 改为 摄像机在线情况（宜城街道）',
    '',
  ],
  [grid(), { kind: 'split', template: '1+5', tiles: [] }, '由 网格 2×2 改为 分屏 1+5', 'From grid 2×2 to split 1+5'],
  [free(0, 960), free(960, 960), '时钟 由 0, 0 移到 960, 0', ''],
  [free(0, 960), free(0, 800), '时钟 由 960×540 改为 800×540 像素', ''],
  [tour(grid(), 10_000), tour(grid(), 20_000), '停留由 10 秒 改为 20 秒', 'Dwell from 10 s to 20 s'],
  [
    tour(grid(), 10_000),
    { kind: 'tour', steps: [{ scene: grid(), dwellMs: 10_000 }], coverage: promise },
    '改为公平巡视：宜城街道 · police 每 4 小时一遍，3×3，停留 15 秒',
    'Fair coverage now: 宜城街道 · police every 4 h, 3×3, dwell 15 s',
  ],
])('%j to %j', (before, after, zh, en) => {
  const lines = () => sceneDiff(before, after).map((each) => diffLine(each, names).words);
  expect(lines()).toEqual([zh]);
  setLocale('en');
  if (en !== '') expect(lines()).toEqual([en]);
  for (const line of lines()) expect(line).not.toMatch(/editor\.|[{}]/);
});

test('each line says what kind of change it is, and where in a tour', () => {
  const before: Scene = { kind: 'tour', steps: [{ scene: grid(camera('1')), dwellMs: 5000 }] };
  const after: Scene = {
    kind: 'tour',
    steps: [
      { scene: grid(clock), dwellMs: 5000 },
      { scene: grid(camera('1'), camera('2')), dwellMs: 5000 },
    ],
  };
  expect(sceneDiff(before, after).map((each) => diffLine(each, names))).toEqual([
    { kind: 'added', step: 1, words: '新增，0 路画面' },
    { kind: 'added', step: 2, words: '第 2 格新增 摄像机 JX-2' },
  ]);
});

test.each<[StillScene, string, string]>([
  [
    grid({ panel: 'alerts', atLeast: 'high' }),
    '第 1 格由 告警列表 改为 告警列表（高及以上）',
    'Tile 1: Alert list became Alert list (high or worse)',
  ],
  [grid({ panel: 'plan', systems: ['traffic' as never] }), '第 1 格由 告警列表 改为 城市规划指标（1 个系统）', ''],
  [
    grid({ panel: 'trend', series: [{ indicator: 'traffic/speed' }, { asset: 'w/PZ 1', quantity: 'water-level' }], hours: 24 }),
    '第 1 格由 告警列表 改为 趋势图（traffic/speed, w/PZ 1 water-level, 24 小时）',
    '',
  ],
  [
    grid({ panel: 'gauge', of: { indicator: 'traffic/speed' }, min: 0, max: 80 }),
    '第 1 格由 告警列表 改为 仪表（traffic/speed, 0–80）',
    '',
  ],
])('a panel of the city is told apart from itself by what it shows: %j', (after, zh, en) => {
  const lines = () => sceneDiff(grid({ panel: 'alerts' }), after).map((each) => diffLine(each, names).words);
  expect(lines()).toEqual([zh]);
  setLocale('en');
  if (en !== '') expect(lines()).toEqual([en]);
});
