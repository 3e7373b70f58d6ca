import type { Clip } from './clip.ts';

/** Clips in memory, shared by all cameras that play them. */
export interface ClipCache {
  /** The clip for `key`, made by `make` if nobody has it: only once, however many ask at the same time. A failure is not kept. */
  get(key: string, make: () => Promise<Clip>): Promise<Clip>;
  readonly heldBytes: number;
  readonly counters: { readonly hits: number; readonly made: number; readonly evicted: number };
}

/** Keeps clips up to `maxBytes` in all; those used longest ago go first. A clip larger than that is made but not kept. */
export function createClipCache({ maxBytes }: { readonly maxBytes: number }): ClipCache {
  // A Map remembers the order of insertion: the first is the one used longest ago.
  const held = new Map<string, Clip>();
  const making = new Map<string, Promise<Clip>>();
  const counters = { hits: 0, made: 0, evicted: 0 };
  let heldBytes = 0;

  const keep = (key: string, clip: Clip) => {
    if (clip.bytes > maxBytes) return;
    held.set(key, clip);
    heldBytes += clip.bytes;
    for (const [oldKey, old] of held) {
      if (heldBytes <= maxBytes) break;
      held.delete(oldKey);
      heldBytes -= old.bytes;
      counters.evicted += 1;
    }
  };

  return {
    async get(key, make) {
      const clip = held.get(key);
      if (clip) {
        counters.hits += 1;
        held.delete(key);
        held.set(key, clip);
        return clip;
      }
      const already = making.get(key);
      if (already) {
        counters.hits += 1;
        return already;
      }
      counters.made += 1;
      const made = make();
      making.set(key, made);
      try {
        const fresh = await made;
        keep(key, fresh);
        return fresh;
      } finally {
        making.delete(key);
      }
    },
    get heldBytes() {
      return heldBytes;
    },
    counters,
  };
}
