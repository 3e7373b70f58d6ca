import { problem, ProblemError, type Problem } from '../../main/contract/errors.ts';
import type { FeedId, SystemId } from '../../main/contract/ids.ts';
import type { Log } from '../../main/contract/log.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import type { KnownCity, Taken } from '../city/known-city.ts';
import type { FeedStatus, RecordOutcome } from '../feed-contract.ts';
import { allSteps } from './all-steps.ts';
import { believedValue } from './believed-value.ts';
import type { RawRecord, RecordReader } from './feed-connector.ts';
import type { Journal, JournalVerdict } from './journal.ts';
import { TokenBucket } from './token-bucket.ts';

/** A feed as the ingest sees it. */
export interface IngestFeed {
  readonly id: FeedId;
  readonly system: SystemId;
  readonly reader: RecordReader;
  readonly simulated: boolean;
  readonly drill: boolean;
}

/** What one feed may send; more is refused, and nobody else notices. How many facts a record holds shows when it is read: they are paid for by what comes after it. */
export const feedBudget = {
  recordsPerSecond: 1000,
  recordsAtOnce: 5000,
  bytesPerSecond: 8_000_000,
  bytesAtOnce: 80_000_000,
  factsPerSecond: 5000,
  factsAtOnce: 200_000,
} as const;
/** A record does not get larger. */
export const recordBytesAtMost = 64 * 1024 * 1024;
/** Records that wait to be read, of all feeds; and their bytes. Beyond it they are refused, and their sources keep them. */
export const waitingAtMost = { records: 20_000, bytes: 256 * 1024 * 1024 } as const;
/** What is read in one turn of the loop, for so long at most: whoever waits for the hub is not kept waiting by a feed. */
const turnMs = 8;
/** What the journal keeps of what is wrong with a record. */
const problemsAtMost = 8;
/** Facts that are taken between two looks at the time. */
const factsAtATime = 256;

interface Line {
  readonly records: TokenBucket;
  readonly bytes: TokenBucket;
  readonly facts: TokenBucket;
  counts: Omit<FeedStatus, 'state' | 'at' | 'connections' | 'problem' | 'perSecond'> & { lastProblem: Problem | null };
}

/** A record that the journal has, and how far it is read. */
interface Waiting {
  readonly feed: IngestFeed;
  readonly record: RawRecord;
  readonly id: number;
  reading: Generator<void, JournalVerdict> | null;
}

/**
 * Raw records in, facts known: throttle, journal, read, know. Those of one feed in the order in which the journal has them; of several feeds a part of each in turn, so that a
 * record of very many rows keeps no other feed waiting.
 */
export interface Ingest {
  /** Resolves when the journal has the record. Rejects with a ProblemError `feed-throttled`, `record-too-large` or `journal-unavailable`: then nobody has it. */
  take(feed: IngestFeed, record: RawRecord): Promise<void>;
  /** Reads what a crash left without a verdict; before anything else is taken. What nobody feeds any more goes to quarantine. */
  resume(feedOf: (feedId: string) => IngestFeed | undefined): Promise<number>;
  /** Reads one record of the journal once more; answers its new outcome, null when there is no such record. */
  again(feed: IngestFeed, recordId: number): Promise<RecordOutcome | null>;
  counts(feedId: string): Line['counts'] | undefined;
  forget(feedId: string): void;
  /** Resolves when everything that was taken has been read. */
  idle(): Promise<void>;
  stop(): void;
}

export function createIngest(deps: {
  readonly journal: Journal;
  readonly city: KnownCity;
  readonly clock: Clock;
  readonly log: Log;
}): Ingest {
  const { journal, city, clock, log } = deps;
  const lines = new Map<string, Line>();
  /** By feed; whose turn it is stands first. */
  const waiting = new Map<string, Waiting[]>();
  let waitingRecords = 0;
  let idle = Promise.withResolvers<void>();
  idle.resolve();
  let waitingBytes = 0;
  /** What was read could not be committed: nothing more is taken before it is. */
  let behind = false;
  let turning = false;
  let stopped = false;

  const lineOf = (id: string): Line => {
    let line = lines.get(id);
    if (!line) {
      const now = clock.monotonic();
      line = {
        records: new TokenBucket(feedBudget.recordsPerSecond, feedBudget.recordsAtOnce, now),
        bytes: new TokenBucket(feedBudget.bytesPerSecond, feedBudget.bytesAtOnce, now),
        facts: new TokenBucket(feedBudget.factsPerSecond, feedBudget.factsAtOnce, now),
        counts: { lastRecordAt: null, records: 0, facts: 0, quarantined: 0, late: 0, duplicate: 0, throttled: 0, lastProblem: null },
      };
      lines.set(id, line);
    }
    return line;
  };

  /** Reads and knows one record, part by part; answers what the journal is to say of it. A crash between two parts reads it again: what was known of it is a duplicate then. */
  function* read(feed: IngestFeed, record: RawRecord): Generator<void, JournalVerdict> {
    const { counts, facts: budget } = lineOf(feed.id);
    const failed = (why: Problem): JournalVerdict => {
      counts.quarantined += 1;
      counts.lastProblem = why;
      return { outcome: 'quarantined', sourceAt: null, facts: 0, problems: [why] };
    };
    let answer;
    try {
      answer = feed.reader.readInSteps ? yield* feed.reader.readInSteps(record) : feed.reader.read(record);
    } catch (cause) {
      // A bug of ours must not lose what somebody sent: it waits in quarantine until it is mended.
      log.error({ err: cause, feedId: feed.id, parser: feed.reader.name }, 'a reader failed');
      return failed(problem('internal-error'));
    }
    if (!answer.ok) return failed(answer.error);
    const { problems, sourceAt, ignored, facts } = answer.value;
    if (ignored) return { outcome: 'ignored', sourceAt, facts: 0, problems: [] };
    budget.owe(facts.length, clock.monotonic());
    const { id: feedId, system, simulated, drill } = feed;
    const source = { feedId, system, receivedAt: record.receivedAt, simulated, drill };
    const all = [...problems];
    const sum = { taken: 0, late: 0, duplicate: 0 };
    for (let from = 0; from === 0 || from < facts.length; from += factsAtATime) {
      if (from > 0) yield;
      const part = facts.slice(from, from + factsAtATime).map((fact) => (fact.kind === 'observation' ? believedValue(fact) : fact));
      const taken = city.take(part, source);
      if (taken.points.length > 0) journal.keep(taken.points);
      sum.taken += taken.taken;
      sum.late += taken.late;
      sum.duplicate += taken.duplicate;
      all.push(...taken.problems);
    }
    counts.facts += sum.taken + sum.late;
    counts.late += sum.late;
    counts.duplicate += sum.duplicate;
    const outcome = outcomeOf(sum, all);
    if (outcome === 'quarantined') counts.quarantined += 1;
    counts.lastProblem = all[0] ?? null;
    return { outcome, sourceAt, facts: sum.taken + sum.late, problems: all.slice(0, problemsAtMost) };
  }

  /** What the records said becomes true in one step, and only then the journal says that they were read. */
  function settle(said: readonly { readonly id: number; readonly verdict: JournalVerdict }[]): void {
    try {
      city.flush();
      behind = false;
    } catch (cause) {
      behind = true;
      log.error({ err: cause, records: said.length }, 'what feeds sent could not be committed; it is read again after a start');
      return;
    }
    for (const { id, verdict } of said) journal.settle(id, verdict);
  }

  /** Goes on with the first record of the feed whose turn it is; answers what it said once it is read to its end. */
  function step(): { readonly id: number; readonly verdict: JournalVerdict } | null {
    const [feedId, queue] = waiting.entries().next().value!;
    const [first] = queue as [Waiting, ...Waiting[]];
    first.reading ??= read(first.feed, first.record);
    const { done, value: verdict } = first.reading.next();
    if (done) {
      queue.shift();
      waitingRecords -= 1;
      waitingBytes -= first.record.bytes.length;
    }
    // Whoever comes next has its turn before this one has another.
    waiting.delete(feedId);
    if (queue.length > 0) waiting.set(feedId, queue);
    return done ? { id: first.id, verdict } : null;
  }
  function turn(): void {
    const end = clock.monotonic() + turnMs;
    const said: { readonly id: number; readonly verdict: JournalVerdict }[] = [];
    while (waiting.size > 0) {
      const one = step();
      if (one) said.push(one);
      if (clock.monotonic() > end) break;
    }
    settle(said);
    if (waiting.size > 0 && !stopped) setImmediate(turn);
    else {
      turning = false;
      idle.resolve();
    }
  }
  function enqueue(feed: IngestFeed, record: RawRecord, id: number): void {
    const queue = waiting.get(feed.id);
    const one: Waiting = { feed, record, id, reading: null };
    if (queue) queue.push(one);
    else waiting.set(feed.id, [one]);
    waitingRecords += 1;
    waitingBytes += record.bytes.length;
    if (turning) return;
    turning = true;
    idle = Promise.withResolvers();
    setImmediate(turn);
  }

  return {
    async take(feed, record) {
      const line = lineOf(feed.id);
      const now = clock.monotonic();
      if (record.bytes.length > recordBytesAtMost) throw new ProblemError(problem('record-too-large', { bytes: record.bytes.length }));
      if (!line.facts.take(0, now) || !line.records.take(1, now) || !line.bytes.take(record.bytes.length, now)) {
        line.counts.throttled += 1;
        throw new ProblemError(problem('feed-throttled'));
      }
      if (waitingRecords >= waitingAtMost.records || waitingBytes + record.bytes.length > waitingAtMost.bytes) {
        line.counts.throttled += 1;
        throw new ProblemError(problem('feed-throttled'));
      }
      if (behind) settle([]);
      if (behind) throw new ProblemError(problem('journal-unavailable', {}, 'what was read before cannot be committed'));
      const { receivedAt, contentType, bytes } = record;
      const id = await journal.append({ feedId: feed.id, receivedAt, contentType, parser: feed.reader.name, bytes });
      line.counts.records += 1;
      line.counts.lastRecordAt = receivedAt as EpochMs;
      enqueue(feed, record, id);
    },
    async resume(feedOf) {
      let resumed = 0;
      for (let after = 0; ;) {
        const left = await journal.pending(after, 200);
        if (left.length === 0) return resumed;
        after = left.at(-1)!.id;
        resumed += left.length;
        settle(
          left.map(({ id, feedId, receivedAt, contentType, bytes }) => {
            const feed = feedOf(feedId);
            const verdict: JournalVerdict = feed
              ? allSteps(read(feed, { bytes, contentType, receivedAt, from: null }))
              : { outcome: 'quarantined', sourceAt: null, facts: 0, problems: [problem('feed-unknown')] };
            return { id, verdict };
          }),
        );
      }
    },
    async again(feed, recordId) {
      const kept = await journal.read(recordId);
      if (!kept || kept.feedId !== feed.id) return null;
      const verdict = allSteps(read(feed, { bytes: kept.raw, contentType: kept.contentType, receivedAt: kept.receivedAt, from: null }));
      settle([{ id: recordId, verdict }]);
      return verdict.outcome;
    },
    counts: (feedId) => lines.get(feedId)?.counts,
    forget: (feedId) => void lines.delete(feedId),
    idle: () => idle.promise,
    stop() {
      stopped = true;
      waiting.clear();
      [waitingRecords, waitingBytes] = [0, 0];
      idle.resolve();
    },
  };
}

function outcomeOf({ taken, late, duplicate }: Pick<Taken, 'taken' | 'late' | 'duplicate'>, problems: readonly Problem[]): RecordOutcome {
  if (taken === 0 && problems.length > 0 && late === 0 && duplicate === 0) return 'quarantined';
  if (problems.length > 0) return 'partly';
  if (taken > 0) return 'taken';
  if (late > 0) return 'late';
  return duplicate > 0 ? 'duplicate' : 'ignored';
}
