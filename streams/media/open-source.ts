import { createHash } from 'node:crypto';
import { problem, ProblemError, type Problem } from '../../main/contract/errors.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Profile, SourceSpec } from '../contract.ts';
import type { AddressPolicy } from '../sources/address-policy.ts';
import { createClipCache } from '../sources/file/clip-cache.ts';
import { createFileSource } from '../sources/file/file-source.ts';
import { endpointOf } from './reach-address.ts';
import { silentReport, type MediaSource } from './source.ts';
import type { Workers } from './workers/workers.ts';

export interface OpenSourceOptions {
  readonly clipsFolder: string;
  readonly fileRoots: readonly string[];
  readonly clock: Clock;
  readonly policy: Pick<AddressPolicy, 'check'>;
  readonly workers: Pick<Workers, 'pull' | 'tap'>;
  /** Our own RTSP client. */
  readonly rtsp: (spec: Extract<SourceSpec, { kind: 'rtsp' }>) => MediaSource;
}

/** Bundled clips are shared by every camera that plays them, so this is bounded by the clips, not by the cameras. */
const clipCacheBytes = 256 * 1024 * 1024;

/**
 * Makes the source that a camera's description asks for. A kind that this relay cannot open fails when it is run, like any other source.
 * A camera that our RTSP client does not get on with is not handed to FFmpeg by itself: that would log in and connect anew each time,
 * and hide what is wrong. Whoever enters the camera chooses kind `av`.
 */
export function createOpenSource(options: OpenSourceOptions): (spec: SourceSpec) => MediaSource {
  const cache = createClipCache({ maxBytes: clipCacheBytes });
  return (spec) => {
    switch (spec.kind) {
      case 'file':
        return createFileSource(spec, { ...options, cache });
      case 'rtsp':
        return options.rtsp(spec);
      case 'av':
        return pulled(spec, options);
      case 'rtmp':
        return spec.url === undefined ? pushed(spec.publishKey, options) : pulled({ ...spec, url: spec.url }, options);
      case 'gb28181':
        return failing(problem('source-kind-unsupported', { kind: spec.kind }));
    }
  };
}

/** The hash that a publish key is known by outside of the hub: SHA-256, base64url. */
export const hashOfKey = (publishKey: string): string => createHash('sha256').update(publishKey).digest('base64url');

const failing = (cause: Problem): MediaSource => ({
  async run() {
    throw new ProblemError(cause);
  },
});

/**
 * What FFmpeg opens in its own process. Where the address leads is decided here, before it hears of it; where playlists and redirects
 * lead is for the worker to bound, and a name that is answered differently the second time is too.
 */
function pulled(spec: { readonly url: string; readonly subUrl?: string | undefined }, { policy, workers }: OpenSourceOptions): MediaSource {
  return {
    async run(profile: Profile, sink, signal, report = silentReport) {
      const url = profile === 'sub' ? (spec.subUrl ?? spec.url) : spec.url;
      const endpoint = endpointOf(url);
      if (!endpoint) throw new ProblemError(problem('source-invalid', { field: 'url', reason: 'unreadable' }));
      const allowed = await policy.check(endpoint.host, endpoint.port ?? 0);
      if (signal.aborted) return;
      if (!allowed.ok) throw new ProblemError(allowed.error);
      report.step('resolve', { host: endpoint.host, address: allowed.value.address });
      // The budget of its line may have ended it on hearing the address.
      if (!signal.aborted) await workers.pull(url, sink, signal, report);
    },
  };
}

/** What a camera pushes to us. */
function pushed(publishKey: string | undefined, { workers }: OpenSourceOptions): MediaSource {
  if (publishKey === undefined) return failing(problem('source-publisher-absent'));
  const keyHash = hashOfKey(publishKey);
  return { run: (_profile, sink, signal, report) => workers.tap(keyHash, sink, signal, report) };
}
