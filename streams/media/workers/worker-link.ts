import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Log } from '../../../main/contract/log.ts';
import type { Clock } from '../../../main/contract/time.ts';
import { backoffMs } from '../../../main/supervision/backoff.ts';
import type { AccessUnit } from '../../contract.ts';
import { controlMac, isControlMac, readMessage } from '../control-protocol.ts';
import { decodeUnit, maxRecordBytes } from './unit-record.ts';
import { UnitSender } from './unit-sender.ts';
import {
  greetingToWorker,
  maxWorkerTextBytes,
  toWorker,
  workerPath,
  type FromWorker,
  type ToWorker,
  type WorkerName,
  type WorkerProof,
} from './worker-protocol.ts';

/** What a worker does with its link. */
export interface WorkerHandlers {
  /** What it can do now: said at the beginning of every connection. */
  hello(): Omit<Extract<FromWorker, { kind: 'hello' }>, 'kind'>;
  /** The relay is reached (again), and has heard the hello. */
  up?(): void;
  /** Nothing that the relay asked for before counts any more. */
  down(): void;
  hear(message: ToWorker): void;
  /** A unit that the relay sends on a stream; of a stream that is over it is none of our business. */
  unit?(stream: number, unit: AccessUnit): void;
}

/** A worker's way to the relay. What is told while it is down is lost. */
export interface WorkerLink {
  tell(message: FromWorker): void;
  /**
   * Sends a unit of a stream that the relay opened; false when it was left out, because too much waits to go out: then so is all of
   * that stream up to its next key picture.
   */
  unit(stream: number, unit: AccessUnit): boolean;
  /** What is left out of a stream that is over need not be remembered. Call it when a stream ended. */
  forget(stream: number): void;
  readonly isUp: boolean;
  /** Units left out since the start. */
  readonly droppedUnits: number;
  stop(): Promise<void>;
}

export interface WorkerLinkOptions {
  readonly name: WorkerName;
  /** Where the relay listens: `http://host:port`. */
  readonly url: string;
  /** The secret of this launch, base64. */
  readonly key: string;
  readonly handlers: WorkerHandlers;
  readonly clock: Clock;
  readonly log: Log;
}

const reconnect = { firstMs: 50, capMs: 1000 };
const handshakeMs = 3000;
const pingEveryMs = 750;
/** A relay that leaves so many pings unanswered is treated as gone. Counted, not timed: this process may have stood still itself. */
const maxUnanswered = 6;
/** Units that wait to go out; more, and pictures are left out. */
const maxBufferedUnits = 16 * 1024 * 1024;
/** Texts that wait as well; more, and the connection is given up. */
const maxBuffered = 2 * maxBufferedUnits;
/** Masks protect proxies from pages; between two of our own processes they would only cost time. Zeros mean: unchanged. */
const noMask = (mask: Buffer): void => void mask.fill(0);

/** One connection that has been let in. */
interface Connection {
  readonly socket: WebSocket;
  readonly sender: UnitSender;
}

/** Keeps a worker connected to its relay, whichever of them starts first and however often. See `worker-protocol.ts` for what is said. */
export function createWorkerLink(options: WorkerLinkOptions): WorkerLink {
  const { name, handlers, clock, log } = options;
  const key = Buffer.from(options.key, 'base64');
  const url = `${options.url.replace(/^http/, 'ws').replace(/\/+$/, '')}${workerPath}`;
  const stopping = new AbortController();
  let connection: Connection | null = null;
  let droppedBefore = 0;

  const say = (socket: WebSocket, message: FromWorker | WorkerProof) => {
    if (socket.bufferedAmount > maxBuffered) socket.terminate();
    // A connection that is going away tells by its close event.
    else socket.send(JSON.stringify(message), () => {});
  };

  /** The relay's greeting, step by step; true once it is over. */
  const greetingOf = (socket: WebSocket, workerNonce: string) => {
    let relayNonce: string | null = null;
    return (text: string): boolean => {
      const message = readMessage(greetingToWorker, text);
      if (message?.kind === 'challenge' && relayNonce === null) {
        relayNonce = message.nonce;
        say(socket, { kind: 'proof', name, nonce: workerNonce, mac: controlMac(key, name, relayNonce, workerNonce) });
        return false;
      }
      if (message?.kind === 'welcome' && relayNonce !== null && isControlMac(message.mac, key, 'relay', relayNonce, workerNonce))
        return true;
      log.warn({}, 'what listens at the address of the relay does not know its key');
      socket.terminate();
      return false;
    };
  };

  const enter = (socket: WebSocket): Connection => {
    const entered: Connection = { socket, sender: new UnitSender(socket, maxBufferedUnits) };
    connection = entered;
    say(socket, { kind: 'hello', ...handlers.hello() });
    handlers.up?.();
    return entered;
  };

  const hear = (socket: WebSocket, data: Buffer, isBinary: boolean) => {
    const record = isBinary ? decodeUnit(data) : null;
    if (record?.ok) return handlers.unit?.(record.value.stream, record.value.unit);
    const message = isBinary ? null : readMessage(toWorker, data.toString());
    if (message) return handlers.hear(message);
    log.warn({}, 'the relay says what this worker does not understand');
    socket.terminate();
  };

  /** One connection from its opening to its end; resolves to whether it was let in. */
  const connectOnce = async (): Promise<boolean> => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: Math.max(maxRecordBytes, maxWorkerTextBytes),
      handshakeTimeout: handshakeMs,
      generateMask: noMask,
    });
    const greet = greetingOf(socket, randomBytes(24).toString('base64url'));
    const startedAt = clock.monotonic();
    const over = Promise.withResolvers<void>();
    let mine: Connection | null = null;
    let unanswered = 0;
    const stop = () => socket.terminate();
    stopping.signal.addEventListener('abort', stop);
    socket.on('error', () => {});
    socket.on('close', () => over.resolve());
    socket.on('pong', () => (unanswered = 0));
    socket.on('message', (data, isBinary) => {
      unanswered = 0;
      if (socket.readyState !== socket.OPEN) return;
      if (mine) hear(socket, data as Buffer, isBinary);
      else if (isBinary) socket.terminate();
      else if (greet((data as Buffer).toString())) mine = enter(socket);
    });

    const ended = new AbortController();
    const watching = (async () => {
      while (!ended.signal.aborted) {
        await clock.sleep(pingEveryMs, ended.signal).catch(() => {});
        const isLate = mine === null && clock.monotonic() - startedAt > 2 * handshakeMs;
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
    return leave(mine);
  };

  const leave = (left: Connection | null): boolean => {
    if (left === null) return false;
    connection = null;
    droppedBefore += left.sender.dropped;
    handlers.down();
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
    tell(message) {
      if (connection?.socket.readyState === WebSocket.OPEN) say(connection.socket, message);
    },
    unit(stream, unit) {
      return connection?.socket.readyState === WebSocket.OPEN && connection.sender.send(stream, unit);
    },
    forget: (stream) => connection?.sender.forget(stream),
    get isUp() {
      return connection !== null;
    },
    get droppedUnits() {
      return droppedBefore + (connection?.sender.dropped ?? 0);
    },
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
