import type { Problem } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { JournalRecord, ObservationEntity, RecordOutcome } from '../feed-contract.ts';

/** A record for the journal. */
export interface JournalEntry {
  readonly feedId: string;
  readonly receivedAt: EpochMs;
  readonly contentType: string | null;
  readonly parser: string;
  readonly bytes: Uint8Array;
}

/** What became of it. */
export interface JournalVerdict {
  readonly outcome: RecordOutcome;
  readonly sourceAt: EpochMs | null;
  readonly facts: number;
  readonly problems: readonly Problem[];
}

/** A point of a value's history: of an asset's quantity, or of an indicator (`quantity` null). */
export type HistoryPoint = Omit<ObservationEntity, 'seq'>;

/** The newest value that is kept of a quantity of an asset, as the asset had it. */
export type NewestValue = Pick<HistoryPoint, 'assetId' | 'quantity' | 'value' | 'quality' | 'flag' | 'at' | 'receivedAt'>;

/**
 * Every raw record that came, and every value that it held: kept by age and by size, the oldest go first. Written in groups of at most 50 ms; what `append` resolved with survives
 * a power cut.
 */
export interface Journal {
  /** Its number, once it is on the disk. Rejects with a ProblemError `journal-unavailable`. */
  append(entry: JournalEntry): Promise<number>;
  /** In the next group; a verdict that a crash lost is found again by reading the record again. */
  settle(id: number, verdict: JournalVerdict): void;
  /** Records after a number that have no verdict yet, oldest first: after a start they are read once more. */
  pending(after: number, limit: number): Promise<readonly (JournalEntry & { readonly id: number })[]>;
  /** In the next group. */
  keep(points: readonly HistoryPoint[]): void;
  search(query: {
    readonly feedId?: string;
    readonly outcome?: RecordOutcome;
    readonly before?: number;
    readonly limit: number;
  }): Promise<readonly JournalRecord[]>;
  read(id: number): Promise<(JournalRecord & { readonly raw: Uint8Array }) | null>;
  observations(after: number, limit: number): Promise<readonly ObservationEntity[]>;
  /** The latest values received since then, no more than `limit`, in the order of receipt. */
  recent(since: EpochMs, limit: number): Promise<readonly ObservationEntity[]>;
  /** Of each quantity of these assets, at most 64 of one: what is newest by the source's time. */
  newest(assetIds: readonly string[]): Promise<readonly NewestValue[]>;
  history(query: {
    readonly assetId: string;
    readonly quantity: string;
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly points: number;
  }): Promise<{
    points: { at: number; value: number; min: number; max: number; count: number }[];
    since: EpochMs | null;
  }>;
  /** Removes a part of what is older than is kept; answers how many rows went, 0: no more are too old. What has no verdict stays. `now` is believed: what goes never comes back. */
  pruneOld(now: EpochMs): Promise<number>;
  readonly figures: {
    readonly records: number;
    readonly bytes: number;
    readonly waiting: number;
    readonly dropped: number;
    readonly lastGroupMs: number;
  };
  stop(): Promise<void>;
}
