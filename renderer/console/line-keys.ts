import { onBeforeUnmount, onMounted } from 'vue';
import { isTyping, letterOf } from './keys.ts';
import { useDesk } from './stores/desk.ts';

/** A key that means something only while a line or a notice is shown. */
export interface LineKey {
  /** The letter on its cap. */
  readonly cap: string;
  readonly shift?: boolean;
  run(): void;
}

/**
 * Listens for the keys of what is shown now, for as long as the component lives: outside text fields, dialogs and the key line, and not for chords
 * with Ctrl, Alt or Meta. Of two keys that are alike the last counts.
 */
export function useLineKeys(keys: () => readonly LineKey[]): void {
  const desk = useDesk();
  function press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (desk.keying || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    const letter = letterOf(event)?.toUpperCase();
    const meant = keys().findLast(({ cap, shift = false }) => cap === letter && shift === event.shiftKey);
    if (!meant) return;
    event.preventDefault();
    meant.run();
  }
  onMounted(() => addEventListener('keydown', press));
  onBeforeUnmount(() => removeEventListener('keydown', press));
}
