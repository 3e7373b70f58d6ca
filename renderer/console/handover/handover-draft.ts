import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Handover } from '../../../main/contract/desk.ts';
import type { DraftSource } from './handover-lists.ts';

/** The most matters that a hand-over takes. */
export const itemsAtMost = 50;
/** How long a matter may be, and how long a note. */
export const itemLengthAtMost = 280;
export const noteLengthAtMost = 2000;

export interface DraftItem {
  /** Of this page only. */
  readonly key: number;
  readonly text: string;
  readonly done: boolean;
}

/** What somebody is writing: it outlives the dialog, so that a key pressed by mistake loses nothing. */
export const useHandoverDraft = defineStore('handover-draft', () => {
  const note = ref('');
  const items = shallowRef<readonly DraftItem[]>([]);
  /** What whoever takes over is about to say. */
  const remarks = ref('');
  /** What it began with; null for an empty page. */
  const begunWith = shallowRef<DraftSource | null>(null);
  let begun = false;
  let lastKey = 0;

  const itemOf = (text: string, done: boolean): DraftItem => ({ key: ++lastKey, text, done });

  /** Fills an untouched draft: with all of what one has written oneself, or with the open matters that one took over. */
  function begin(source: DraftSource, from: Pick<Handover, 'note' | 'items'>): void {
    if (begun || note.value !== '' || items.value.length > 0) return;
    begun = true;
    begunWith.value = source;
    const own = source.kind === 'own';
    if (own) note.value = from.note ?? '';
    items.value = from.items.filter(({ done }) => own || !done).map(({ text, done }) => itemOf(text, done));
  }
  /** False when there is no room or nothing to add. */
  function add(text: string): boolean {
    const plain = text.trim();
    if (plain === '' || items.value.length >= itemsAtMost) return false;
    items.value = [...items.value, itemOf(plain, false)];
    return true;
  }
  function change(key: number, to: Partial<Pick<DraftItem, 'text' | 'done'>>): void {
    items.value = items.value.map((item) => (item.key === key ? { ...item, ...to } : item));
  }
  function remove(key: number): void {
    items.value = items.value.filter((item) => item.key !== key);
  }
  /** It was signed, or is thrown away. */
  function clear(): void {
    note.value = '';
    items.value = [];
    begunWith.value = null;
    begun = false;
  }
  return { note, items, remarks, begunWith, begin, add, change, remove, clear };
});
