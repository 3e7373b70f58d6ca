import type { ErrorParams } from '../../main/contract/errors.ts';
import type { AccessUnit, LinkQuality, Profile, SourceStep } from '../contract.ts';

/** Takes access units in decoding order. It keeps the bytes, so a source never writes to them again. */
export interface AccessUnitSink {
  push(unit: AccessUnit): void;
}

/** What a run of a source tells about itself besides its pictures; whoever listens puts the times to it. */
export interface SourceReport {
  /** A step of the opening succeeded. `params` are facts worth showing; never credentials. A step that fails is thrown out of `run`. */
  step(step: SourceStep, params?: ErrorParams): void;
  /** How the packets come, since this run began; at most once a second. */
  link(quality: LinkQuality): void;
}

/** For those who do not want to know. */
export const silentReport: SourceReport = { step() {}, link() {} };

/**
 * One camera's way in. `run` works until the signal aborts (then it resolves) or until it fails: it throws a ProblemError
 * with a `source-*` code. It never retries by itself: whoever runs it decides that.
 */
export interface MediaSource {
  run(profile: Profile, sink: AccessUnitSink, signal: AbortSignal, report?: SourceReport): Promise<void>;
}
