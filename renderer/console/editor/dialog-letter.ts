import { isTyping, letterOf } from '../keys.ts';

/** The letter that a key press in a dialog means as a key of its own, small; null for chords, and for what is typed into a field. */
export function dialogLetter(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.isComposing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return null;
  return isTyping(event.target) ? null : (letterOf(event) ?? null);
}
