import { problem, ProblemError, type ErrorCode, type Problem } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import { parseRtspUrl, type RtspUrl } from '../../protocols/rtsp/rtsp-url.ts';
import type { AddressPolicy } from '../address-policy.ts';
import { followServer } from './follow-server.ts';
import { RtspConnection } from './rtsp-connection.ts';
import { RtspDialogue } from './rtsp-dialogue.ts';
import type { RtspLogin } from './rtsp-login.ts';
import { describeProblem } from './status-problem.ts';
import { unlessAborted, withTimeLimit } from './time-limit.ts';
import { createTlsTrust, type TlsTrust } from './tls-trust.ts';

/** What came of asking a camera whether it is there. `unknown`: it could not be asked. */
export interface ProbeAnswer {
  readonly state: 'online' | 'offline' | 'unknown';
  readonly reason: ErrorCode | null;
  /** How long it took. */
  readonly ms: number;
}

export interface ProbeRtspOptions {
  readonly clock: Clock;
  readonly policy: AddressPolicy;
  readonly trust?: TlsTrust;
  /** For the whole of it. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
}

/** How a camera is asked: with an RTSP question, or by connecting alone. */
export type RtspProbeMethod = 'options' | 'describe' | 'tcp';

const defaultLimitMs = 4000;
/** We could not ask; of the camera that says nothing. */
const notAsked = new Set<ErrorCode>(['source-address-refused', 'source-invalid']);

/**
 * Asks a camera whether it is there, without pulling video. `tcp`: it accepts a connection. `options`: it answers in RTSP, whatever it says
 * about a login, which OPTIONS does not need. `describe`: it would let us see its stream; a camera that does not accept our login is offline
 * with that reason, for nobody can get a picture of it. Never rejects; the connection is always closed.
 */
export async function probeRtsp(url: string, method: RtspProbeMethod, options: ProbeRtspOptions): Promise<ProbeAnswer> {
  const { clock, limitMs = defaultLimitMs, signal = new AbortController().signal } = options;
  const startedAt = clock.monotonic();
  const answer = (state: ProbeAnswer['state'], reason: ErrorCode | null): ProbeAnswer => ({
    state,
    reason,
    ms: Math.round(clock.monotonic() - startedAt),
  });
  const target = parseRtspUrl(url);
  if (!target.ok) return answer('unknown', 'source-invalid');
  const { host, port } = target.value;
  const late = () => new ProblemError(problem('source-unreachable', { host, port, reason: 'timeout' }));
  try {
    const failure = await withTimeLimit(clock, limitMs, signal, late, (asking) =>
      followServer(target.value, (server, login) => ask(server, login, method, options, asking)),
    );
    return failure ? answer('offline', failure.code) : answer('online', null);
  } catch (error) {
    if (signal.aborted) return answer('unknown', null);
    if (!(error instanceof ProblemError)) throw error;
    const { code, params } = error.problem;
    return answer(notAsked.has(code) || params['reason'] === 'busy' ? 'unknown' : 'offline', code);
  }
}

/** Null when the camera is there. */
async function ask(
  target: RtspUrl,
  login: RtspLogin,
  method: RtspProbeMethod,
  options: ProbeRtspOptions,
  signal: AbortSignal,
): Promise<Problem | null> {
  const { policy, trust = createTlsTrust([]) } = options;
  const { host, port, secure, requestUrl } = target;
  const to = await unlessAborted(signal, policy.check(host, port));
  if (!to.ok) throw new ProblemError(to.error);
  const listener = { interleaved() {}, request() {}, ended() {} };
  const connection = await RtspConnection.open({ host, port, to: to.value, secure, trust }, listener, signal);
  try {
    if (method === 'tcp') return null;
    const dialogue = new RtspDialogue(connection, login);
    if (method === 'describe') {
      const { status } = await dialogue.ask('DESCRIBE', requestUrl, [['Accept', 'application/sdp']], signal);
      return describeProblem(status);
    }
    const { status } = await connection.request('OPTIONS', requestUrl, [], signal);
    return optionsProblem(status);
  } finally {
    connection.close();
  }
}

/** Whoever answers is there, unless he says that the stream is not, or that he is out of order (RFC 2326 clause 7.1.1). */
function optionsProblem(status: number): Problem | null {
  if (status === 404 || status === 410) return problem('source-not-found', { status });
  return status === 500 || status === 502 || status === 503 ? problem('source-refused', { status }) : null;
}
