import type { Change } from '../../contract/ledger.ts';

/** A change together with the JSON of its value. */
export interface PlainChange {
  readonly change: Change;
  /** The value's JSON; null for a deletion. */
  readonly body: string | null;
}

/**
 * The change as it will be read back after a restart: what JSON does not carry is gone, nobody else holds the value,
 * and nobody can alter it. Readers share it from now on.
 * @throws TypeError for a value that is not a JSON object, or an empty name: bugs of the caller
 */
export function plainChange(change: Change): PlainChange {
  const { collection, op, key } = change;
  if (collection === '' || key === '') throw new TypeError('a change needs a collection and a key');
  if (op === 'delete') return { change: Object.freeze({ collection, op, key }), body: null };
  const body = JSON.stringify(change.value) as string | undefined;
  if (body?.startsWith('{') !== true) throw new TypeError(`the value of ${collection}/${key} is not a JSON object`);
  return { change: Object.freeze({ collection, op, key, value: deepFreeze(JSON.parse(body) as object) }), body };
}

/** How many characters of JSON they put. */
export const charactersOf = (changes: readonly PlainChange[]): number => changes.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);

/** Freezes a plain JSON value with everything in it. */
export function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
