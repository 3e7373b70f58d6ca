import { defineStore } from 'pinia';
import { computed, reactive, ref, watch } from 'vue';
import { isBlank, newCallDraft, type CallDraft, type CallPrefill } from './call-draft.ts';

/** Calls that one desk types at the same time. */
export const draftsAtMost = 8;
const storageKey = 'taodu.calls';

/**
 * What is being typed of calls that are not sent yet. Kept for this tab alone (a caller's number is in it), so that neither another view nor a reload of the
 * page loses a word; another person at this tab gets none of it.
 */
export const useCallDrafts = defineStore('call-drafts', () => {
  const drafts = reactive<CallDraft[]>([]);
  const currentId = ref<string | null>(null);
  /** The form is on the desk. */
  const shown = ref(false);
  /** Grows when the form was asked for: it takes the focus again. */
  const asked = ref(0);
  let owner: string | null = null;

  const current = computed(() => drafts.find(({ id }) => id === currentId.value) ?? null);

  function begin(prefill?: CallPrefill): void {
    const draft = newCallDraft(freshId(), prefill);
    drafts.push(draft);
    currentId.value = draft.id;
  }
  function open(prefill?: CallPrefill): void {
    const blank = drafts.find(isBlank);
    if (prefill && blank) drop(blank.id);
    // Full: the oldest of these waits longest, and is on screen for that; nothing is thrown away for a new one.
    if (prefill && drafts.length < draftsAtMost) begin(prefill);
    else if (current.value === null) {
      if (drafts.length === 0) begin();
      else currentId.value = drafts[0]!.id;
    }
    shown.value = true;
    asked.value += 1;
  }
  /** One more call, while another waits. */
  function another(): void {
    const blank = drafts.find(isBlank);
    if (blank) currentId.value = blank.id;
    else if (drafts.length < draftsAtMost) begin();
    asked.value += 1;
  }
  /** It was sent, or thrown away. */
  function drop(id: string): void {
    const at = drafts.findIndex((draft) => draft.id === id);
    if (at < 0) return;
    drafts.splice(at, 1);
    if (currentId.value === id) currentId.value = drafts[0]?.id ?? null;
  }

  /** Takes up what this person typed in this tab before. */
  function restore(userId: string): void {
    if (owner === userId) return;
    owner = userId;
    drafts.splice(0);
    const kept = read();
    if (kept?.userId === userId) drafts.push(...kept.drafts.slice(0, draftsAtMost));
    else forget();
    currentId.value = drafts[0]?.id ?? null;
    shown.value = drafts.length > 0 && kept?.shown === true;
  }
  /** For whoever leaves the desk for good. */
  function forget(): void {
    drafts.splice(0);
    shown.value = false;
    try {
      sessionStorage.removeItem(storageKey);
    } catch {
      // a browser that refuses storage keeps nothing anyway
    }
  }
  watch(
    [drafts, shown],
    ([now]) => {
      if (owner === null) return;
      try {
        sessionStorage.setItem(
          storageKey,
          JSON.stringify({ userId: owner, shown: shown.value, drafts: now.filter((draft) => !isBlank(draft)) }),
        );
      } catch {
        // full or refused: the page itself still has it
      }
    },
    { deep: true, flush: 'sync' },
  );

  return { drafts, current, currentId, shown, asked, open, another, drop, restore, forget };
});

/** By this the hub knows a call that is sent once more. */
const freshId = (): string => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function read(): { readonly userId: string; readonly shown: boolean; readonly drafts: readonly CallDraft[] } | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('userId' in kept) || !('drafts' in kept)) return null;
    const { userId, drafts } = kept;
    if (typeof userId !== 'string' || !Array.isArray(drafts)) return null;
    return { userId, shown: 'shown' in kept && kept.shown === true, drafts: drafts.flatMap((draft) => asDraft(draft) ?? []) };
  } catch {
    return null;
  }
}

/** What an older page wrote may lack something. */
function asDraft(kept: unknown): CallDraft | null {
  if (typeof kept !== 'object' || kept === null || !('id' in kept) || typeof kept.id !== 'string') return null;
  const blank = newCallDraft(kept.id);
  const same = (key: keyof CallDraft) => {
    const value = (kept as Record<string, unknown>)[key];
    return value !== undefined && (blank[key] === null || Array.isArray(blank[key]) === Array.isArray(value));
  };
  return Object.assign(
    blank,
    Object.fromEntries(
      Object.entries(kept)
        .filter(([key]) => Object.hasOwn(blank, key) && same(key as keyof CallDraft))
        .map(([key, value]) => [key, value]),
    ),
  );
}
