import { problem, ProblemError } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { Profile, SourceSpec } from '../../contract.ts';
import { silentReport, type AccessUnitSink, type MediaSource, type SourceReport } from '../../media/source.ts';
import { parseRtspUrl } from '../../protocols/rtsp/rtsp-url.ts';
import type { AddressPolicy } from '../address-policy.ts';
import { followServer } from './follow-server.ts';
import { rtspLimits, type RtspLimits } from './rtsp-limits.ts';
import { RtspSession } from './rtsp-session.ts';
import type { LowerTransport } from './set-up-tracks.ts';
import { createTlsTrust, type TlsTrust } from './tls-trust.ts';
import { UnitTimeline } from './unit-timeline.ts';

export interface RtspSourceOptions {
  readonly clock: Clock;
  /** Where sources may lead; asked again for every redirect. */
  readonly policy: AddressPolicy;
  /** How media is carried if the server agrees; the other way is tried when it does not (461). */
  readonly transport?: LowerTransport;
  /** Whom rtsps: believes; those that Node does where nothing is said. */
  readonly trust?: TlsTrust;
  readonly limits?: Partial<RtspLimits>;
}

/**
 * A camera that speaks RTSP (RFC 2326), over TCP or UDP, with or without TLS. Errors: `source-invalid`, `source-unresolved`,
 * `source-address-refused`, `source-unreachable`, `source-login-refused`, `source-not-found`, `source-refused`, `source-protocol`,
 * `source-no-video`, `source-codec-unsupported`, `source-stalled`, `source-no-key-picture`, `source-ended`, `source-failed`.
 */
export function createRtspSource(spec: Extract<SourceSpec, { kind: 'rtsp' }>, options: RtspSourceOptions): MediaSource {
  const { clock, policy, transport = 'tcp', trust = createTlsTrust([]) } = options;
  const limits = { ...rtspLimits, ...options.limits };
  return {
    async run(profile: Profile, sink: AccessUnitSink, signal: AbortSignal, report: SourceReport = silentReport): Promise<void> {
      const field = profile === 'sub' && spec.subUrl !== undefined ? 'subUrl' : 'url';
      const url = parseRtspUrl(spec[field] ?? spec.url);
      if (!url.ok) throw new ProblemError(problem('source-invalid', { field, reason: url.error }));
      const timeline = new UnitTimeline(sink, clock);
      await followServer(url.value, (target, login) => {
        timeline.begin();
        return new RtspSession({ target, login, clock, policy, trust, transport, limits, timeline, report }).play(signal);
      });
    },
  };
}
