import type { Log } from '../../main/contract/log.ts';
import type { Problem } from '../../main/contract/errors.ts';
import type { Result } from '../../main/contract/result.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import type { Fact, FeedKind, FeedSettings } from '../feed-contract.ts';

/** A record as it came, before anybody has read it. */
export interface RawRecord {
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  readonly receivedAt: EpochMs;
  /** Who sent it, as far as the transport tells: a topic, a device's address. */
  readonly from: string | null;
}

/** What reading a record gave. */
export interface ReadRecord {
  readonly facts: readonly Fact[];
  /** Parts of it that could not be taken; the rest was. */
  readonly problems: readonly Problem[];
  /** The source's time of the record as a whole; null where it tells none. */
  readonly sourceAt: EpochMs | null;
  /** It says nothing of the city: a heartbeat, a login. */
  readonly ignored: boolean;
}

/** A record that is whole and says nothing: a list without rows, a message without a payload. */
export const nothingSaid: ReadRecord = { facts: [], problems: [], sourceAt: null, ignored: true };

/** Reads the records of one feed. Pure: the same record gives the same facts. A record of which nothing can be taken is a problem, never a list without facts. */
export interface RecordReader {
  /** Name and version, e.g. `ngsi/1`: what the journal says read it. */
  readonly name: string;
  read(record: RawRecord): Result<ReadRecord, Problem>;
  /** The same with a pause after every few hundred rows: a record of very many keeps nobody else waiting. Absent: its records are never that large. */
  readInSteps?(record: RawRecord): Generator<void, Result<ReadRecord, Problem>>;
}

/** What a connector is given. */
export interface FeedContext<K extends FeedKind = FeedKind> {
  readonly feedId: string;
  readonly settings: Extract<FeedSettings, { kind: K }>;
  /** The address that it listens on, where it does. */
  readonly listenHost: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the run. */
  readonly signal: AbortSignal;
  /**
   * Resolves when the journal holds the record: only then the source is told that we have it. Rejects with a ProblemError `journal-unavailable`, `feed-throttled` or
   * `record-too-large`: then we do not have it.
   */
  take(record: RawRecord): Promise<void>;
  /** It is connected to so many sources; what is wrong with the rest. */
  connected(connections: number, problem?: Problem): void;
}

/** One kind of feed. A kind without `run` is pushed to over HTTP alone. */
export interface FeedConnector<K extends FeedKind = FeedKind> {
  readonly kind: K;
  reader(settings: Extract<FeedSettings, { kind: K }>): RecordReader;
  /** Works until it is ended or fails; a supervisor starts it again. `listening` is called once with its port, where it listens. */
  run?(context: FeedContext<K>, listening: (port: number) => void): Promise<void>;
}

/** A connector of whatever kind. */
export type AnyFeedConnector = { [K in FeedKind]: FeedConnector<K> }[FeedKind];
