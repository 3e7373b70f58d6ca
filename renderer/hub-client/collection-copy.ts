import type { CollectionName } from '../../main/contract/catalog.ts';
import type { ChangesMessage, EntityOp, SubscribeReply, VolatileItem } from '../../main/contract/protocol.ts';
import type { Position } from '../../main/contract/ledger.ts';
import type { Problem } from '../../main/contract/errors.ts';

type Item = Record<string, unknown>;

/** The field that is each collection's key, and its volatile fields. A test holds this equal to the catalogue, which pages do not load. */
export const collectionShapes: Readonly<Record<CollectionName, { readonly key: string; readonly volatile: readonly string[] }>> = {
  users: { key: 'id', volatile: ['lockedUntil', 'lastLoginAt'] },
  audit: { key: 'seq', volatile: [] },
  commands: { key: 'id', volatile: [] },
  cameras: { key: 'id', volatile: ['status', 'link'] },
  health: { key: 'id', volatile: [] },
  districts: { key: 'code', volatile: [] },
  walls: { key: 'id', volatile: ['shown'] },
  layouts: { key: 'id', volatile: [] },
  presets: { key: 'id', volatile: [] },
  holds: { key: 'id', volatile: [] },
  'wall-alarms': { key: 'id', volatile: [] },
  handovers: { key: 'id', volatile: [] },
  feeds: { key: 'id', volatile: ['status'] },
  assets: { key: 'id', volatile: ['latest'] },
  observations: { key: 'seq', volatile: [] },
  events: { key: 'id', volatile: [] },
  systems: { key: 'id', volatile: [] },
  indicators: { key: 'key', volatile: ['value', 'at', 'source', 'sourceName', 'ofSimulated'] },
  alerts: { key: 'id', volatile: [] },
  silences: { key: 'id', volatile: [] },
  incidents: { key: 'id', volatile: ['openBy'] },
  units: { key: 'id', volatile: ['position'] },
  tasks: { key: 'id', volatile: [] },
};

/** How far the copy can be trusted: nothing yet, in step with the hub (as far as the connection is), or not for us. */
export type CopyState = { readonly kind: 'waiting' } | { readonly kind: 'ready' } | { readonly kind: 'refused'; readonly reason: Problem };

/**
 * The page's copy of (a selection of) one collection. Plain data outside Vue's reactivity: a burst of thousands of changes
 * costs thousands of map writes and nothing else. Entities are replaced, never changed in place.
 */
export class CollectionCopy {
  readonly items = new Map<string, Item>();
  state: CopyState = { kind: 'waiting' };
  /** Where the copy stands; undefined before the first answer. */
  position: Position | undefined;
  readonly #key: string;
  readonly #volatile: readonly string[];

  constructor(name: CollectionName) {
    const shape = collectionShapes[name];
    this.#key = shape.key;
    this.#volatile = shape.volatile;
  }

  /** Takes the hub's answer to a subscription; answers the keys that changed. */
  answer(reply: SubscribeReply): Set<string> {
    if (reply.kind === 'refused') {
      this.state = { kind: 'refused', reason: reply.error };
      this.position = undefined;
      const gone = new Set(this.items.keys());
      this.items.clear();
      return gone;
    }
    const changed = new Set<string>();
    if (reply.kind === 'snapshot') {
      for (const key of this.items.keys()) changed.add(key);
      this.items.clear();
      for (const item of reply.items) {
        const key = String(item[this.#key]);
        this.items.set(key, item);
        changed.add(key);
      }
    } else {
      this.#apply(reply.ops, changed);
      this.#merge(reply.volatile, changed);
    }
    this.position = { epoch: reply.epoch, seq: reply.seq };
    this.state = { kind: 'ready' };
    return changed;
  }

  /** Takes a change message; `'gap'` when something before it was lost and the copy must be asked for anew. */
  changes(message: ChangesMessage): Set<string> | 'gap' {
    if (this.state.kind !== 'ready' || !this.position || message.previous !== this.position.seq) return 'gap';
    const changed = new Set<string>();
    this.#apply(message.ops, changed);
    this.position = { epoch: message.epoch, seq: message.seq };
    return changed;
  }

  /** Takes volatile fields; they have no order to keep, the latest wins. Entities that are not here are not ours. */
  volatile(items: readonly VolatileItem[]): Set<string> {
    const changed = new Set<string>();
    this.#merge(items, changed);
    return changed;
  }

  #apply(ops: readonly EntityOp[], changed: Set<string>): void {
    for (const op of ops) {
      if (op.op === 'delete') {
        this.items.delete(op.key);
      } else {
        const before = this.items.get(op.key);
        const value = { ...op.value };
        // A committed change knows nothing of the readings lane: what that last said still holds.
        if (before) for (const field of this.#volatile) if (field in before) value[field] = before[field];
        this.items.set(op.key, value);
      }
      changed.add(op.key);
    }
  }

  #merge(items: readonly VolatileItem[], changed: Set<string>): void {
    for (const { key, fields } of items) {
      const before = this.items.get(key);
      if (!before) continue;
      this.items.set(key, { ...before, ...fields });
      changed.add(key);
    }
  }
}
