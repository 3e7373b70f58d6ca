import { expect, test } from 'vitest';
import { consoleKey, zoomAfter, type ConsoleKey } from './console-keys.ts';

const plain = { type: 'keyDown', control: false, alt: false, shift: false, meta: false, isAutoRepeat: false };
type Change = Partial<typeof plain> & { readonly key: string };

test.each<[string, Change, NodeJS.Platform, ConsoleKey | null]>([
  ['F11', { key: 'F11' }, 'linux', 'full-screen'],
  ['F11 that is held', { key: 'F11', isAutoRepeat: true }, 'linux', null],
  ['F11 that is let go', { key: 'F11', type: 'keyUp' }, 'linux', null],
  ['Shift+F11', { key: 'F11', shift: true }, 'linux', null],
  ['Ctrl and plus', { key: '=', control: true }, 'win32', 'zoom-in'],
  ['Ctrl+Shift and plus', { key: '+', control: true, shift: true }, 'win32', 'zoom-in'],
  ['Ctrl and minus', { key: '-', control: true }, 'linux', 'zoom-out'],
  ['Ctrl and nought', { key: '0', control: true }, 'linux', 'zoom-reset'],
  ['Command and minus', { key: '-', meta: true }, 'darwin', 'zoom-out'],
  ['Ctrl and minus on a Mac', { key: '-', control: true }, 'darwin', null],
  ['AltGr and plus', { key: '+', control: true, alt: true }, 'win32', null],
  ['a digit alone: keypad of the desk', { key: '0' }, 'linux', null],
  ['plus alone: tiles', { key: '+' }, 'linux', null],
  ['Ctrl+F: the page', { key: 'f', control: true }, 'linux', null],
])('%s', (_, change, platform, expected) => {
  expect(consoleKey({ ...plain, ...change }, platform)).toBe(expected);
});

test.each<[number, Exclude<ConsoleKey, 'full-screen'>, number]>([
  [0, 'zoom-in', 1],
  [0.4, 'zoom-in', 1],
  [3, 'zoom-in', 3],
  [-3, 'zoom-out', -3],
  [2, 'zoom-reset', 0],
])('from level %d, %s leads to %d', (level, key, expected) => {
  expect(zoomAfter(level, key)).toBe(expected);
});
