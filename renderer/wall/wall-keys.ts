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
export type PressedKey = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'repeat'>;

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

/** What opens the operator's menu, as it is shown in the help. Four at once: nobody leans on them by chance. */
export const operatorCaps = ['Ctrl', 'Alt', 'Shift', 'O'] as const;

/** Whether these are the keys of the operator's menu, by the place of the letter: with Alt and Shift it may write any other. */
export function isOperatorChord({
  code,
  ctrlKey,
  altKey,
  shiftKey,
  metaKey,
}: Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>): boolean {
  return code === 'KeyO' && ctrlKey && altKey && shiftKey && !metaKey;
}

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

/** What goes on while its key is held down; everything else is done once. */
const goesOn: ReadonlySet<WallAction> = new Set<WallAction>(['left', 'right', 'up', 'down', 'zoom-in', 'zoom-out']);

/** What a pressed key means; null for every other key, for what belongs to the browser, and for what was done when the key went down. */
export function wallAction({ key, ctrlKey, altKey, metaKey, repeat }: PressedKey): WallAction | null {
  if (ctrlKey || altKey || metaKey) return null;
  const name = key.toLowerCase();
  const action = Object.hasOwn(byKey, name) ? byKey[name]! : null;
  return repeat && action !== null && !goesOn.has(action) ? null : action;
}
