import { problem, ProblemError } from '../../../main/contract/errors.ts';
import { headerOf, type RtspResponse } from '../../protocols/rtsp/message.ts';
import { decodeSession } from '../../protocols/rtsp/session-header.ts';
import { decodeTransports, encodeTransports, plainTransport, type Pair, type Transport } from '../../protocols/rtsp/transport-header.ts';
import type { RtspDialogue } from './rtsp-dialogue.ts';
import { statusProblem } from './status-problem.ts';

export type LowerTransport = 'tcp' | 'udp';

/** How the server will send a track, as far as it told. */
export interface TrackTransport {
  /** Interleaved channels; null over UDP. */
  readonly channels: Pair | null;
  readonly serverPort: Pair | null;
  readonly ssrc: number | null;
}

/** What a SETUP leads to, besides its transport. */
export interface SessionTerms {
  /** Milliseconds without a word after which the server forgets the session. */
  readonly timeoutMs: number;
}

/** RFC 2326 clause 12.37. */
const defaultTimeoutMs = 60_000;
const unsupportedTransport = 461;

/**
 * SETUP of one track (RFC 2326 clause 10.4), `local` being the channels or ports that we offer. Null when the server does not want this way
 * of carrying it: answer 461, or another way than was asked for. Throws a ProblemError for any other refusal.
 */
export async function setUpTrack(
  dialogue: RtspDialogue,
  url: string,
  lower: LowerTransport,
  local: Pair,
  signal: AbortSignal,
): Promise<(TrackTransport & SessionTerms) | null> {
  const offer: Transport = {
    ...plainTransport,
    lower,
    delivery: 'unicast',
    ...(lower === 'tcp' ? { interleaved: local } : { clientPort: local }),
  };
  const response = await dialogue.ask('SETUP', url, [['Transport', encodeTransports([offer])]], signal);
  if (response.status === unsupportedTransport) return null;
  const failure = statusProblem(response.status);
  if (failure) throw new ProblemError(failure);
  const timeoutMs = takeSession(dialogue, response);
  const taken = transportOf(response) ?? offer;
  if (taken.lower !== lower || taken.delivery === 'multicast') return null;
  return {
    channels: lower === 'tcp' ? (taken.interleaved ?? local) : null,
    // Nobody sends from port 0: it stands for not knowing.
    serverPort: taken.serverPort?.includes(0) ? null : taken.serverPort,
    ssrc: taken.ssrc,
    timeoutMs,
  };
}

/** What the server took; null when it says nothing, which some do and mean what was offered. */
function transportOf(response: RtspResponse): Transport | null {
  const text = headerOf(response, 'Transport');
  if (text === null) return null;
  const transports = decodeTransports(text);
  if (!transports.ok) throw new ProblemError(problem('source-protocol', { reason: `transport-${transports.error}` }));
  return transports.value[0]!;
}

/** The first answer names the session; the later ones repeat it. */
function takeSession(dialogue: RtspDialogue, response: RtspResponse): number {
  const text = headerOf(response, 'Session');
  if (text === null) return defaultTimeoutMs;
  const session = decodeSession(text);
  if (!session.ok) throw new ProblemError(problem('source-protocol', { reason: `session-${session.error}` }));
  dialogue.sessionId ??= session.value.id;
  return session.value.timeoutS === null ? defaultTimeoutMs : session.value.timeoutS * 1000;
}
