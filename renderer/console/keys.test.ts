import { describe, expect, test } from 'vitest';
import { isTyping, keyCaps, keyMeaning, type DeskAction, type PressedKey } from './keys.ts';

const press = (key: string, code: string, more: Partial<PressedKey> = {}): PressedKey => ({
  key,
  code,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});
const shift = { shiftKey: true };

describe('the keys of the desk', () => {
  test.each<[PressedKey, ReturnType<typeof keyMeaning>]>([
    [press('/', 'Slash'), { action: 'search' }],
    [press('?', 'Slash', shift), { action: 'help' }],
    [press('Escape', 'Escape'), { action: 'close' }],
    [press('Enter', 'Enter'), { action: 'put' }],
    [press('Enter', 'NumpadEnter'), { action: 'put' }],
    [press('Delete', 'Delete'), { action: 'clear' }],
    [press('Backspace', 'Backspace'), { action: 'clear' }],
    [press('ArrowLeft', 'ArrowLeft'), { action: 'left' }],
    [press('ArrowDown', 'ArrowDown'), { action: 'down' }],
    [press('4', 'Digit4'), { action: 'tile', digit: 4 }],
    [press('9', 'Numpad9'), { action: 'keypad', symbol: '9' }],
    [press('PageUp', 'Numpad9'), { action: 'keypad', symbol: '9' }],
    [press('Delete', 'NumpadDecimal'), { action: 'keypad', symbol: '.' }],
    [press('*', 'NumpadMultiply'), { action: 'keypad', symbol: '*' }],
    [press('/', 'NumpadDivide'), { action: 'keypad', symbol: '/' }],
    [press('+', 'NumpadAdd'), { action: 'next-camera' }],
    [press('-', 'Minus'), { action: 'previous-camera' }],
    [press('n', 'KeyN'), { action: 'keypad' }],
    [press('ArrowLeft', 'ArrowLeft', shift), { action: 'extend-left' }],
    [press('Z', 'KeyZ', shift), { action: 'redo' }],
    [press('#', 'Digit3', shift), { action: 'template', digit: 3 }],
    [press('^', 'Digit6', shift), { action: 'template', digit: 6 }],
    [press('f', 'KeyF'), { action: 'fill' }],
    [press('0', 'Digit0'), null],
    [press(']', 'BracketRight'), { action: 'next-screen' }],
    [press('[', 'BracketLeft'), { action: 'previous-screen' }],
    [press('s', 'KeyS'), { action: 'save' }],
    [press('S', 'KeyS'), { action: 'save' }],
    [press('l', 'KeyL'), { action: 'link' }],
    [press('L', 'KeyL', shift), { action: 'language' }],
    [press('Q', 'KeyQ', shift), { action: 'logout' }],
    [press('a', 'KeyA'), { action: 'admin' }],
    [press('A', 'KeyA', shift), { action: 'alerts' }],
    [press('I', 'KeyI', shift), { action: 'incidents' }],
    [press('T', 'KeyT', shift), { action: 'tasks' }],
    [press('W', 'KeyW', shift), { action: 'desk' }],
    [press('C', 'KeyC', shift), { action: 'scene-plan' }],
    [press('V', 'KeyV', shift), { action: 'scene-alarms' }],
    [press('B', 'KeyB', shift), { action: 'scene-dispatch' }],
    [press('J', 'KeyJ', shift), null],
    [press('F2', 'F2'), { action: 'call' }],
    [press('F2', 'F2', shift), null],
    [press('K', 'KeyK', shift), { action: 'lock' }],
    [press('k', 'KeyK'), null],
    [press('q', 'KeyQ'), { action: 'listing' }],
    [press('x', 'KeyX'), { action: 'swap' }],
    [press('Tab', 'Tab'), null],
    // What is on the key cap counts, not where the key is.
    [press('s', 'KeyO'), { action: 'save' }],
  ])('%j', (event, meaning) => {
    expect(keyMeaning(event)).toEqual(meaning);
  });

  test('a Chinese input method swallows the letter: the place of the key counts', () => {
    expect(keyMeaning(press('Process', 'KeyS'))).toEqual({ action: 'save' });
    expect(keyMeaning(press('Process', 'Slash'))).toEqual({ action: 'search' });
    expect(keyMeaning(press('？', 'Slash', shift))).toEqual({ action: 'help' });
    expect(keyMeaning(press('、', 'Slash'))).toEqual({ action: 'search' });
    expect(keyMeaning(press('【', 'BracketLeft'))).toEqual({ action: 'previous-screen' });
  });

  test.each(['ctrlKey', 'altKey', 'metaKey'] as const)('chords with %s are left to the browser', (modifier) => {
    for (const code of ['KeyS', 'KeyL', 'Digit1', 'Slash', 'Delete']) expect(keyMeaning(press('s', code, { [modifier]: true }))).toBeNull();
  });

  test('every action has a key that is shown', () => {
    for (const [action, caps] of Object.entries(keyCaps)) expect({ action, caps: caps.length > 0 }).toEqual({ action, caps: true });
  });

  test('the shown key does what it says', () => {
    const eventOf = (cap: string): PressedKey => {
      const named: Record<string, string> = {
        Esc: 'Escape',
        '↵': 'Enter',
        Del: 'Delete',
        '←': 'ArrowLeft',
        '→': 'ArrowRight',
        '↑': 'ArrowUp',
        '↓': 'ArrowDown',
        F2: 'F2',
      };
      const shifted = cap.startsWith('⇧');
      const bare = shifted ? cap.slice(1) : cap;
      if (named[bare]) return press(named[bare], named[bare], { shiftKey: shifted });
      const code = /\d/.test(bare) ? `Digit${bare}` : /[A-Z]/.test(bare) ? `Key${bare}` : '';
      return press(/[A-Z]/.test(bare) && !shifted ? bare.toLowerCase() : bare, code, { shiftKey: shifted || bare === '?' });
    };
    for (const [action, caps] of Object.entries(keyCaps)) {
      for (const cap of caps) expect({ cap, action: keyMeaning(eventOf(cap))?.action }).toEqual({ cap, action: action as DeskAction });
    }
  });

  test('text fields keep their letters, check boxes do not', () => {
    const input = document.createElement('input');
    expect(isTyping(input)).toBe(true);
    input.type = 'checkbox';
    expect(isTyping(input)).toBe(false);
    expect(isTyping(document.createElement('textarea'))).toBe(true);
    expect(isTyping(document.createElement('button'))).toBe(false);
    expect(isTyping(null)).toBe(false);
  });
});
