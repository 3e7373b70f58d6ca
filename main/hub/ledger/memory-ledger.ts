import type { Cause, Change, Commit, Ledger } from '../../contract/ledger.ts';
import { type Log, silentLog } from '../../contract/log.ts';
import type { SecretWrite } from '../../contract/define-command.ts';
import type { Clock } from '../../contract/time.ts';
import { CommitFeed } from './commit-feed.ts';
import { CommitTail } from './commit-tail.ts';
import { EntityTables } from './entity-tables.ts';
import { charactersOf, plainChange } from './plain-json.ts';

/** A ledger that forgets everything with the process, for tests of what is built on a ledger. Same behaviour otherwise. */
export class MemoryLedger implements Ledger {
  readonly epoch = 1;
  readonly #tables = new EntityTables();
  readonly #tail = new CommitTail();
  readonly #secrets = new Map<string, string>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #feed: CommitFeed;
  #seq = 0;

  constructor(options: { clock?: Pick<Clock, 'now'>; log?: Log } = {}) {
    this.#clock = options.clock ?? { now: () => 0 };
    this.#feed = new CommitFeed(options.log ?? silentLog);
  }

  get seq(): number {
    return this.#seq;
  }

  commit(changes: readonly Change[], cause: Cause, secrets: readonly SecretWrite[] = []): Commit {
    this.#feed.admit();
    const plain = changes.map(plainChange);
    const commit: Commit = Object.freeze({
      epoch: this.epoch,
      seq: this.#seq + 1,
      at: this.#clock.now(),
      cause: Object.freeze({ ...cause }),
      changes: Object.freeze(plain.map(({ change }) => change)),
    });
    this.#seq = commit.seq;
    this.#tables.apply(commit.changes);
    for (const { key, value } of secrets) {
      if (value === null) this.#secrets.delete(key);
      else this.#secrets.set(key, value);
    }
    this.#tail.push(commit, charactersOf(plain));
    this.#feed.publish(commit);
    return commit;
  }

  get(collection: string, key: string): object | undefined {
    return this.#tables.of(collection).get(key);
  }

  all(collection: string): IterableIterator<object> {
    return this.#tables.of(collection).values();
  }

  size(collection: string): number {
    return this.#tables.of(collection).size;
  }

  since(seq: number): readonly Commit[] | 'gap' {
    if (seq === this.#seq) return [];
    if (!Number.isSafeInteger(seq) || seq < 0 || seq > this.#seq) return 'gap';
    return this.#tail.after(seq) ?? 'gap';
  }

  secret(key: string): string | undefined {
    return this.#secrets.get(key);
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    return this.#feed.on(listener);
  }
}
