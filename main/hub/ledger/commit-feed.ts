import type { Commit } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';

/** More commits than this, made by listeners in answer to one commit, can only be listeners answering each other for ever. */
const maxAnswers = 10_000;

/** Tells listeners of commits: each commit to all, in the order of `seq`, even when a listener commits in turn. */
export class CommitFeed {
  readonly #listeners = new Set<(commit: Commit) => void>();
  readonly #pending: Commit[] = [];
  readonly #log: Log;
  #publishing = false;
  #answers = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Returns the end of listening. */
  on(listener: (commit: Commit) => void): () => void {
    // Wrapped, so that the same function added twice is two listeners with two ends.
    const entry = (commit: Commit) => listener(commit);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /**
   * Called before a commit is stored.
   * @throws Error when listeners keep answering commits with commits: a bug, and the end of their turn
   */
  admit(): void {
    if (this.#answers >= maxAnswers) throw new Error('listeners answer commits with commits without end');
    if (this.#publishing) this.#answers += 1;
  }

  publish(commit: Commit): void {
    this.#pending.push(commit);
    if (this.#publishing) return;
    this.#publishing = true;
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      for (const listener of this.#listeners) this.#tell(listener, next);
    }
    this.#publishing = false;
    this.#answers = 0;
  }

  /** What is committed is committed: a listener that fails costs neither the committer nor the other listeners anything. */
  #tell(listener: (commit: Commit) => void, commit: Commit): void {
    try {
      listener(commit);
    } catch (error) {
      this.#log.error({ err: error, seq: commit.seq, cause: commit.cause }, 'A listener of the ledger failed');
    }
  }
}
