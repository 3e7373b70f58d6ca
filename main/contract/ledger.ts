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

/**
 * The durable state of the city: facts only, committed before anybody hears of them. What it answers is shared by all
 * readers and frozen: to change an entity, commit another one. A collection that the catalogue does not name is private
 * state of a room: stored and kept in memory like the others, and served by no door.
 */
export interface Ledger {
  readonly epoch: number;
  readonly seq: number;
  /**
   * Stores all changes or none, then publishes the commit to listeners. Throws a ProblemError (`unavailable`, or
   * `shutting-down` after its end) when the disk refuses, and a TypeError for a value that is not a JSON object.
   */
  commit(changes: readonly Change[], cause: Cause, secrets?: readonly SecretWrite[]): Commit;
  get(collection: string, key: string): object | undefined;
  /** All entities of a collection that is kept in memory, in order of insertion; an update keeps its place. */
  all(collection: string): IterableIterator<object>;
  size(collection: string): number;
  /** The commits after `seq`, oldest first; `'gap'` when the ledger no longer holds them all (or never had `seq`). */
  since(seq: number): readonly Commit[] | 'gap';
  /** The decrypted secret, or undefined. */
  secret(key: string): string | undefined;
  /** Each commit, in order of `seq`, after it is durable. A listener that throws is logged and hears the next one. Returns the end. */
  onCommit(listener: (commit: Commit) => void): () => void;
}
