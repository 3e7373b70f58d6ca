import type { KeySymbol } from './keypad/key-line.ts';
import { keypadSymbol } from './keypad/key-symbols.ts';

/** Everything that a key can do at the desk. */
export type DeskAction =
  | 'search'
  | 'help'
  | 'close'
  | 'put'
  | 'fill'
  | 'clear'
  | 'undo'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'next-screen'
  | 'previous-screen'
  | 'tile'
  | 'template'
  | 'scene-plan'
  | 'scene-alarms'
  | 'scene-dispatch'
  | 'save'
  | 'layouts'
  | 'tour'
  | 'tour-pause'
  | 'coverage'
  | 'presets'
  | 'hold'
  | 'handover'
  | 'editor'
  | 'favourite'
  | 'listing'
  | 'extend-left'
  | 'extend-right'
  | 'extend-up'
  | 'extend-down'
  | 'redo'
  | 'keypad'
  | 'next-camera'
  | 'previous-camera'
  | 'swap'
  | 'open'
  | 'link'
  | 'spot'
  | 'diagnosis'
  | 'import'
  | 'admin'
  | 'menu'
  | 'language'
  | 'password'
  | 'lock'
  | 'logout'
  | 'alerts'
  | 'incidents'
  | 'tasks'
  | 'desk'
  | 'call';

/** What a pressed key means; `digit` is 1 to 9 for `tile` and `template`, `symbol` begins the key line. */
export interface KeyMeaning {
  readonly action: DeskAction;
  readonly digit?: number;
  readonly symbol?: KeySymbol;
}

/** The part of a keyboard event that decides. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** Each action's key as it is shown on buttons and in the help. */
export const keyCaps: Readonly<Record<DeskAction, readonly string[]>> = {
  search: ['/'],
  help: ['?'],
  close: ['Esc'],
  put: ['↵'],
  fill: ['F'],
  clear: ['Del'],
  undo: ['Z'],
  left: ['←'],
  right: ['→'],
  up: ['↑'],
  down: ['↓'],
  'next-screen': [']'],
  'previous-screen': ['['],
  tile: ['1', '9'],
  template: ['⇧1', '⇧9'],
  'scene-plan': ['⇧C'],
  'scene-alarms': ['⇧V'],
  'scene-dispatch': ['⇧B'],
  save: ['S'],
  layouts: ['G'],
  tour: ['R'],
  'tour-pause': ['T'],
  coverage: ['C'],
  presets: ['P'],
  hold: ['H'],
  handover: ['⇧H'],
  editor: ['E'],
  favourite: ['B'],
  listing: ['Q'],
  'extend-left': ['⇧←'],
  'extend-right': ['⇧→'],
  'extend-up': ['⇧↑'],
  'extend-down': ['⇧↓'],
  redo: ['⇧Z'],
  keypad: ['N'],
  'next-camera': ['+'],
  'previous-camera': ['−'],
  swap: ['X'],
  open: ['O'],
  link: ['L'],
  spot: ['V'],
  diagnosis: ['D'],
  import: ['I'],
  admin: ['A'],
  menu: ['M'],
  language: ['⇧L'],
  password: ['⇧P'],
  lock: ['⇧K'],
  logout: ['⇧Q'],
  alerts: ['⇧A'],
  incidents: ['⇧I'],
  tasks: ['⇧T'],
  desk: ['⇧W'],
  call: ['F2'],
};

const named: Readonly<Record<string, DeskAction>> = {
  Escape: 'close',
  Enter: 'put',
  Delete: 'clear',
  Backspace: 'clear',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const letters: Readonly<Record<string, DeskAction>> = {
  f: 'fill',
  z: 'undo',
  s: 'save',
  g: 'layouts',
  r: 'tour',
  o: 'open',
  l: 'link',
  v: 'spot',
  d: 'diagnosis',
  i: 'import',
  a: 'admin',
  m: 'menu',
  t: 'tour-pause',
  c: 'coverage',
  p: 'presets',
  h: 'hold',
  e: 'editor',
  b: 'favourite',
  q: 'listing',
  n: 'keypad',
  x: 'swap',
};
const shiftedLetters: Readonly<Record<string, DeskAction>> = {
  l: 'language',
  p: 'password',
  k: 'lock',
  q: 'logout',
  h: 'handover',
  z: 'redo',
  a: 'alerts',
  i: 'incidents',
  t: 'tasks',
  w: 'desk',
  c: 'scene-plan',
  v: 'scene-alarms',
  b: 'scene-dispatch',
};
const extending: Readonly<Partial<Record<DeskAction, DeskAction>>> = {
  left: 'extend-left',
  right: 'extend-right',
  up: 'extend-up',
  down: 'extend-down',
};

/**
 * What a key means at the desk, outside text fields. Chords with Ctrl, Alt or Meta belong to the browser. Letters go by what
 * is on the key cap; when an input method swallows the letter, by the key's place. Digits and signs go by place, because
 * Shift changes what they write. The numeric keypad is the key line's, with Num Lock or without.
 */
export function keyMeaning(event: PressedKey): KeyMeaning | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.key === 'F2') return event.shiftKey ? null : { action: 'call' };
  const symbol = keypadSymbol(event);
  if (symbol === '+') return { action: 'next-camera' };
  if (symbol === '-') return { action: 'previous-camera' };
  if (symbol !== null) return { action: 'keypad', symbol };
  const byName = named[event.key];
  if (byName) {
    const action = event.shiftKey ? extending[byName] : byName;
    return action ? { action } : null;
  }
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit) return { action: event.shiftKey ? 'template' : 'tile', digit: Number(digit) };
  if (event.key === '+' || event.key === '=') return { action: 'next-camera' };
  if (event.key === '-' || event.key === '−') return { action: 'previous-camera' };
  if (event.key === '?' || event.key === '？') return { action: 'help' };
  if (event.key === '/' || event.code === 'Slash') return { action: event.shiftKey ? 'help' : 'search' };
  if (event.key === ']' || event.code === 'BracketRight') return event.shiftKey ? null : { action: 'next-screen' };
  if (event.key === '[' || event.code === 'BracketLeft') return event.shiftKey ? null : { action: 'previous-screen' };
  const letter = letterOf(event);
  const action = letter === undefined ? undefined : (event.shiftKey ? shiftedLetters : letters)[letter];
  return action ? { action } : null;
}

/** The letter of a key, small: what is on its cap, or its place when an input method swallows that. */
export function letterOf({ key, code }: Pick<PressedKey, 'key' | 'code'>): string | undefined {
  return /^[a-z]$/i.test(key) ? key.toLowerCase() : /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase();
}

/** True when what is typed goes into a text field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range', 'file', 'submit'].includes(target.type);
}
