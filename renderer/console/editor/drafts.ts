import { z } from 'zod';
import { recallNumber, scene } from '../../../layouts/contract.ts';
import { epochMs, humanText } from '../../../main/contract/entity.ts';
import { layoutId } from '../../../main/contract/ids.ts';

/** So many drafts of one person are kept in one browser; the oldest goes. */
export const draftsAtMost = 20;
/** The format that is written. A newer one is left alone. */
const draftsVersion = 1;

const layoutDraft = z
  .object({
    /** The layout's own id, or one of the draft alone. */
    id: z.string().min(1).max(80),
    layoutId: layoutId.nullable(),
    /** The version that it was made from; null for a new layout. */
    baseRevision: z.number().int().nonnegative().nullable(),
    name: z.union([z.literal(''), humanText(64)]),
    number: recallNumber.nullable(),
    scene,
    at: epochMs,
  })
  .strict();

/** What somebody has made of a layout and not published. */
export type LayoutDraft = z.output<typeof layoutDraft>;

/** What is kept of drafts. Reading never fails: what cannot be read is not there. */
export interface DraftBook {
  /** Newest first. */
  list(): readonly LayoutDraft[];
  /** Keeps it in place of an older one of the same id. False where the browser refuses or holds drafts of a newer version, and for what could not be read again. */
  keep(draft: LayoutDraft): boolean;
  forget(id: string): void;
}

/** The drafts of one person in this browser. */
export function openDraftBook(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, userId: string): DraftBook {
  const key = `taodu.drafts.${userId}`;
  const read = (): { readonly drafts: readonly LayoutDraft[]; readonly mine: boolean } => {
    try {
      return readDrafts(storage.getItem(key));
    } catch {
      return { drafts: [], mine: false };
    }
  };
  function write(drafts: readonly LayoutDraft[]): boolean {
    try {
      if (drafts.length === 0) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify({ version: draftsVersion, drafts }));
      return true;
    } catch {
      // quota or policy: the editor says that it could not keep it
      return false;
    }
  }
  return {
    list: () => read().drafts,
    keep(draft) {
      const { drafts, mine } = read();
      if (!mine || !layoutDraft.safeParse(draft).success) return false;
      const others = drafts.filter(({ id }) => id !== draft.id);
      return write([draft, ...others].sort((a, b) => b.at - a.at).slice(0, draftsAtMost));
    },
    forget(id) {
      const { drafts, mine } = read();
      if (mine && drafts.some((draft) => draft.id === id)) write(drafts.filter((draft) => draft.id !== id));
    },
  };
}

/** Reads what is kept: each draft by itself, so that one that is broken costs no other. `mine`: it may be written anew. */
export function readDrafts(text: string | null): { readonly drafts: readonly LayoutDraft[]; readonly mine: boolean } {
  if (text === null) return { drafts: [], mine: true };
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return { drafts: [], mine: true };
  }
  if (typeof kept !== 'object' || kept === null) return { drafts: [], mine: true };
  const { version, drafts } = kept as { version?: unknown; drafts?: unknown };
  if (typeof version === 'number' && version > draftsVersion) return { drafts: [], mine: false };
  if (version !== draftsVersion || !Array.isArray(drafts)) return { drafts: [], mine: true };
  const found = new Map<string, LayoutDraft>();
  for (const draft of drafts.slice(0, draftsAtMost * 2)) {
    const parsed = layoutDraft.safeParse(draft);
    if (parsed.success && !found.has(parsed.data.id)) found.set(parsed.data.id, parsed.data);
  }
  return { drafts: [...found.values()].sort((a, b) => b.at - a.at).slice(0, draftsAtMost), mine: true };
}
