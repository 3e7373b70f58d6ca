import type { Problem } from '../../../main/contract/errors.ts';
import type { Result } from '../../../main/contract/result.ts';
import type { AccessUnit, VideoCodec } from '../../contract.ts';
import type { Snapshot } from '../media-relay.ts';
import type { AccessUnitSink, SourceReport } from '../source.ts';
import type { WorkerName } from './worker-protocol.ts';

/** What comes of a transcoding. After `ended` there is nothing more. */
export interface TranscodeListener {
  /** A picture in H.264, in decoding order, with the times of the one it was made from. */
  unit(unit: AccessUnit): void;
  ended(problem: Problem): void;
}

/** One transcoding under way. */
export interface Transcode {
  /** The next unit, beginning with a key picture. False when it was left out because the worker does not keep up: so is all up to the next key picture. */
  push(unit: AccessUnit): boolean;
  /** Ends it; the listener hears nothing more. */
  end(): void;
}

/** One worker as the relay sees it. */
export interface WorkerState {
  /** Where cameras push to (ingest). */
  readonly url: string | null;
  readonly maxPulls: number;
  readonly maxTranscodes: number;
  readonly pulls: number;
  readonly taps: number;
  readonly transcodes: number;
}

/** The relay's workers, each a process of its own that may be gone at any time: then whatever it did fails with `worker-unavailable` {worker}. */
export interface Workers {
  /**
   * Opens a URL with FFmpeg. Works like `MediaSource.run`: resolves when the signal aborts, throws a ProblemError when it fails.
   * Besides the `source-*` codes: `source-budget` {name, max, unit}.
   */
  pull(url: string, sink: AccessUnitSink, signal: AbortSignal, report?: SourceReport): Promise<void>;
  /** What is pushed with this key, from the latest key picture on; in the same way. `source-publisher-absent` when nobody pushes. */
  tap(keyHash: string, sink: AccessUnitSink, signal: AbortSignal, report?: SourceReport): Promise<void>;
  /** Errors: `transcode-budget` {max}, `worker-unavailable`. */
  transcode(from: VideoCodec, listener: TranscodeListener): Result<Transcode, Problem>;
  /** A key picture as JPEG, at most 1920 wide, with this watermark (`mark-text.ts`) burnt in. Errors: `snapshot-failed`, `worker-unavailable`. */
  snapshot(unit: AccessUnit, mark: string): Promise<Result<Snapshot, Problem>>;
  /** Null while the worker is not there. */
  state(name: WorkerName): WorkerState | null;
}
