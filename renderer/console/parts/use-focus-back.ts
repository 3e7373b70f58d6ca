import { watch } from 'vue';

/**
 * Gives the focus back to what had it before a part of the page asked for something, unless somebody has put it elsewhere. `isOpen`: whether the part is there. A key that was pressed
 * on no element leaves it on none.
 */
export function useFocusBack(isOpen: () => boolean): void {
  let before: Element | null = null;
  watch(
    isOpen,
    (open) => {
      if (open) before = document.activeElement;
    },
    { flush: 'sync' },
  );
  watch(
    isOpen,
    (open) => {
      if (open || document.activeElement !== document.body) return;
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      before = null;
    },
    { flush: 'post' },
  );
}
