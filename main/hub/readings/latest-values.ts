import type { LatestValues, VolatileUpdate } from '../../contract/readings.ts';
import type { Clock } from '../../contract/time.ts';

/** The most entities that may have volatile fields; a directory of 100,000 cameras fits twice. */
export const maxEntities = 200_000;

/** The readings lane: the latest value of every volatile field, and its flush to screens. */
export interface FlushedValues extends LatestValues {
  /** Hears, every `flushMs` at most, what changed since the last time: one update an entity, latest values only. */
  onFlush(listener: (updates: readonly VolatileUpdate[]) => void): () => void;
  /** Updates that a later one overtook before they were flushed: what the screens were spared. */
  readonly coalesced: number;
  /** Updates refused because there are too many entities. */
  readonly refused: number;
  /** Entities that have volatile fields now. */
  readonly size: number;
  /** Flushes no more. Values can still be read. */
  stop(): void;
}

type Fields = Readonly<Record<string, unknown>>;

/** Starts nothing until the first update: an idle hub has no timer running. A listener must not throw. */
export function createLatestValues({ flushMs, clock }: { flushMs: number; clock: Clock }): FlushedValues {
  const latest = new Map<string, Map<string, Fields>>();
  let dirty = new Map<string, Map<string, Fields>>();
  const listeners = new Set<(updates: readonly VolatileUpdate[]) => void>();
  const ending = new AbortController();
  let size = 0;
  let coalesced = 0;
  let refused = 0;
  let waiting = false;

  const flush = () => {
    const updates: VolatileUpdate[] = [];
    for (const [collection, entities] of dirty) for (const [key, fields] of entities) updates.push({ collection, key, fields });
    dirty = new Map();
    if (updates.length > 0) for (const listener of listeners) listener(updates);
  };

  const flushSoon = async () => {
    if (waiting || ending.signal.aborted) return;
    waiting = true;
    try {
      await clock.sleep(flushMs, ending.signal);
    } catch {
      return; // stopped
    }
    waiting = false;
    flush();
  };

  return {
    set({ collection, key, fields }) {
      const entities = within(latest, collection);
      const before = entities.get(key);
      if (before === undefined) {
        if (size >= maxEntities) {
          refused += 1;
          return;
        }
        size += 1;
      }
      // A new object each time: whoever read the old one keeps what they read.
      entities.set(key, { ...before, ...fields });
      const changed = within(dirty, collection);
      const pending = changed.get(key);
      if (pending !== undefined) coalesced += 1;
      changed.set(key, { ...pending, ...fields });
      void flushSoon();
    },
    get: (collection, key) => latest.get(collection)?.get(key),
    forget(collection, key) {
      if (latest.get(collection)?.delete(key) === true) size -= 1;
      dirty.get(collection)?.delete(key);
    },
    onFlush(listener) {
      const entry = (updates: readonly VolatileUpdate[]) => listener(updates);
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    stop() {
      ending.abort();
      listeners.clear();
    },
    get coalesced() {
      return coalesced;
    },
    get refused() {
      return refused;
    },
    get size() {
      return size;
    },
  };
}

function within(tables: Map<string, Map<string, Fields>>, collection: string): Map<string, Fields> {
  let table = tables.get(collection);
  if (table === undefined) tables.set(collection, (table = new Map()));
  return table;
}
