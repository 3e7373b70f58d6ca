import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../../main/contract/time.ts';
import { decodeAsk, encodeRecordHead } from '../wire/fetch-record.ts';
import { refusal, type Answer } from './answer.ts';
import type { HlsDoor } from './hls-door.ts';
import type { RelayCounters } from './relay-counters.ts';

/** `/socket`: the HLS resources for a page with many pictures, over one WebSocket. Its owner calls `tick` several times a second. */
export interface SocketDoor {
  /** Takes an upgrade whose Host and Origin have been checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  tick(): void;
  readonly open: number;
  close(): void;
}

export interface SocketDoorOptions {
  readonly hls: HlsDoor;
  readonly counters: RelayCounters;
  readonly clock: Clock;
  readonly maxSockets: number;
}

const maxAskBytes = 64 * 1024;
/** A wall of a hundred tiles waits for a playlist and a part of each; what one playback may ask is bounded besides. */
const maxInFlight = 256;
/** What may wait in the socket of a page that does not read, before it is served no more. */
const maxBuffered = 8 * 1024 * 1024;
/** How long it may then stay that way. */
const stuckMs = 5000;
/** A socket shows within this that it has a right to be here: by a ticket, or by a playback that lives. */
const proveMs = 10_000;
/** A socket that got nothing useful for so long has no picture left to show. */
const uselessMs = 60_000;

const closeCode = { policy: 1008, tooSlow: 4008, unproven: 4001, useless: 4002, goingAway: 1001 } as const;

/** Serves records as described in `streams/wire/fetch-record.ts`. */
export function createSocketDoor({ hls, counters, clock, maxSockets }: SocketDoorOptions): SocketDoor {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxAskBytes, clientTracking: false });
  const sessions = new Set<PageSocket>();

  return {
    accept(request, socket, head) {
      if (sessions.size >= maxSockets) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const session = new PageSocket(webSocket, hls, counters, clock);
        sessions.add(session);
        webSocket.on('close', () => {
          sessions.delete(session);
          session.dispose();
        });
      });
    },
    tick() {
      for (const session of sessions) session.tick();
    },
    get open() {
      return sessions.size;
    },
    close() {
      for (const session of sessions) session.end(closeCode.goingAway, 'relay stops');
      server.close();
    },
  };
}

/** One page's connection. */
class PageSocket {
  readonly #socket: WebSocket;
  readonly #hls: HlsDoor;
  readonly #counters: RelayCounters;
  readonly #clock: Clock;
  readonly #openedAt: number;
  /** Asks without an answer yet, with what withdraws them. */
  readonly #inFlight = new Map<number, () => void>();
  /** Answers that wait for the page to read. They are in flight still, so there are few, and share their bytes with others. */
  #waiting: { readonly id: number; readonly answer: Answer }[] = [];
  #stuckSince: number | null = null;
  /** When something useful was last answered. */
  #usefulAt: number | null = null;

  constructor(socket: WebSocket, hls: HlsDoor, counters: RelayCounters, clock: Clock) {
    this.#socket = socket;
    this.#hls = hls;
    this.#counters = counters;
    this.#clock = clock;
    this.#openedAt = clock.monotonic();
    socket.on('message', (data, isBinary) => this.#hear(data as Buffer, isBinary));
    // What follows is the close event; a broken connection needs no more.
    socket.on('error', () => {});
  }

  #hear(data: Buffer, isBinary: boolean): void {
    // A connection on its way out is not heard any more.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const ask = isBinary ? null : decodeAsk(data.toString());
    if (!ask?.ok) return this.end(closeCode.policy, 'not an ask');
    const { id } = ask.value;
    if (ask.value.op === 'cancel') {
      this.#inFlight.get(id)?.();
      this.#inFlight.delete(id);
      this.#waiting = this.#waiting.filter((one) => one.id !== id);
      return;
    }
    if (this.#inFlight.has(id)) return this.end(closeCode.policy, 'id in use');
    if (this.#inFlight.size >= maxInFlight) {
      if (this.#socket.bufferedAmount > maxBuffered) return this.#tooSlow();
      return this.#send(id, refusal('too-many-requests', { max: maxInFlight }));
    }
    this.#inFlight.set(id, () => {});
    const withdraw = this.#hls.get(ask.value.path, (answer) => this.#answer(id, answer));
    // It may have been answered already.
    if (this.#inFlight.has(id)) this.#inFlight.set(id, withdraw);
  }

  #answer(id: number, answer: Answer): void {
    if (answer.problem === null) this.#usefulAt = this.#clock.monotonic();
    if (this.#socket.bufferedAmount > maxBuffered) {
      this.#stuckSince ??= this.#clock.monotonic();
      this.#waiting.push({ id, answer });
      return;
    }
    this.#inFlight.delete(id);
    this.#send(id, answer);
  }

  #send(id: number, answer: Answer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#counters.bytesOut += answer.body.length;
    // Two pieces of one message: the body, which many pages share, is not copied.
    this.#socket.send(encodeRecordHead({ ...answer, id }), { binary: true, fin: false });
    this.#socket.send(answer.body, { binary: true, fin: true });
  }

  tick(): void {
    const now = this.#clock.monotonic();
    if (this.#socket.bufferedAmount <= maxBuffered) {
      this.#stuckSince = null;
      while (this.#waiting.length > 0 && this.#socket.bufferedAmount <= maxBuffered) {
        const { id, answer } = this.#waiting.shift()!;
        this.#inFlight.delete(id);
        this.#send(id, answer);
      }
    } else {
      this.#stuckSince ??= now;
      if (now - this.#stuckSince >= stuckMs) return this.#tooSlow();
    }
    if (this.#usefulAt === null) {
      if (now - this.#openedAt >= proveMs) this.end(closeCode.unproven, 'no ticket');
    } else if (now - this.#usefulAt >= uselessMs) this.end(closeCode.useless, 'nothing to show');
  }

  #tooSlow(): void {
    this.#counters.slowSockets += 1;
    this.end(closeCode.tooSlow, 'does not read');
    // The close frame waits behind what is not read: nothing is to be kept for this page any longer.
    this.#socket.terminate();
  }

  end(code: number, reason: string): void {
    this.dispose();
    this.#socket.close(code, reason);
  }

  /** Withdraws everything that is asked. */
  dispose(): void {
    for (const withdraw of this.#inFlight.values()) withdraw();
    this.#inFlight.clear();
    this.#waiting = [];
  }
}
