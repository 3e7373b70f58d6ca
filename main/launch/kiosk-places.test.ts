import { expect, test } from 'vitest';
import type { Display, ScreenPlace } from '../../layouts/displays.ts';
import { kioskPlaces, type KioskPlaces } from './kiosk-places.ts';

const screen = (id: string, x: number, width = 1920, height = 1080): ScreenPlace => ({
  id,
  name: `屏 ${id}`,
  rect: { x, y: 0, width, height },
});
const display = (label: string, x: number, width = 1920, height = 1080): Display => ({
  id: label,
  label,
  bounds: { x, y: 0, width, height },
  scaleFactor: 1,
});
const pair = [screen('1', 0), screen('2', 1920)];
const told = ({ places }: KioskPlaces) => places.map((place) => (place ? `${place.rect.x}:${place.rect.width}` : '-')).join(' ');

test.each<[string, ScreenPlace[], (Display[] | null)[], string[]]>([
  ['nobody tells', pair, [null], ['0:1920 1920:1920']],
  ['as the wall says', pair, [[display('A', 0), display('B', 1920)]], ['0:1920 1920:1920']],
  ['the wall stands elsewhere', pair, [[display('D', 0, 1280, 720), display('A', 1280), display('B', 3200)]], ['1280:1920 3200:1920']],
  ['a label names a screen', pair, [[display('2', 0), display('B', 1920)]], ['1920:1920 0:1920']],
  [
    'monitors of another size are filled all the same',
    pair,
    [[display('A', 0, 3840, 2160), display('B', 3840, 3840, 2160)]],
    ['0:3840 3840:3840'],
  ],
  ['one display: the other screen waits', pair, [[display('A', 0, 1440, 900)]], ['0:1440 -']],
  [
    'one goes and comes back',
    pair,
    [[display('A', 0), display('B', 1920)], [display('B', 0)], [display('A', 0), display('B', 1920)]],
    ['0:1920 1920:1920', '- 0:1920', '0:1920 1920:1920'],
  ],
  ['one comes later', pair, [[display('A', 0)], [display('A', 0), display('B', 1920, 800, 600)]], ['0:1920 -', '0:1920 1920:800']],
  ['none at all', pair, [[], [display('A', 0), display('B', 1920)], []], ['- -', '0:1920 1920:1920', '0:1920 1920:1920']],
  ['mirrored', pair, [[display('A', 0), display('B', 0)]], ['0:1920 -']],
  [
    'a wall of which nothing is known',
    [screen('1', 0, 0, 0), screen('2', 0, 0, 0)],
    [[display('A', 0), display('B', 1920)]],
    ['0:1920 1920:1920'],
  ],
])('%s', (_, screens, looks, expected) => {
  let before: KioskPlaces | null = null;
  expect(looks.map((displays) => told((before = kioskPlaces(screens, displays, before))))).toEqual(expected);
});

test('a place that stays is the same place', () => {
  const first = kioskPlaces(pair, [display('A', 0), display('B', 1920)], null);
  const second = kioskPlaces(pair, [display('A', 0)], first);
  expect(second.places[0]).toBe(first.places[0]);
});
