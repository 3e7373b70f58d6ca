import { onBeforeUnmount, onMounted } from 'vue';
import { isTyping } from '../keys.ts';
import { useDesk } from '../stores/desk.ts';

/**
 * Listens for the digits 1 to 9 of the main block while the component lives, outside text fields and dialogs. They go by place, because Shift changes what they
 * write. `run` answers whether it had a use for one.
 */
export function useDigitKeys(run: (digit: number, shifted: boolean) => boolean): void {
  const desk = useDesk();
  function press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (desk.keying || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (digit !== undefined && run(Number(digit), event.shiftKey)) event.preventDefault();
  }
  onMounted(() => addEventListener('keydown', press));
  onBeforeUnmount(() => removeEventListener('keydown', press));
}
