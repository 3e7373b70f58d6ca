import type { SecretWrite } from './define-command.ts';
import type { EpochMs } from './time.ts';

/** One entity put or deleted. Values are plain JSON and already valid for their collection. */
export type Change =
  | { readonly collection: string; readonly op: 'put'; readonly key: string; readonly value: object }
  | { readonly collection: string; readonly op: 'delete'; readonly key: string };

/** Why something changed: `id` is the command, feed record or timer that caused it, `by` the user or component. */
export interface Cause {
  readonly kind: 'command' | 'feed' | 'timer' | 'start';
  readonly id: string;
  readonly by: string;
}

/** One durable step of the city's state. `seq` grows by one a commit and never restarts; `epoch` counts openings of the database. */
export interface Commit {
  readonly epoch: number;
  readonly seq: number;
  readonly at: EpochMs;
  readonly cause: Cause;
  readonly changes: readonly Change[];
}

/** A position in the ledger's history. */
export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

/** The durable state of the city: facts only, committed before anybody hears of them. */
export interface Ledger {
  readonly epoch: number;
  readonly seq: number;
  /** Stores all changes or none, then publishes the commit to listeners. Throws only when the disk refuses. */
  commit(changes: readonly Change[], cause: Cause, secrets?: readonly SecretWrite[]): Commit;
  get(collection: string, key: string): object | undefined;
  /** All entities of a collection that is kept in memory, in key order of insertion. */
  all(collection: string): IterableIterator<object>;
  size(collection: string): number;
  /** The commits after `seq`, oldest first; `'gap'` when the ledger no longer holds them all (or never had `seq`). */
  since(seq: number): readonly Commit[] | 'gap';
  /** The decrypted secret, or undefined. */
  secret(key: string): string | undefined;
  onCommit(listener: (commit: Commit) => void): () => void;
}
