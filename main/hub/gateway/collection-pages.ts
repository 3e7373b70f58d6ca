import type { ScopeLookup } from '../../contract/define-command.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { Principal } from '../../contract/principal.ts';
import type { LatestValues } from '../../contract/readings.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { claimsOf, covers } from '../../contract/scope.ts';
import { asRead, readableCollection, withLatest, withShown } from './reading.ts';

export interface CollectionPage {
  readonly epoch: number;
  readonly seq: number;
  readonly items: readonly object[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
}

/** Reads collections page by page, in key order, so that what is added or removed meanwhile moves nothing else. */
export interface CollectionPages {
  read(
    principal: Principal,
    name: string,
    query: { readonly after?: unknown; readonly limit?: unknown },
  ): Promise<Result<CollectionPage, Problem>>;
  stop(): void;
}

export function createCollectionPages(
  ledger: Ledger,
  latest: LatestValues,
  /** Where the rows of each collection that is read page by page come from: those after a number, oldest first. */
  paged: Readonly<Record<string, (after: number, limit: number) => Promise<readonly { readonly seq: number }[]>>>,
  lookup: ScopeLookup,
): CollectionPages {
  const sorted = new Map<string, readonly string[]>();
  const stop = ledger.onCommit((commit) => {
    for (const change of commit.changes) {
      const keys = sorted.get(change.collection);
      if (keys && (change.op === 'delete' || keys[firstAfter(keys, change.key) - 1] !== change.key)) sorted.delete(change.collection);
    }
  });

  const keysOf = (name: string, keyOf: (entity: object) => string): readonly string[] => {
    const known = sorted.get(name);
    if (known) return known;
    const keys = [...ledger.all(name)].map(keyOf).sort(byCodeUnits);
    sorted.set(name, keys);
    return keys;
  };

  return {
    stop,
    async read(principal, name, query) {
      const readable = readableCollection(principal, name);
      if (!readable.ok) return readable;
      const definition = readable.value;
      const limit = limitOf(query.limit);
      if (limit === null) return err(problem('malformed', { field: 'limit' }));
      const after = afterOf(query.after, name);
      if (after === null) return err(problem('cursor-invalid'));
      const visible = (entity: object) => covers(principal.scope, claimsOf(definition.scopeOf(entity, lookup)));
      const { epoch, seq } = ledger;

      if (definition.keep === 'paged') {
        const from = after === '' ? 0 : Number(after);
        if (!Number.isSafeInteger(from) || from < 0) return err(problem('cursor-invalid'));
        const rows = (await paged[name]?.(from, limit)) ?? [];
        const last = rows.at(-1);
        return ok({ epoch, seq, items: rows.filter(visible), next: last && rows.length === limit ? cursor(name, String(last.seq)) : null });
      }

      const keys = keysOf(name, (entity) => definition.keyOf(entity));
      const items: object[] = [];
      let at = after === '' ? 0 : firstAfter(keys, after);
      for (; at < keys.length && items.length < limit; at++) {
        const key = keys[at]!;
        const entity = ledger.get(name, key);
        if (!entity || !visible(entity)) continue;
        const merged = withLatest(latest, name, key, asRead(definition, principal.screen !== null, entity));
        items.push(name === 'walls' ? withShown(merged) : merged);
      }
      return ok({ epoch, seq, items, next: at < keys.length ? cursor(name, keys[at - 1]!) : null });
    },
  };
}

/** Index of the first key that is greater than `key`. */
function firstAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function limitOf(text: unknown): number | null {
  if (text === undefined) return 100;
  if (typeof text !== 'string' || !/^[1-9]\d{0,3}$/.test(text)) return null;
  return Number(text) <= 1000 ? Number(text) : null;
}

function cursor(collection: string, key: string): string {
  return Buffer.from(`${collection}\n${key}`).toString('base64url');
}

/** The key that a cursor stands for; '' without one, null when it is none of ours. */
function afterOf(text: unknown, collection: string): string | null {
  if (text === undefined) return '';
  if (typeof text !== 'string' || text.length > 256 || !/^[\w-]+$/.test(text)) return null;
  const [name, key, ...rest] = Buffer.from(text, 'base64url').toString('utf8').split('\n');
  return name === collection && key && rest.length === 0 ? key : null;
}
