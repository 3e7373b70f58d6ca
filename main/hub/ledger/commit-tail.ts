import type { Commit } from '../../contract/ledger.ts';

/** More commits than this, more changes in them, or more JSON, are not kept in memory: a scene of a hundred tiles is ten thousand characters. */
export const tailCommits = 2_000;
export const tailChanges = 20_000;
export const tailCharacters = 2 ** 20;

/** The most recent commits, in memory, for clients that were away for a moment. Bounded in commits, in changes and in their JSON. */
export class CommitTail {
  #commits: Commit[] = [];
  /** Of each commit, in the same order. */
  #lengths: number[] = [];
  #characters = 0;
  /** The commits before this index are dropped; the array is cut only now and then, so that dropping costs nothing. */
  #from = 0;
  #changes = 0;

  /** `characters`: of the JSON of what it puts. */
  push(commit: Commit, characters: number): void {
    this.#commits.push(commit);
    this.#lengths.push(characters);
    this.#changes += commit.changes.length;
    this.#characters += characters;
    while (this.#commits.length - this.#from > tailCommits || this.#changes > tailChanges || this.#characters > tailCharacters) {
      this.#changes -= this.#commits[this.#from]?.changes.length ?? 0;
      this.#characters -= this.#lengths[this.#from] ?? 0;
      this.#from += 1;
    }
    // Dropped commits are still held until the array is cut.
    if (this.#from > 64) {
      this.#commits = this.#commits.slice(this.#from);
      this.#lengths = this.#lengths.slice(this.#from);
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
