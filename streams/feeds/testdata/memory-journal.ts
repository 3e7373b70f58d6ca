import { problem, ProblemError } from '../../../main/contract/errors.ts';
import type { RecordOutcome } from '../../feed-contract.ts';
import type { HistoryPoint, Journal, JournalEntry, JournalVerdict, NewestValue } from '../journal.ts';

/** A journal in memory, for tests: it keeps the promises of the real one, and can be full. */
export class MemoryJournal implements Journal {
  readonly records: (JournalEntry & { readonly id: number; verdict: JournalVerdict | null })[] = [];
  readonly points: HistoryPoint[] = [];
  readonly figures = { records: 0, bytes: 0, waiting: 0, dropped: 0, lastGroupMs: 0 };
  isFull = false;

  async append(entry: JournalEntry): Promise<number> {
    await Promise.resolve();
    if (this.isFull) throw new ProblemError(problem('journal-unavailable'));
    const id = this.records.length + 1;
    this.records.push({ ...entry, id, verdict: null });
    return id;
  }
  settle(id: number, verdict: JournalVerdict): void {
    this.records[id - 1]!.verdict = verdict;
  }
  pending(after: number, limit: number) {
    return Promise.resolve(this.records.filter(({ id, verdict }) => id > after && verdict === null).slice(0, limit));
  }
  keep(points: readonly HistoryPoint[]): void {
    this.points.push(...points);
  }
  search() {
    return Promise.resolve([]);
  }
  read(id: number) {
    const found = this.records[id - 1];
    if (!found) return Promise.resolve(null);
    const { bytes, verdict, ...rest } = found;
    return Promise.resolve({
      ...rest,
      feedId: rest.feedId as never,
      bytes: bytes.length,
      sourceAt: verdict?.sourceAt ?? null,
      outcome: verdict?.outcome ?? ('pending' as const),
      facts: verdict?.facts ?? 0,
      problems: [],
      raw: bytes,
    });
  }
  observations() {
    return Promise.resolve([]);
  }
  recent() {
    return Promise.resolve([]);
  }
  newest(assetIds: readonly string[]) {
    const found = new Map<string, NewestValue>();
    for (const { assetId, quantity, value, quality, flag, at, receivedAt } of this.points) {
      const key = `${assetId} ${quantity}`;
      if (assetIds.includes(assetId) && (found.get(key)?.at ?? -1) <= at)
        found.set(key, { assetId, quantity, value, quality, flag, at, receivedAt });
    }
    return Promise.resolve([...found.values()]);
  }
  history() {
    return Promise.resolve({ points: [], since: null });
  }
  pruneOld() {
    return Promise.resolve(0);
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  /** What became of each record, in order. */
  get outcomes(): (RecordOutcome | 'pending')[] {
    return this.records.map(({ verdict }) => verdict?.outcome ?? 'pending');
  }
}
