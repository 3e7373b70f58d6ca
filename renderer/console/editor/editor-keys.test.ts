import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editorKeyCaps, editorKeyMeaning, type PressedKey } from './editor-keys.ts';

const pressed = (key: string, code: string, held: string = ''): PressedKey => ({
  key,
  code,
  shiftKey: held.includes('⇧'),
  ctrlKey: held.includes('^'),
  altKey: held.includes('~'),
  metaKey: held.includes('#'),
});

describe('what keys mean', () => {
  test.each([
    ['ArrowLeft', 'ArrowLeft', '', 'left'],
    ['ArrowLeft', 'ArrowLeft', '~', 'left fine'],
    ['ArrowLeft', 'ArrowLeft', '⇧', 'shrink-width'],
    ['ArrowDown', 'ArrowDown', '⇧~', 'grow-height fine'],
    ['ArrowDown', 'ArrowDown', '^', null],
    ['Tab', 'Tab', '', 'next-tile'],
    ['Tab', 'Tab', '⇧', 'previous-tile'],
    ['a', 'KeyA', '^', 'all'],
    ['a', 'KeyA', '', 'align'],
    ['a', 'KeyA', '#', 'all'],
    ['z', 'KeyZ', '^', 'undo'],
    ['Z', 'KeyZ', '^⇧', 'redo'],
    ['y', 'KeyY', '^', 'redo'],
    ['G', 'KeyG', '^⇧', 'group'],
    ['g', 'KeyG', '^', 'group'],
    ['g', 'KeyG', '', 'grid'],
    ['s', 'KeyS', '^', 'publish'],
    ['s', 'KeyS', '', 'snap'],
    ['L', 'KeyL', '⇧', 'language'],
    ['l', 'KeyL', '', 'library'],
    ['A', 'KeyA', '⇧', null],
    ['}', 'BracketRight', '⇧', 'to-front'],
    [']', 'BracketRight', '', 'forward'],
    ['?', 'Slash', '⇧', 'help'],
    ['/', 'Slash', '', 'search'],
    ['+', 'Equal', '⇧', 'zoom-in'],
    ['-', 'Minus', '', 'zoom-out'],
    ['0', 'Digit0', '', 'fit'],
    [')', 'Digit0', '⇧', null],
    ['Delete', 'Delete', '', 'delete'],
    ['Enter', 'Enter', '', 'inspect'],
    ['Enter', 'Enter', '⇧', null],
    ['F6', 'F6', '⇧', 'previous-pane'],
    ['r', 'KeyR', '^', null],
    ['p', 'KeyP', '~', null],
    // An input method takes the letter away and leaves the place of the key.
    ['Process', 'KeyP', '', 'preview'],
    ['Process', 'KeyS', '^', 'publish'],
  ])('%s (%s) with %s', (key, code, held, meaning) => {
    const found = editorKeyMeaning(pressed(key, code, held));
    expect(found && found.action + (found.fine ? ' fine' : '')).toBe(meaning);
  });

  test('whatever is pressed means a known action or nothing', () => {
    const keys = fc.record({
      key: fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('__proto__', 'constructor', 'toString')),
      code: fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('KeyA', 'Digit1', '__proto__')),
      shiftKey: fc.boolean(),
      ctrlKey: fc.boolean(),
      altKey: fc.boolean(),
      metaKey: fc.boolean(),
    });
    fc.assert(
      fc.property(keys, (event) => {
        const found = editorKeyMeaning(event);
        expect(found === null || Object.hasOwn(editorKeyCaps, found.action)).toBe(true);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});

test('no two actions show the same key', () => {
  const caps = Object.values(editorKeyCaps).map((keys) => keys.join(' '));
  expect(new Set(caps).size).toBe(caps.length);
});
