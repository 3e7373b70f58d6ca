import { problem, ProblemError } from '../../main/contract/errors.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { SourceSpec } from '../contract.ts';
import { createClipCache } from '../sources/file/clip-cache.ts';
import { createFileSource } from '../sources/file/file-source.ts';
import type { MediaSource } from './source.ts';

export interface OpenSourceOptions {
  readonly clipsFolder: string;
  readonly fileRoots: readonly string[];
  readonly clock: Clock;
}

/** Bundled clips are shared by every camera that plays them, so this is bounded by the clips, not by the cameras. */
const clipCacheBytes = 256 * 1024 * 1024;

/** Makes the source that a camera's description asks for. A kind that this relay cannot open fails when it is run, like any other source. */
export function createOpenSource(options: OpenSourceOptions): (spec: SourceSpec) => MediaSource {
  const cache = createClipCache({ maxBytes: clipCacheBytes });
  return (spec) => {
    if (spec.kind === 'file') return createFileSource(spec, { ...options, cache });
    return { run: () => Promise.reject(new ProblemError(problem('source-kind-unsupported', { kind: spec.kind }))) };
  };
}
