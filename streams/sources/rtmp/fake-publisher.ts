import { connect, type Socket } from 'node:net';
import { encodeAudioTag, type FlvAudioContent } from '../../protocols/flv/audio-tag.ts';
import { encodeVideoTag, type FlvVideoContent } from '../../protocols/flv/video-tag.ts';

/** RTMP message types (Adobe RTMP 1.0 clause 7.1) and the chunk streams that this end puts them on. */
const message = { setChunkSize: 1, audio: 8, video: 9, command: 20 } as const;
const chunkStream = { control: 2, command: 3, audio: 4, video: 6 } as const;
const handshakeBytes = 1536;

type Amf = string | number | boolean | null | { readonly [key: string]: string | number };

/**
 * A camera that pushes over RTMP, the other half of the protocol: for tests, faults and load. It sends pictures whether or not it was let.
 */
export class FakePublisher {
  readonly #socket: Socket;
  readonly #chunkSize: number;
  #received = Buffer.alloc(0);
  #heard: (() => void)[] = [];
  #transaction = 0;
  #isClosed = false;
  /** Resolves when the connection is closed, whoever did it. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket, chunkSize: number) {
    this.#socket = socket;
    this.#chunkSize = chunkSize;
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
  }

  /** Opens the connection and does nothing else. */
  static async open(port: number, { chunkSize = 4096 }: { chunkSize?: number } = {}): Promise<FakePublisher> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new FakePublisher(socket, chunkSize);
  }

  /** Opens a connection, shakes hands and connects to `app`. */
  static async connect(
    port: number,
    { app = 'live', chunkSize = 4096 }: { app?: string; chunkSize?: number } = {},
  ): Promise<FakePublisher> {
    const publisher = await FakePublisher.open(port, { chunkSize });
    await publisher.shakeHands();
    const size = Buffer.alloc(4);
    size.writeUInt32BE(chunkSize);
    publisher.send(message.setChunkSize, 0, size);
    publisher.command('connect', { app, type: 'nonprivate', tcUrl: `rtmp://127.0.0.1:${port}/${app}` });
    await publisher.until('NetConnection.Connect.Success');
    return publisher;
  }

  /** C0, C1, C2 (clause 5.2). */
  async shakeHands(): Promise<void> {
    this.write(Buffer.concat([Buffer.of(3), Buffer.alloc(handshakeBytes)]));
    while (this.#received.length < 1 + 2 * handshakeBytes) await this.#more();
    this.#received = this.#received.subarray(1 + 2 * handshakeBytes);
    this.write(Buffer.alloc(handshakeBytes));
  }

  /** Asks to publish; answers the status code that comes, or `closed`. */
  async publish(key: string): Promise<string> {
    this.askToPublish(key);
    return this.until('NetStream.Publish.Start', 'NetStream.Publish.BadName');
  }

  /** Asks to publish and waits for no answer. */
  askToPublish(key: string): void {
    this.command('createStream', null);
    this.command('publish', null, key, 'live');
  }

  /** Asks to play; answers the status code that comes, or `closed`. */
  async play(key: string): Promise<string> {
    this.command('createStream', null);
    this.command('play', null, key);
    return this.until('NetStream.Play.Start', 'NetStream.Play.Failed');
  }

  /** Resolves when everything sent so far has been read on the other side. */
  async settled(): Promise<void> {
    const before = this.#results();
    this.command('createStream', null);
    while (this.#results() === before) await this.#more();
  }

  command(name: string, ...args: readonly Amf[]): void {
    this.#transaction += 1;
    this.send(message.command, 0, Buffer.concat([name, this.#transaction, ...args].map(amf0)));
  }

  video(timestampMs: number, tag: FlvVideoContent): void {
    this.send(message.video, timestampMs, encodeVideoTag(tag));
  }

  audio(timestampMs: number, tag: FlvAudioContent): void {
    this.send(message.audio, timestampMs, encodeAudioTag(tag));
  }

  /** Sends one message in chunks: the first with a full header, the rest without (clause 5.3.1). */
  send(type: number, timestampMs: number, body: Uint8Array): void {
    const stream =
      type === message.audio
        ? chunkStream.audio
        : type === message.video
          ? chunkStream.video
          : type === message.command
            ? chunkStream.command
            : chunkStream.control;
    const isExtended = timestampMs >= 0xff_ffff;
    const extended = Buffer.alloc(isExtended ? 4 : 0);
    if (isExtended) extended.writeUInt32BE(timestampMs);
    const parts: Uint8Array[] = [];
    for (let at = 0; at === 0 || at < body.length; at += this.#chunkSize) {
      parts.push(at === 0 ? header(stream, isExtended ? 0xff_ffff : timestampMs, body.length, type) : Buffer.of(0xc0 | stream), extended);
      parts.push(body.subarray(at, at + this.#chunkSize));
    }
    this.write(Buffer.concat(parts));
  }

  /** Sends bytes as they are. */
  write(bytes: Uint8Array): void {
    if (!this.#isClosed) this.#socket.write(bytes);
  }

  /** Stops reading, so that what it is told piles up. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Ends like a killed process: the line is reset. */
  kill(): void {
    this.#socket.resetAndDestroy();
  }

  /** The first of these texts that is heard; `closed` when the connection ends before. */
  async until(...texts: readonly string[]): Promise<string> {
    for (;;) {
      const found = texts.find((text) => this.#received.includes(text));
      if (found !== undefined) return found;
      if (this.#isClosed) return 'closed';
      await this.#more();
    }
  }

  #results(): number {
    return this.#received.toString('latin1').split('_result').length;
  }

  async #more(): Promise<void> {
    if (this.#isClosed) throw new Error('the connection was closed');
    await new Promise<void>((resolve) => this.#heard.push(resolve));
  }

  #wake(): void {
    const waiting = this.#heard;
    this.#heard = [];
    for (const wake of waiting) wake();
  }
}

/** A chunk's basic header and message header of type 0 (clauses 5.3.1.1 and 5.3.1.2.1), message stream 1. */
function header(stream: number, timestampMs: number, length: number, type: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes[0] = stream;
  bytes.writeUIntBE(timestampMs, 1, 3);
  bytes.writeUIntBE(length, 4, 3);
  bytes[7] = type;
  bytes.writeUInt32LE(stream === chunkStream.control ? 0 : 1, 8);
  return bytes;
}

/** AMF0 (Adobe AMF 0 clause 2): number, boolean, string, object, null. */
function amf0(value: Amf): Buffer {
  if (value === null) return Buffer.of(5);
  if (typeof value === 'boolean') return Buffer.of(1, value ? 1 : 0);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === 'string') return Buffer.concat([Buffer.of(2), shortText(value)]);
  const fields = Object.entries(value).flatMap(([key, field]) => [shortText(key), amf0(field)]);
  return Buffer.concat([Buffer.of(3), ...fields, Buffer.of(0, 0, 9)]);
}

function shortText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}
