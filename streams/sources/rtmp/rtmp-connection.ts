import type { Socket } from 'node:net';
import type { Clock } from '../../../main/contract/time.ts';
import type { FlvMessage } from '../../protocols/flv/flv-stream.ts';
import { RtmpEngine, RtmpError, type RtmpFault } from './nms-adapter.ts';

/** Why a connection ended. `closed`: the peer did it, or its line broke. */
export type ConnectionEnd =
  | RtmpFault
  | 'closed'
  | 'ended-stream'
  | 'wants-to-play'
  | 'publishes-twice'
  | 'not-ready'
  | 'idle'
  | 'does-not-read'
  | 'refused'
  | 'stopped';

export interface RtmpConnectionEvents {
  /** It asks to publish; `accept` or `refuse` answers. */
  publish(app: string, name: string): void;
  /** `message.body` is valid only during the call. */
  media(message: FlvMessage): void;
  /** Called once, at once: nothing is heard of the connection afterwards. */
  ended(why: ConnectionEnd): void;
}

/** From the first byte to the wish to publish, however slowly it drips. */
const openMs = 10_000;
/** A publisher that sends no picture and no sound for so long is gone; bytes that make none do not count. */
const idleMs = 10_000;
/** Answers are tiny: whoever leaves so many unread does not read. */
const maxUnreadBytes = 64 * 1024;
/** How long a refusal may take on its way out. */
const farewellMs = 1000;

/** One connection of a camera: its socket, its RTMP, its deadlines. Its owner calls `tick` several times a second. */
export class RtmpConnection {
  readonly address: string;
  readonly #socket: Socket;
  readonly #engine: RtmpEngine;
  readonly #events: RtmpConnectionEvents;
  readonly #clock: Clock;
  readonly #since: number;
  #mediaAt: number | null = null;
  #ended = false;

  constructor(socket: Socket, events: RtmpConnectionEvents, clock: Clock) {
    this.#socket = socket;
    this.#events = events;
    this.#clock = clock;
    this.#since = clock.monotonic();
    // A listener on both families shows IPv4 addresses mapped (RFC 4291 clause 2.5.5.2).
    this.address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown';
    this.#engine = new RtmpEngine({
      output: (bytes) => this.#write(bytes),
      publish: (app, name) => this.#publish(app, name),
      media: (message) => this.#media(message),
      play: () => {
        this.#engine.refuse('play');
        this.end('wants-to-play');
      },
      deleteStream: () => this.end('ended-stream'),
    });
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#receive(bytes as Buffer));
    // The other side has closed, or was killed: a camera that pushes has nothing more to say.
    socket.on('end', () => this.end('closed'));
    socket.on('close', () => this.end('closed'));
    socket.on('error', () => {});
  }

  /** It asked to publish. */
  get hasPublished(): boolean {
    return this.#mediaAt !== null;
  }

  /** How long nothing has come that could be shown, in milliseconds; since its wish to publish when nothing ever came. */
  get silentMs(): number {
    return this.#clock.monotonic() - (this.#mediaAt ?? this.#since);
  }

  /** Lets it publish. */
  accept(): void {
    if (!this.#ended) this.#engine.accept();
  }

  /** Says no, and ends it. */
  refuse(): void {
    if (this.#ended) return;
    this.#engine.refuse('publish');
    this.end('refused');
  }

  /** Does what is due. */
  tick(): void {
    const allowedMs = this.#mediaAt === null ? openMs : idleMs;
    if (this.silentMs > allowedMs) this.end(this.#mediaAt === null ? 'not-ready' : 'idle');
  }

  end(why: ConnectionEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    if (why === 'refused' || why === 'wants-to-play') {
      // The peer is to read why, if it takes that soon.
      this.#socket.end(() => this.#socket.destroy());
      setTimeout(() => this.#socket.destroy(), farewellMs).unref();
    } else this.#socket.destroy();
    this.#events.ended(why);
  }

  #receive(bytes: Buffer): void {
    if (this.#ended) return;
    try {
      this.#engine.receive(bytes);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.end(error.fault);
    }
  }

  #publish(app: string, name: string): void {
    if (this.#ended) return;
    if (this.#mediaAt !== null) return this.end('publishes-twice');
    this.#mediaAt = this.#clock.monotonic();
    this.#events.publish(app, name);
  }

  #media(message: FlvMessage): void {
    if (this.#ended || this.#mediaAt === null) return;
    this.#mediaAt = this.#clock.monotonic();
    this.#events.media(message);
  }

  #write(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > maxUnreadBytes) this.end('does-not-read');
  }
}
