import { randomBytes } from 'node:crypto';
import { WebSocket, type ClientOptions } from 'ws';
import type { z } from 'zod';
import type { Log } from '../../main/contract/log.ts';
import type { Clock } from '../../main/contract/time.ts';
import { backoffMs } from '../../main/supervision/backoff.ts';
import { controlMac, isControlMac, readMessage, type ControlProof } from './control-protocol.ts';

/** What the relay says to whom it lets in. */
export interface RelayWelcome {
  readonly kind: 'welcome';
  readonly mac: string;
}

/** One connection on which both ends have proven that they know the key. */
export interface ControlSession {
  hear(data: Buffer, isBinary: boolean): void;
  /** Whether it came as far as it is of use. One that takes too long is given up, and the next tried later and later. */
  readonly isUp: boolean;
  /** It is over; called once, and only when it was up. */
  down(): void;
}

export interface ControlLinkOptions<Welcome extends RelayWelcome> {
  /** Where the relay listens: `http://host:port`. */
  readonly url: string;
  readonly path: string;
  /** Who proves itself to the relay, and the secret of this launch. */
  readonly name: Exclude<ControlProof, 'relay'>;
  readonly key: Buffer;
  readonly socket: Pick<ClientOptions, 'maxPayload' | 'generateMask'>;
  /** A relay that leaves so many pings unanswered is treated as gone. Counted, not timed: this process may have stood still itself. */
  readonly maxUnanswered: number;
  /** What the relay says until it has proven itself. */
  readonly greeting: z.ZodType<{ readonly kind: 'challenge'; readonly nonce: string } | Welcome, unknown>;
  /** How the proof is said. */
  proof(nonce: string, mac: string): object;
  enter(socket: WebSocket, welcome: Welcome): ControlSession;
  readonly clock: Clock;
  readonly log: Log;
}

/** A way to the relay that is kept until it is stopped. */
export interface ControlLink {
  stop(): Promise<void>;
}

const reconnect = { firstMs: 50, capMs: 1000 };
const handshakeMs = 3000;
const pingEveryMs = 750;

/** Keeps a process connected to its relay, whichever of them starts first and however often. See `control-protocol.ts` for the greeting. */
export function createControlLink<Welcome extends RelayWelcome>(options: ControlLinkOptions<Welcome>): ControlLink {
  const { name, key, maxUnanswered, greeting, proof, enter, clock, log } = options;
  const url = `${options.url.replace(/^http/, 'ws').replace(/\/+$/, '')}${options.path}`;
  const stopping = new AbortController();

  /** The relay's greeting, step by step; its welcome once it has proven itself. */
  const greetingOf = (socket: WebSocket) => {
    const ownNonce = randomBytes(24).toString('base64url');
    let relayNonce: string | null = null;
    return (text: string | null): Welcome | null => {
      const message = text === null ? null : readMessage(greeting, text);
      if (message?.kind === 'challenge' && relayNonce === null) {
        relayNonce = message.nonce;
        // A connection that is going away tells by its close event.
        socket.send(JSON.stringify(proof(ownNonce, controlMac(key, name, relayNonce, ownNonce))), () => {});
        return null;
      }
      if (message?.kind === 'welcome' && relayNonce !== null && isControlMac(message.mac, key, 'relay', relayNonce, ownNonce))
        return message;
      log.warn({}, 'what listens at the address of the relay does not know its key');
      socket.terminate();
      return null;
    };
  };

  /** One connection from its opening to its end; resolves to whether it was up meanwhile. */
  const connectOnce = async (): Promise<boolean> => {
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: handshakeMs, ...options.socket });
    const greet = greetingOf(socket);
    const startedAt = clock.monotonic();
    const over = Promise.withResolvers<void>();
    let session = null as ControlSession | null;
    let unanswered = 0;
    const stop = () => socket.terminate();
    stopping.signal.addEventListener('abort', stop);
    socket.on('error', () => {});
    socket.on('close', () => over.resolve());
    socket.on('pong', () => (unanswered = 0));
    socket.on('message', (data, isBinary) => {
      unanswered = 0;
      // A connection on its way out is not heard any more.
      if (socket.readyState !== socket.OPEN) return;
      if (session) return session.hear(data as Buffer, isBinary);
      const welcome = greet(isBinary ? null : (data as Buffer).toString());
      if (welcome) session = enter(socket, welcome);
    });

    const ended = new AbortController();
    const watching = (async () => {
      while (!ended.signal.aborted) {
        await clock.sleep(pingEveryMs, ended.signal).catch(() => {});
        const isLate = !session?.isUp && clock.monotonic() - startedAt > 2 * handshakeMs;
        if (isLate || unanswered >= maxUnanswered) socket.terminate();
        else if (socket.readyState === socket.OPEN) {
          socket.ping();
          unanswered += 1;
        }
      }
    })();
    await over.promise;
    ended.abort();
    await watching;
    stopping.signal.removeEventListener('abort', stop);
    return leave(session);
  };

  const leave = (session: ControlSession | null): boolean => {
    if (!session?.isUp) return false;
    session.down();
    return true;
  };

  const done = (async () => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const wasUp = await connectOnce();
      if (stopping.signal.aborted) break;
      if (wasUp) log.warn({}, 'relay gone');
      failures = wasUp ? 0 : failures + 1;
      await clock.sleep(backoffMs(failures, reconnect), stopping.signal).catch(() => {});
    }
  })();

  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
