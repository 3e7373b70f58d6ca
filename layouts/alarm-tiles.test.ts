import { expect, test } from 'vitest';
import type { AlertId, CameraId, ScreenId, WallId } from '../main/contract/ids.ts';
import { nowhere } from '../main/contract/place.ts';
import type { WallAlarm } from './alarm-contract.ts';
import { alarmFrames, isAlarmTile } from './alarm-tiles.ts';
import { wallOf } from './testdata/arbitrary-scenes.ts';

const wall = wallOf({ kind: 'grid', rows: 1, cols: 1, tiles: [] }, { x: 1920, y: 0, width: 1920, height: 1080 });
const alarm = (cameras: number, more: Partial<WallAlarm> = {}): WallAlarm => ({
  id: 'main.a',
  wallId: 'main' as WallId,
  screenId: '1' as ScreenId,
  alertId: 'a' as AlertId,
  severity: 'high',
  title: { zh: '泵停', en: 'Pump stopped' },
  place: nowhere,
  since: 0,
  cameras: Array.from({ length: cameras }, (_, index) => `cam-${index}` as CameraId),
  cell: 3,
  rect: { x: 2880, y: 540, width: 960, height: 540 },
  shownAt: 0,
  over: null,
  givenBack: null,
  more: 0,
  simulated: false,
  drill: false,
  ...more,
});

test.each([
  [1, ['a-a-1 960x356+960+724']],
  [2, ['a-a-1 480x356+960+724', 'a-a-2 480x356+1440+724']],
  [3, ['a-a-1 480x178+960+724', 'a-a-2 480x178+1440+724', 'a-a-3 480x178+960+902']],
  [4, ['a-a-1 480x178+960+724', 'a-a-2 480x178+1440+724', 'a-a-3 480x178+960+902', 'a-a-4 480x178+1440+902']],
])('%i cameras below the words', (cameras, expected) => {
  const [frame] = alarmFrames(wall, '1', [alarm(cameras)]);
  expect(frame!.captionPx).toBe(184);
  expect(frame!.tiles.map(({ tileId, rect: { x, y, width, height } }) => `${tileId} ${width}x${height}+${x}+${y}`)).toEqual(expected);
  expect(frame!.tiles.every(({ tileId }) => isAlarmTile(tileId))).toBe(true);
});

test('only those of this screen that nobody has given back; in a tall place two lie one above the other', () => {
  const tall = alarm(2, { rect: { x: 1920, y: 0, width: 300, height: 1080 } });
  const others = [
    alarm(1, { screenId: '2' as ScreenId }),
    alarm(1, { wallId: 'x' as WallId }),
    alarm(1, { givenBack: { by: 'op', at: 1 } }),
  ];
  const frames = alarmFrames(wall, '1', [...others, tall]);
  expect(frames.map(({ tiles }) => tiles.map(({ rect }) => rect.x))).toEqual([[0, 0]]);
  expect(alarmFrames(wall, '3', [tall])).toEqual([]);
});
