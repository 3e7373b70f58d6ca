import type { PressedKey } from '../keys.ts';
import type { KeySymbol } from './key-line.ts';

const ofKeypad: Readonly<Record<string, KeySymbol>> = {
  NumpadDecimal: '.',
  NumpadDivide: '/',
  NumpadMultiply: '*',
  NumpadAdd: '+',
  NumpadSubtract: '-',
};
const written: ReadonlySet<string> = new Set(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '/', '*', '+', '-']);

/** The symbol of a key of the numeric keypad, with Num Lock or without: the keypad is always live. */
export function keypadSymbol({ code, ctrlKey, altKey, metaKey }: PressedKey): KeySymbol | null {
  if (ctrlKey || altKey || metaKey) return null;
  const digit = /^Numpad([0-9])$/.exec(code)?.[1];
  return (digit as KeySymbol | undefined) ?? ofKeypad[code] ?? null;
}

/** The symbol of any key, for keyboards without a keypad: only while the key line is open. `=` stands for `+`, which shares its key. */
export function typedSymbol(event: PressedKey): KeySymbol | null {
  const symbol = keypadSymbol(event);
  if (symbol !== null || event.ctrlKey || event.altKey || event.metaKey) return symbol;
  if (written.has(event.key)) return event.key as KeySymbol;
  return event.key === '=' ? '+' : event.key === '。' ? '.' : null;
}
