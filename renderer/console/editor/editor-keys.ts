/** Everything that a key can do in the layout editor. */
export type EditorAction =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'shrink-width'
  | 'grow-width'
  | 'shrink-height'
  | 'grow-height'
  | 'next-tile'
  | 'previous-tile'
  | 'all'
  | 'copy'
  | 'cut'
  | 'paste'
  | 'duplicate'
  | 'delete'
  | 'group'
  | 'forward'
  | 'backward'
  | 'to-front'
  | 'to-back'
  | 'align'
  | 'free'
  | 'undo'
  | 'redo'
  | 'inspect'
  | 'search'
  | 'library'
  | 'new'
  | 'screen'
  | 'next-step'
  | 'previous-step'
  | 'grid'
  | 'snap'
  | 'fit'
  | 'real'
  | 'zoom-in'
  | 'zoom-out'
  | 'checks'
  | 'preview'
  | 'publish'
  | 'versions'
  | 'import'
  | 'export'
  | 'next-pane'
  | 'previous-pane'
  | 'help'
  | 'language'
  | 'close';

/** What a pressed key means; `fine`: by one pixel instead of one step of the grid. */
export interface EditorKeyMeaning {
  readonly action: EditorAction;
  readonly fine: boolean;
}

/** The part of a keyboard event that decides. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** Each action's key as it is shown on buttons and in the help. */
export const editorKeyCaps: Readonly<Record<EditorAction, readonly string[]>> = {
  left: ['←'],
  right: ['→'],
  up: ['↑'],
  down: ['↓'],
  'shrink-width': ['⇧←'],
  'grow-width': ['⇧→'],
  'shrink-height': ['⇧↑'],
  'grow-height': ['⇧↓'],
  'next-tile': ['Tab'],
  'previous-tile': ['⇧Tab'],
  all: ['Ctrl A'],
  copy: ['Ctrl C'],
  cut: ['Ctrl X'],
  paste: ['Ctrl V'],
  duplicate: ['Ctrl D'],
  delete: ['Del'],
  group: ['Ctrl G'],
  forward: [']'],
  backward: ['['],
  'to-front': ['⇧]'],
  'to-back': ['⇧['],
  align: ['A'],
  free: ['F'],
  undo: ['Ctrl Z'],
  redo: ['Ctrl ⇧Z'],
  inspect: ['↵'],
  search: ['/'],
  library: ['L'],
  new: ['N'],
  screen: ['W'],
  'next-step': ['PgDn'],
  'previous-step': ['PgUp'],
  grid: ['G'],
  snap: ['S'],
  fit: ['0'],
  real: ['1'],
  'zoom-in': ['+'],
  'zoom-out': ['−'],
  checks: ['C'],
  preview: ['P'],
  publish: ['Ctrl S'],
  versions: ['V'],
  import: ['I'],
  export: ['X'],
  'next-pane': ['F6'],
  'previous-pane': ['⇧F6'],
  help: ['?'],
  language: ['⇧L'],
  close: ['Esc'],
};

const arrows: ReadonlyMap<string, readonly [plain: EditorAction, shifted: EditorAction]> = new Map([
  ['ArrowLeft', ['left', 'shrink-width']],
  ['ArrowRight', ['right', 'grow-width']],
  ['ArrowUp', ['up', 'shrink-height']],
  ['ArrowDown', ['down', 'grow-height']],
]);
const named: ReadonlyMap<string, readonly [plain: EditorAction, shifted: EditorAction | null]> = new Map([
  ['Escape', ['close', null]],
  ['Enter', ['inspect', null]],
  ['Delete', ['delete', null]],
  ['Backspace', ['delete', null]],
  ['PageDown', ['next-step', null]],
  ['PageUp', ['previous-step', null]],
  ['Tab', ['next-tile', 'previous-tile']],
  ['F6', ['next-pane', 'previous-pane']],
]);
const chords: ReadonlyMap<string, readonly [plain: EditorAction, shifted: EditorAction | null]> = new Map([
  ['a', ['all', null]],
  ['c', ['copy', null]],
  ['x', ['cut', null]],
  ['v', ['paste', null]],
  ['d', ['duplicate', null]],
  ['g', ['group', 'group']],
  ['z', ['undo', 'redo']],
  ['y', ['redo', null]],
  ['s', ['publish', null]],
]);
const letters: ReadonlyMap<string, readonly [plain: EditorAction | null, shifted: EditorAction | null]> = new Map([
  ['a', ['align', null]],
  ['c', ['checks', null]],
  ['f', ['free', null]],
  ['g', ['grid', null]],
  ['i', ['import', null]],
  ['l', ['library', 'language']],
  ['n', ['new', null]],
  ['p', ['preview', null]],
  ['s', ['snap', null]],
  ['v', ['versions', null]],
  ['w', ['screen', null]],
  ['x', ['export', null]],
]);

/**
 * What a key means in the layout editor, outside text fields. Letters go by what is on the key cap; when an input method swallows the letter,
 * by the key's place. Signs go by place where Shift changes what they write. Chords with Meta stand for those with Ctrl.
 */
export function editorKeyMeaning(event: PressedKey): EditorKeyMeaning | null {
  const chord = event.ctrlKey || event.metaKey;
  const plain = (action: EditorAction | null | undefined): EditorKeyMeaning | null => (action ? { action, fine: false } : null);

  const arrow = arrows.get(event.key);
  if (arrow) return chord ? null : { action: arrow[event.shiftKey ? 1 : 0], fine: event.altKey };
  if (event.altKey) return null;

  const letter = letterOf(event);
  if (chord) return letter === null ? null : plain(chords.get(letter)?.[event.shiftKey ? 1 : 0]);

  const byName = named.get(event.key);
  if (byName) return plain(byName[event.shiftKey ? 1 : 0]);
  if (event.key === '?' || event.key === '？') return plain('help');
  if (event.code === 'Slash' || event.key === '/') return plain(event.shiftKey ? 'help' : 'search');
  if (event.code === 'BracketRight') return plain(event.shiftKey ? 'to-front' : 'forward');
  if (event.code === 'BracketLeft') return plain(event.shiftKey ? 'to-back' : 'backward');
  if (event.key === '+' || event.code === 'Equal' || event.code === 'NumpadAdd') return plain('zoom-in');
  if (event.key === '-' || event.code === 'Minus' || event.code === 'NumpadSubtract') return plain('zoom-out');
  if (!event.shiftKey && (event.code === 'Digit0' || event.code === 'Numpad0')) return plain('fit');
  if (!event.shiftKey && (event.code === 'Digit1' || event.code === 'Numpad1')) return plain('real');
  return letter === null ? null : plain(letters.get(letter)?.[event.shiftKey ? 1 : 0]);
}

function letterOf({ key, code }: PressedKey): string | null {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? null;
}
