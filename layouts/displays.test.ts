import { expect, test } from 'vitest';
import { matchDisplays, type Display, type ScreenPlace } from './displays.ts';

const screen = (id: string, x: number, y = 0, width = 1920, height = 1080): ScreenPlace => ({
  id,
  name: `屏 ${id}`,
  rect: { x, y, width, height },
});
const display = (id: string, label: string, x: number, y = 0, width = 1920, height = 1080, scaleFactor = 1): Display => ({
  id,
  label,
  bounds: { x, y, width, height },
  scaleFactor,
});
const pair = [screen('1', 0), screen('2', 1920)];

test.each<[string, ScreenPlace[], Display[], string[]]>([
  [
    'exact bounds, in whatever order they are listed',
    pair,
    [display('b', 'DP-2', 1920), display('a', 'DP-1', 0)],
    ['1 a bounds', '2 b bounds'],
  ],
  [
    'bezels move wall pixels: size and reading order',
    [screen('1', 0), screen('2', 1960)],
    [display('b', '', 1920), display('a', '', 0)],
    ['1 a bounds', '2 b size'],
  ],
  [
    'a display named like a screen is that screen, wherever it hangs',
    pair,
    [display('a', '屏 2', 0), display('b', 'x', 1920)],
    ['1 b size', '2 a label'],
  ],
  ['two displays of one name say nothing', pair, [display('a', '屏 2', 0), display('b', '屏 2', 1920)], ['1 a bounds', '2 b bounds']],
  ['another size never fits', pair, [display('a', '', 0, 0, 2560, 1440)], ['1 - -', '2 - -']],
  ['more screens than displays', pair, [display('a', '', 0)], ['1 a bounds', '2 - -']],
  ['more displays than screens', [screen('1', 1920)], [display('a', '', 0), display('b', '', 1920)], ['1 b bounds']],
  ['a scaled display counts in its own pixels', [screen('1', 0, 0, 3840, 2160)], [display('a', '', 0, 0, 1920, 1080, 2)], ['1 a size']],
  [
    'rows that are not quite level',
    [screen('1', 0, 100), screen('2', 2000, 90), screen('3', 0, 1200), screen('4', 2000, 1210)],
    [display('d', '', 1920, 1083), display('c', '', 0, 1080), display('b', '', 1921, 3), display('a', '', 1, 5)],
    ['1 a size', '2 b size', '3 c size', '4 d size'],
  ],
  ['no displays at all', pair, [], ['1 - -', '2 - -']],
])('%s', (_, screens, displays, expected) => {
  expect(matchDisplays(screens, displays).map((match) => `${match.screenId} ${match.display?.id ?? '-'} ${match.by ?? '-'}`)).toEqual(
    expected,
  );
});
