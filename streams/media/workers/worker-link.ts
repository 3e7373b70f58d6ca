import { WebSocket } from 'ws';
import type { Log } from '../../../main/contract/log.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { AccessUnit } from '../../contract.ts';
import { createControlLink, type ControlSession } from '../control-link.ts';
import { readMessage } from '../control-protocol.ts';
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

/** Keeps a worker connected to its relay. See `worker-protocol.ts` for what is said. */
export function createWorkerLink(options: WorkerLinkOptions): WorkerLink {
  const { name, handlers, clock, log } = options;
  let connection: Connection | null = null;
  let droppedBefore = 0;

  const say = (socket: WebSocket, message: FromWorker) => {
    if (socket.bufferedAmount > maxBuffered) socket.terminate();
    // A connection that is going away tells by its close event.
    else socket.send(JSON.stringify(message), () => {});
  };

  const enter = (socket: WebSocket): ControlSession => {
    const entered: Connection = { socket, sender: new UnitSender(socket, maxBufferedUnits) };
    connection = entered;
    say(socket, { kind: 'hello', ...handlers.hello() });
    handlers.up?.();
    return { hear: (data, isBinary) => hear(socket, data, isBinary), isUp: true, down: () => leave(entered) };
  };

  const hear = (socket: WebSocket, data: Buffer, isBinary: boolean) => {
    const record = isBinary ? decodeUnit(data) : null;
    if (record?.ok) return handlers.unit?.(record.value.stream, record.value.unit);
    const message = isBinary ? null : readMessage(toWorker, data.toString());
    if (message) return handlers.hear(message);
    log.warn({}, 'the relay says what this worker does not understand');
    socket.terminate();
  };

  const leave = (left: Connection) => {
    connection = null;
    droppedBefore += left.sender.dropped;
    handlers.down();
  };

  const link = createControlLink({
    url: options.url,
    path: workerPath,
    name,
    key: Buffer.from(options.key, 'base64'),
    socket: { maxPayload: Math.max(maxRecordBytes, maxWorkerTextBytes), generateMask: noMask },
    maxUnanswered,
    greeting: greetingToWorker,
    proof: (nonce, mac) => ({ kind: 'proof', name, nonce, mac }) satisfies WorkerProof,
    enter,
    clock,
    log,
  });

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
    stop: () => link.stop(),
  };
}
