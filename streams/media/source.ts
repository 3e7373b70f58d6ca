import type { AccessUnit, Profile } from '../contract.ts';

/** Takes access units in decoding order. It keeps the bytes, so a source never writes to them again. */
export interface AccessUnitSink {
  push(unit: AccessUnit): void;
}

/**
 * One camera's way in. `run` works until the signal aborts (then it resolves) or until it fails: it throws a ProblemError
 * with a `source-*` code. It never retries by itself: whoever runs it decides that.
 */
export interface MediaSource {
  run(profile: Profile, sink: AccessUnitSink, signal: AbortSignal): Promise<void>;
}
