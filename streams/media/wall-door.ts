import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../../main/contract/time.ts';
import { maxAskBytes, type SubscriptionMode } from '../wire/wall-ask.ts';
import { wallProtocol } from '../wire/wall-record.ts';
import type { RelayCore } from './relay-core.ts';
import type { TicketGate } from './ticket-gate.ts';
import { MessageBuffers } from './wall/message-buffers.ts';
import { wallClose, WallSession, type WallLine } from './wall/wall-session.ts';

/** `/socket` with the subprotocol of `streams/wire/wall-record.ts`: all pictures of one screen. Its owner calls `tick` several times a second. */
export interface WallDoor {
  /** Takes an upgrade whose Host and Origin have been checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  tick(): void;
  readonly open: number;
  /** Subscriptions of all pages, by what they are asked for. */
  subscriptions(mode: SubscriptionMode): number;
  close(): void;
}

export interface WallDoorOptions {
  readonly core: RelayCore;
  readonly tickets: TicketGate;
  readonly clock: Clock;
  readonly maxSockets: number;
}

/** Records are gathered for so long: one message a screen, not one a picture. */
const batchMs = 15;
/** Of each size: what fifty screens have under way at once. */
const buffersKept = 64;
const trimEveryMs = 10_000;
const pingEveryMs = 10_000;
/** A page that is behind is asked more often: the line, or the page? */
const pingStrainedMs = 1000;
/** Nobody is further away, whatever the line says. */
const farthestMs = 1000;
/** No sign of life for so long: the connection is dead. */
const silentMs = 25_000;

/** Whether an upgrade asks for the wall socket. */
export const asksForWall = (request: IncomingMessage): boolean =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').some((one) => one.trim() === wallProtocol);

/** Serves the wall socket: one session a connection; see `WallSession`. */
export function createWallDoor({ core, tickets, clock, maxSockets }: WallDoorOptions): WallDoor {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxAskBytes,
    clientTracking: false,
    handleProtocols: () => wallProtocol,
  });
  const pages = new Map<WebSocketLine, WallSession>();
  const buffers = new MessageBuffers(buffersKept);
  const stopping = new AbortController();
  let trimmedAt = clock.monotonic();
  let awake: WallSession[] = [];
  const isAwake = new Set<WallSession>();

  const flush = () => {
    const now = awake;
    awake = [];
    isAwake.clear();
    for (const session of now) session.flush();
  };
  const wake = (session: WallSession) => {
    if (isAwake.has(session)) return;
    isAwake.add(session);
    awake.push(session);
    if (awake.length === 1) void clock.sleep(batchMs, stopping.signal).then(flush, () => {});
  };

  return {
    accept(request, socket, head) {
      if (pages.size >= maxSockets) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const line = new WebSocketLine(webSocket, clock, buffers);
        const session: WallSession = new WallSession({ core, tickets, clock, line, buffers, onWake: () => wake(session) });
        pages.set(line, session);
        webSocket.on('message', (data: Buffer, isBinary) => {
          line.heard();
          // A connection on its way out is not heard any more.
          if (webSocket.readyState !== webSocket.OPEN) return;
          if (isBinary) session.close(wallClose.policy, 'not an ask');
          else session.hear(data.toString());
        });
        webSocket.on('close', () => {
          pages.delete(line);
          session.dispose();
        });
      });
    },
    tick() {
      for (const [line, session] of pages) {
        session.tick();
        line.tick(session.strain !== 'none');
      }
      if (clock.monotonic() - trimmedAt < trimEveryMs) return;
      trimmedAt = clock.monotonic();
      buffers.trim();
    },
    get open() {
      return pages.size;
    },
    subscriptions(mode) {
      let count = 0;
      for (const session of pages.values()) count += session.count(mode);
      return count;
    },
    close() {
      stopping.abort();
      for (const session of pages.values()) session.close(wallClose.goingAway, 'relay stops');
      server.close();
    },
  };
}

/** A session's connection, with its signs of life. */
class WebSocketLine implements WallLine {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #buffers: MessageBuffers;
  #heardAt: number;
  #pingedAt: number;
  #isPinging = false;
  #delayMs = 0;
  #leastDelayMs: number | null = null;

  constructor(socket: WebSocket, clock: Clock, buffers: MessageBuffers) {
    this.#socket = socket;
    this.#buffers = buffers;
    this.#clock = clock;
    this.#heardAt = clock.monotonic();
    // The first ping goes out at once: how far away the page is shows best before there are pictures on the line.
    this.#pingedAt = Number.NEGATIVE_INFINITY;
    socket.on('pong', () => this.#pong());
    // What follows is the close event; a broken connection needs no more.
    socket.on('error', () => {});
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get delayMs(): number {
    return this.#isPinging ? Math.max(this.#delayMs, this.#clock.monotonic() - this.#pingedAt) : this.#delayMs;
  }

  get leastDelayMs(): number {
    return this.#leastDelayMs ?? 0;
  }

  send(message: Buffer, bytes: number): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return this.#buffers.giveBack(message);
    // Called when the system has taken the bytes; after an error nobody can tell who still reads them.
    this.#socket.send(message.subarray(0, bytes), sendOptions, (error) => {
      if (!error) this.#buffers.giveBack(message);
    });
  }

  end(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  cut(): void {
    this.#socket.terminate();
  }

  heard(): void {
    this.#heardAt = this.#clock.monotonic();
  }

  /** Pings when it is time; a line without a sign of life is cut. */
  tick(isStrained: boolean): void {
    const now = this.#clock.monotonic();
    if (now - this.#heardAt >= silentMs) return this.cut();
    if (this.#isPinging || now - this.#pingedAt < (isStrained ? pingStrainedMs : pingEveryMs)) return;
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#isPinging = true;
    this.#pingedAt = now;
    this.#socket.ping();
  }

  #pong(): void {
    this.heard();
    // Pages may send pongs that nobody asked for.
    if (!this.#isPinging) return;
    this.#isPinging = false;
    this.#delayMs = this.#clock.monotonic() - this.#pingedAt;
    this.#leastDelayMs = Math.min(this.#leastDelayMs ?? farthestMs, this.#delayMs);
  }
}

const sendOptions = { binary: true, fin: true } as const;
