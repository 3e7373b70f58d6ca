import type { Clip } from './clip.ts';

/** Clips in memory, shared by all cameras that play them. */
export interface ClipCache {
  /** The clip for `key`, made by `make` if nobody has it: only once, however many ask at the same time. A failure is not kept. */
  get(key: string, make: () => Promise<Clip>): Promise<Clip>;
  /**
   * Books a file that is about to be played, whole in memory: the end of the booking, or null when everything that plays would
   * be more than `maxPlayingBytes`. The same file is booked once, however many cameras play it.
   */
  play(key: string, fileBytes: number): (() => void) | null;
  readonly heldBytes: number;
  readonly counters: { readonly hits: number; readonly made: number; readonly evicted: number };
}

/** Keeps clips up to `maxBytes` in all; those used longest ago go first. A clip larger than that is made but not kept. */
export function createClipCache({
  maxBytes,
  maxPlayingBytes = maxBytes * 4,
}: {
  readonly maxBytes: number;
  readonly maxPlayingBytes?: number;
}): ClipCache {
  // A Map remembers the order of insertion: the first is the one used longest ago.
  const held = new Map<string, Clip>();
  const making = new Map<string, Promise<Clip>>();
  const counters = { hits: 0, made: 0, evicted: 0 };
  let heldBytes = 0;
  const playing = new Map<string, { readonly bytes: number; players: number }>();
  let playingBytes = 0;

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
    play(key, fileBytes) {
      const booked = playing.get(key) ?? { bytes: fileBytes, players: 0 };
      if (booked.players === 0) {
        if (playingBytes + fileBytes > maxPlayingBytes) return null;
        playingBytes += fileBytes;
        playing.set(key, booked);
      }
      booked.players += 1;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        booked.players -= 1;
        if (booked.players > 0) return;
        playing.delete(key);
        playingBytes -= booked.bytes;
      };
    },
    get heldBytes() {
      return heldBytes;
    },
    counters,
  };
}
