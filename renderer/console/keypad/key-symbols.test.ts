import { expect, test } from 'vitest';
import type { PressedKey } from '../keys.ts';
import { keypadSymbol, typedSymbol } from './key-symbols.ts';

const press = (key: string, code: string, more: Partial<PressedKey> = {}): PressedKey => ({
  key,
  code,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

test.each([
  [press('4', 'Numpad4'), '4', '4'],
  [press('ArrowLeft', 'Numpad4'), '4', '4'],
  [press('Delete', 'NumpadDecimal'), '.', '.'],
  [press('/', 'NumpadDivide'), '/', '/'],
  [press('*', 'NumpadMultiply'), '*', '*'],
  [press('+', 'NumpadAdd'), '+', '+'],
  [press('-', 'NumpadSubtract'), '-', '-'],
  [press('Enter', 'NumpadEnter'), null, null],
  [press('4', 'Digit4'), null, '4'],
  [press('.', 'Period'), null, '.'],
  [press('。', 'Period'), null, '.'],
  [press('*', 'Digit8', { shiftKey: true }), null, '*'],
  [press('=', 'Equal'), null, '+'],
  [press('a', 'KeyA'), null, null],
  [press('4', 'Numpad4', { ctrlKey: true }), null, null],
  [press('4', 'Digit4', { altKey: true }), null, null],
])('%j', (event, keypad, typed) => {
  expect([keypadSymbol(event), typedSymbol(event)]).toEqual([keypad, typed]);
});
