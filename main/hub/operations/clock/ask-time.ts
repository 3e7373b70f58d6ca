import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { err, ok, type Result } from '../../../contract/result.ts';
import type { Clock } from '../../../contract/time.ts';
import { decodeAnswer, encodeQuestion } from './sntp-packet.ts';

export const ntpPort = 123;
/** How long an answer may take. */
export const answerWithinMs = 5000;
/** Packets looked at for one question: somebody who floods us with wrong ones keeps us from the answer, and from nothing else. */
const packetsAtMost = 16;

/** What came of one question. */
export interface ClockSample {
  /** How far our clock is behind the server's, in milliseconds; negative when it is ahead. */
  readonly offsetMs: number;
  /** The way there and back: the truth lies within half of it around the offset. */
  readonly delayMs: number;
  readonly rootDistanceMs: number;
}

export type AskFault = { readonly kind: 'kiss'; readonly code: string } | { readonly kind: 'silent' } | { readonly kind: 'unresolved' };

/** Asks one server for the time: one packet, one answer (RFC 5905 clause 14). */
export type AskTime = (host: string, signal: AbortSignal) => Promise<Result<ClockSample, AskFault>>;

/**
 * Over UDP. The answer counts only when it comes from where the question went and carries its nonce. Time on the way is measured by the
 * monotonic clock, so that a clock that is set meanwhile does not enter twice.
 */
export function createAskTime(clock: Clock, port = ntpPort): AskTime {
  return async (host, signal) => {
    let address: { address: string; family: number };
    try {
      address = await lookup(host);
    } catch {
      return err({ kind: 'unresolved' });
    }
    if (signal.aborted) return err({ kind: 'silent' });
    const socket = createSocket(address.family === 6 ? 'udp6' : 'udp4');
    const enough = new AbortController();
    const nonce = randomBytes(8);
    const heard = Promise.withResolvers<Result<ClockSample, AskFault>>();
    const silent = () => heard.resolve(err({ kind: 'silent' }));
    let packets = 0;
    let sentAt = 0;
    let sentMonotonic = 0;
    signal.addEventListener('abort', silent, { once: true });
    socket.on('error', silent);
    socket.on('message', (bytes) => {
      const took = clock.monotonic() - sentMonotonic;
      packets += 1;
      const answer = decodeAnswer(bytes, nonce, sentAt);
      if (answer.ok && answer.value.kind === 'kiss') heard.resolve(err({ kind: 'kiss', code: answer.value.code }));
      else if (answer.ok && answer.value.kind === 'time') {
        const { receivedAt, sentAt: answeredAt, rootDistanceMs } = answer.value;
        heard.resolve(
          ok({
            offsetMs: (receivedAt - sentAt + (answeredAt - (sentAt + took))) / 2,
            delayMs: Math.max(0, took - (answeredAt - receivedAt)),
            rootDistanceMs,
          }),
        );
      } else if (packets >= packetsAtMost) silent();
    });
    try {
      socket.connect(port, address.address, () => {
        sentAt = clock.now();
        sentMonotonic = clock.monotonic();
        socket.send(encodeQuestion(nonce), (error) => error && silent());
      });
      void clock.sleep(answerWithinMs, enough.signal).then(silent, () => undefined);
      return await heard.promise;
    } finally {
      signal.removeEventListener('abort', silent);
      enough.abort();
      socket.close();
    }
  };
}
