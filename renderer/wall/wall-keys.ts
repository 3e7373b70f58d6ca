/** Everything that a key can do at a wall's screen. */
export type WallAction =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'focus'
  | 'back'
  | 'snapshot'
  | 'sound'
  | 'zoom-in'
  | 'zoom-out'
  | 'zoom-whole'
  | 'fullscreen'
  | 'language'
  | 'help';

/** The part of a keyboard event that decides. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** Each action's keys as they are shown in the help. */
export const keyCaps: Readonly<Record<WallAction, readonly string[]>> = {
  left: ['←'],
  right: ['→'],
  up: ['↑'],
  down: ['↓'],
  focus: ['↵'],
  back: ['Esc'],
  snapshot: ['S'],
  sound: ['A'],
  'zoom-in': ['+'],
  'zoom-out': ['−'],
  'zoom-whole': ['0'],
  fullscreen: ['F'],
  language: ['L'],
  help: ['?', 'H'],
};

const byKey: Readonly<Record<string, WallAction>> = {
  arrowleft: 'left',
  arrowright: 'right',
  arrowup: 'up',
  arrowdown: 'down',
  enter: 'focus',
  escape: 'back',
  s: 'snapshot',
  a: 'sound',
  '+': 'zoom-in',
  // The same key without Shift.
  '=': 'zoom-in',
  '-': 'zoom-out',
  '0': 'zoom-whole',
  f: 'fullscreen',
  l: 'language',
  h: 'help',
  '?': 'help',
};

/** What a pressed key means; null for every other key, and for what belongs to the browser. */
export function wallAction({ key, ctrlKey, altKey, metaKey }: PressedKey): WallAction | null {
  if (ctrlKey || altKey || metaKey) return null;
  const name = key.toLowerCase();
  return Object.hasOwn(byKey, name) ? byKey[name]! : null;
}
