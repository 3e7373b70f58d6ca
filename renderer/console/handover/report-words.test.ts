import { afterEach, expect, test } from 'vitest';
import type { ScreenId, WallId } from '../../../main/contract/ids.ts';
import { setLocale } from '../../i18n/index.ts';
import { healthWords, holdWords, reasonWords, screensByWall, screenWords, shapeWords, type ReportedScreen } from './report-words.ts';

afterEach(() => setLocale('zh-CN'));

const now = new Date(2026, 10, 26, 18, 0).getTime();
const at = (hours: number, minutes: number) => new Date(2026, 10, 26, hours, minutes).getTime();
const screen = (more: Partial<ReportedScreen> = {}) =>
  ({
    wallId: 'main',
    wall: '主墙',
    screenId: '1',
    screen: '左屏',
    shape: 'grid 3x3',
    layout: '早高峰',
    cameras: 9,
    changedBy: 'li',
    changedAt: at(14, 2),
    live: 9,
    notLive: 0,
    followsRevision: true,
    paused: false,
    ...more,
  }) as ReportedScreen;
const said = (more: Partial<ReportedScreen>) => screenWords(screen(more), now).parts.join('，');

test.each([
  ['grid 3x3', '3×3 分屏', '3×3 split'],
  ['split 1+5', '1+5 分屏', '1+5 split'],
  ['free 4', '自由布局 4 格', 'free, 4 tiles'],
  ['tour 6', '轮巡 6 步', 'tour of 6 steps'],
  ['coverage', '全覆盖轮巡', 'full coverage tour'],
  ['hologram 7', 'hologram 7', 'hologram 7'],
  ['', '', ''],
])('the shape %j is called %s and %s', (shape, zh, en) => {
  expect(shapeWords(shape)).toBe(zh);
  setLocale('en');
  expect(shapeWords(shape)).toBe(en);
});

test.each<[Partial<ReportedScreen>, string, string]>([
  [{}, '布局“早高峰”，3×3 分屏，9 台摄像机，9 路全部实时', 'live'],
  [{ layout: null, live: 8, notLive: 1 }, '3×3 分屏，9 台摄像机，8 路实时，1 路不是', 'suspect'],
  [{ layout: null, live: 0, notLive: 2 }, '3×3 分屏，9 台摄像机，2 路都不是实时', 'suspect'],
  [{ layout: null, live: null, notLive: null, followsRevision: null }, '3×3 分屏，9 台摄像机，屏端未上报，实际画面不明', 'unknown'],
  [{ layout: null, followsRevision: false }, '3×3 分屏，9 台摄像机，9 路全部实时，屏端还没有跟上设定', 'suspect'],
  [{ layout: null, shape: 'tour 2', paused: true }, '轮巡 2 步，9 台摄像机，9 路全部实时，轮巡已暂停', 'live'],
  [{ layout: null, cameras: 0, live: 0 }, '3×3 分屏，没有摄像机', 'empty'],
])('%j is %s', (more, words, mark) => {
  expect(said(more)).toBe(words);
  expect(screenWords(screen(more), now).mark).toBe(mark);
});

test('who changed a screen when', () => {
  expect(screenWords(screen(), now).changed).toBe('li 14:02 更改');
  expect(screenWords(screen({ changedBy: null, changedAt: null }), now).changed).toBe('尚未更改');
});

test('what is held, by whom and until when', () => {
  const hold = { wall: '主墙', screen: '右屏', tiles: null, by: 'li', reason: 'x', expiresAt: at(19, 30) };
  expect(holdWords(hold, now, false)).toEqual({ place: '右屏 整屏', held: '由 li 占用至 19:30' });
  expect(holdWords({ ...hold, tiles: 3 }, now, true)).toEqual({ place: '主墙 右屏 3 格', held: '由 li 占用至 19:30' });
  setLocale('en');
  expect(holdWords({ ...hold, tiles: 1 }, now, false)).toEqual({ place: '右屏, 1 tile', held: 'held by li until 19:30' });
});

test('a reason that this page has no words for is left out, a fault of the system keeps its name', () => {
  expect(reasonWords('source-unreachable')).toMatch(/。$/);
  expect([reasonWords('from-the-future'), reasonWords(null)]).toEqual(['', '']);
  const health = { id: 'disk', state: 'warning', params: {}, since: 1 } as const;
  expect(healthWords({ ...health, code: 'disk-low' })).toMatch(/。$/);
  expect(healthWords({ ...health, code: 'from-the-future' })).toBe('from-the-future');
  expect(healthWords({ ...health, code: null })).toBe('disk');
});

test('screens stand under their walls, two walls of one name apart', () => {
  const groups = screensByWall([screen(), screen({ screenId: '2' as ScreenId }), screen({ wallId: 'other' as WallId })]);
  expect(groups.map(({ wall, screens }) => [wall, screens.length])).toEqual([
    ['主墙', 2],
    ['主墙', 1],
  ]);
});
