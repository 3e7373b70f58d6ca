import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { parseRtspUrl, type RtspUrl } from '../../protocols/rtsp/rtsp-url.ts';

/**
 * Where a redirect leads (RFC 2326 clauses 11.3 and 10.10), a bare path meaning the same server. User and password go along to the same
 * host only, and never from TLS into the clear. Errors: `source-protocol`.
 */
export function redirectTarget(from: RtspUrl, location: string): Result<RtspUrl, Problem> {
  const origin = from.requestUrl.slice(0, from.requestUrl.indexOf('/', 'rtsps://'.length));
  const to = parseRtspUrl(location.startsWith('/') ? origin + location : location);
  if (!to.ok) return err(problem('source-protocol', { reason: 'redirect-malformed' }));
  const isTrusted = to.value.host.toLowerCase() === from.host.toLowerCase() && (to.value.secure || !from.secure);
  return ok({ ...to.value, login: isTrusted ? (to.value.login ?? from.login) : to.value.login });
}
