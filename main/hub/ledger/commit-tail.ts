import type { Commit } from '../../contract/ledger.ts';

/** More commits than this, or more changes in them, are not kept in memory. */
export const tailCommits = 2_000;
export const tailChanges = 20_000;

/** The most recent commits, in memory, for clients that were away for a moment. Bounded in commits and in changes. */
export class CommitTail {
  #commits: Commit[] = [];
  /** The commits before this index are dropped; the array is cut only now and then, so that dropping costs nothing. */
  #from = 0;
  #changes = 0;

  push(commit: Commit): void {
    this.#commits.push(commit);
    this.#changes += commit.changes.length;
    while (this.#commits.length - this.#from > tailCommits || this.#changes > tailChanges) {
      this.#changes -= this.#commits[this.#from]?.changes.length ?? 0;
      this.#from += 1;
    }
    if (this.#from > tailCommits) {
      this.#commits = this.#commits.slice(this.#from);
      this.#from = 0;
    }
  }

  /** The commits after `seq`, or undefined when the tail does not hold them all. */
  after(seq: number): readonly Commit[] | undefined {
    const oldest = this.#commits[this.#from];
    if (oldest === undefined || seq < oldest.seq - 1) return undefined;
    return this.#commits.slice(this.#from + (seq + 1 - oldest.seq));
  }
}
