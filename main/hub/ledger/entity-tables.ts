import type { Change } from '../../contract/ledger.ts';

const nothing: ReadonlyMap<string, object> = new Map();

/** The entities of every collection, in memory, each collection in order of insertion. */
export class EntityTables {
  readonly #tables = new Map<string, Map<string, object>>();

  /** Puts an entity without any ceremony: for loading. */
  put(collection: string, key: string, value: object): void {
    let table = this.#tables.get(collection);
    if (table === undefined) this.#tables.set(collection, (table = new Map()));
    table.set(key, value);
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.op === 'put') this.put(change.collection, change.key, change.value);
      else this.#tables.get(change.collection)?.delete(change.key);
    }
  }

  of(collection: string): ReadonlyMap<string, object> {
    return this.#tables.get(collection) ?? nothing;
  }
}
