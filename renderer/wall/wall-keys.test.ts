import { expect, test } from 'vitest';
import { isOperatorChord, keyCaps, operatorCaps, wallAction, type WallAction } from './wall-keys.ts';

const plain = { ctrlKey: false, altKey: false, metaKey: false, repeat: false };

test.each<[string, WallAction | null]>([
  ['ArrowLeft', 'left'],
  ['Enter', 'focus'],
  ['Escape', 'back'],
  ['s', 'snapshot'],
  ['S', 'snapshot'],
  ['=', 'zoom-in'],
  ['+', 'zoom-in'],
  ['-', 'zoom-out'],
  ['0', 'zoom-whole'],
  ['?', 'help'],
  ['x', null],
  ['constructor', null],
])('%s means %s', (key, action) => {
  expect(wallAction({ key, ...plain })).toBe(action);
});

test('what belongs to the browser is left to it', () => {
  expect(wallAction({ key: 's', ...plain, ctrlKey: true })).toBeNull();
  expect(wallAction({ key: '0', ...plain, metaKey: true })).toBeNull();
});

test('a key that is held down goes on walking and zooming, and does nothing else again', () => {
  const held = (key: string) => wallAction({ key, ...plain, repeat: true });
  expect(['ArrowDown', '+', '-'].map(held)).toEqual(['down', 'zoom-in', 'zoom-out']);
  for (const key of ['Enter', 'Escape', 's', 'a', 'f', 'l', '?', 'h', '0']) expect(held(key)).toBeNull();
});

test('the key that the help shows does what it says', () => {
  const typed: Readonly<Record<string, string>> = {
    '←': 'ArrowLeft',
    '→': 'ArrowRight',
    '↑': 'ArrowUp',
    '↓': 'ArrowDown',
    '↵': 'Enter',
    Esc: 'Escape',
    '−': '-',
  };
  for (const [action, caps] of Object.entries(keyCaps)) {
    for (const cap of caps) expect(wallAction({ key: typed[cap] ?? cap, ...plain })).toBe(action);
  }
});

test('the keys of the operator’s menu are all four, wherever the letter stands', () => {
  const all = { code: 'KeyO', ctrlKey: true, altKey: true, shiftKey: true, metaKey: false };
  expect(operatorCaps).toEqual(['Ctrl', 'Alt', 'Shift', 'O']);
  expect(isOperatorChord(all)).toBe(true);
  for (const less of ['ctrlKey', 'altKey', 'shiftKey'] as const) expect(isOperatorChord({ ...all, [less]: false })).toBe(false);
  expect(isOperatorChord({ ...all, metaKey: true })).toBe(false);
  expect(isOperatorChord({ ...all, code: 'KeyP' })).toBe(false);
});
