import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue';
import { readDeskDrag, type DeskDrag } from '../drag/desk-drag.ts';

/**
 * What is dragged on this page now. Browsers show it when it is picked up and when it is dropped, and not in between, when words are wanted
 * for where it would go. Null as well for what comes from another window.
 */
export function useCurrentDrag(): Readonly<ShallowRef<DeskDrag | null>> {
  const current = shallowRef<DeskDrag | null>(null);
  // After whoever is dragged has said what it is.
  const begin = (event: DragEvent) => (current.value = readDeskDrag(event.dataTransfer));
  const end = () => (current.value = null);
  onMounted(() => {
    addEventListener('dragstart', begin);
    addEventListener('dragend', end);
  });
  onBeforeUnmount(() => {
    removeEventListener('dragstart', begin);
    removeEventListener('dragend', end);
  });
  return current;
}
