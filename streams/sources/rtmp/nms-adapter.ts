import logger from 'node-media-server/src/core/logger.js';
import Rtmp from 'node-media-server/src/protocol/rtmp.js';
import type { FlvMessage } from '../../protocols/flv/flv-stream.ts';

/**
 * node-media-server's RTMP: handshake, chunk stream, AMF commands and their answers. Its server around that is left out, for what it does
 * there is what an ingest must not do: it ends the process when a port is busy, cannot take any free port, parks a lost publisher for 30 s,
 * keeps two copies of every GOP, opens a store, and cannot refuse a publisher before having said yes. What is mended here of its protocol
 * is said where it is done.
 */

// It writes every line to standard output, names of streams included.
logger.log = () => {};

/** Why a connection is not worth listening to any longer. */
export type RtmpFault = 'not-rtmp' | 'malformed' | 'message-too-long' | 'too-many-chunk-streams';

/** Thrown by `RtmpEngine.receive`; the connection is to be closed. */
export class RtmpError extends Error {
  override readonly name = 'RtmpError';
  readonly fault: RtmpFault;
  constructor(fault: RtmpFault) {
    super(fault);
    this.fault = fault;
  }
}

export interface RtmpEvents {
  /** Bytes for the peer. */
  output(bytes: Uint8Array): void;
  /** The peer wants to publish; `accept` or `refuse` answers. */
  publish(app: string, name: string): void;
  /** The peer wants to play. */
  play(): void;
  /** The peer ends its stream, though not its connection. */
  deleteStream(): void;
  /** A picture or sound. `body` is the engine's: valid only during the call. */
  media(message: FlvMessage): void;
}

/** The longest picture, in bytes. */
export const maxMediaBytes = 4 * 1024 * 1024;
/** Commands and metadata are short. */
const maxOtherBytes = 64 * 1024;
/** Each chunk stream keeps the buffer of its longest message; this for all of one connection. */
const maxBufferedBytes = 8 * 1024 * 1024;
const maxChunkStreams = 32;
const maxChunkSize = 0x00ff_ffff;

/** RTMP message types (Adobe RTMP 1.0 clauses 5.4, 7.1). */
const messageType = { setChunkSize: 1, windowAckSize: 5, peerBandwidth: 6, audio: 8, video: 9 } as const;
/** C0 (clause 5.2.2): the version; 6 would be encrypted. */
const rtmpVersion = 3;

/** One connection's RTMP, bytes in, events out. Holds no socket and no timer. */
export class RtmpEngine {
  readonly #rtmp = new Rtmp();
  readonly #events: RtmpEvents;
  /** Lengths that messages under way announced when they began. */
  readonly #announced = new WeakMap<object, number>();
  #begun = false;
  #app: string | undefined;
  #name = '';
  #received = 0;
  #acknowledged = 0;
  #buffered = 0;
  /** Something of ours that failed while the library called it: not the peer's fault. */
  #ownFailure: { readonly error: unknown } | null = null;

  constructor(events: RtmpEvents) {
    this.#events = events;
    const rtmp = this.#rtmp;
    rtmp.flv = null;
    rtmp.onOutputCallback = (bytes) => this.#own(() => events.output(bytes));
    rtmp.onConnectCallback = ({ app, name }) => {
      this.#app = app;
      this.#name = name;
    };
    rtmp.onPushCallback = () => this.#own(() => events.publish(this.#app ?? '', this.#name));
    rtmp.onPlayCallback = () => this.#own(() => events.play());
    rtmp.onDeleteStream = () => this.#own(() => events.deleteStream());
    // It says yes before anybody could say no: the answer waits for `accept`.
    rtmp.respondPublish = () => {};
    rtmp.respondPlay = () => {};
    rtmp.packetParse = () => {
      Rtmp.prototype.packetParse.call(rtmp);
      this.#checkHeader();
    };
    rtmp.packetAlloc = () => {
      this.#beginMessage();
      Rtmp.prototype.packetAlloc.call(rtmp);
    };
    rtmp.controlHandler = () => this.#control();
    rtmp.dataHandler = () => this.#data();
  }

  /** Takes what came from the peer. Throws `RtmpError` when that makes no sense. */
  receive(bytes: Buffer): void {
    if (!this.#begun && bytes.length > 0) {
      if (bytes[0] !== rtmpVersion) throw new RtmpError('not-rtmp');
      this.#begun = true;
    }
    this.#received += bytes.length;
    let complaint: string | null;
    try {
      complaint = this.#rtmp.parserData(bytes);
    } catch (error) {
      // The library throws whatever its reading beyond an end makes: AMF cut short, a tcUrl that is none, a name that is missing.
      if (this.#ownFailure) throw this.#ownFailure.error;
      throw error instanceof RtmpError ? error : new RtmpError('malformed');
    }
    if (this.#ownFailure) throw this.#ownFailure.error;
    if (complaint !== null) throw new RtmpError('malformed');
    this.#acknowledge();
  }

  /** Lets the peer publish (NetStream.Publish.Start). */
  accept(): void {
    Rtmp.prototype.respondPublish.call(this.#rtmp);
  }

  /** Tells the peer that it may not. */
  refuse(what: 'publish' | 'play'): void {
    const code = what === 'publish' ? 'NetStream.Publish.BadName' : 'NetStream.Play.Failed';
    this.#rtmp.sendStatusMessage(this.#rtmp.streamId ?? 0, 'error', code, 'refused');
  }

  /** After the header of a chunk, before its payload. */
  #checkHeader(): void {
    const { parserPacket: chunk, inPackets } = this.#rtmp;
    if (inPackets.size > maxChunkStreams) throw new RtmpError('too-many-chunk-streams');
    // A header in the middle of a message that changes its length makes the library write beyond its buffer, or read backwards.
    if (chunk.bytes > 0 && chunk.header.length !== this.#announced.get(chunk)) throw new RtmpError('malformed');
  }

  /** A message begins: its buffer is about to be made. */
  #beginMessage(): void {
    const { parserPacket: chunk } = this.#rtmp;
    const { type, length } = chunk.header;
    const isMedia = type === messageType.video || type === messageType.audio;
    if (length > (isMedia ? maxMediaBytes : maxOtherBytes)) throw new RtmpError('message-too-long');
    if (length > chunk.capacity) {
      this.#buffered += length - chunk.capacity;
      if (this.#buffered > maxBufferedBytes) throw new RtmpError('message-too-long');
    }
    this.#announced.set(chunk, length);
    // Time stamps count modulo 2^32 (clause 5.3.1.3); the library drops every message from the 50th day on.
    chunk.clock %= 2 ** 32;
  }

  #control(): void {
    const { type, length } = this.#rtmp.parserPacket.header;
    const isNumber = type === messageType.setChunkSize || type === messageType.windowAckSize || type === messageType.peerBandwidth;
    if (isNumber && length < 4) throw new RtmpError('malformed');
    Rtmp.prototype.controlHandler.call(this.#rtmp);
    if (type !== messageType.setChunkSize) return;
    if (this.#rtmp.inChunkSize < 1 || this.#rtmp.inChunkSize > 0x7fff_ffff) throw new RtmpError('malformed');
    this.#rtmp.inChunkSize = Math.min(this.#rtmp.inChunkSize, maxChunkSize);
  }

  /** Its own reader of tags takes composition times for unsigned, and looks at bytes of the message before; so it is not asked. */
  #data(): void {
    const { header, clock, payload } = this.#rtmp.parserPacket;
    const type = header.type === messageType.video ? 'video' : header.type === messageType.audio ? 'audio' : null;
    if (type === null) return;
    this.#own(() => this.#events.media({ type, timestampMs: clock, body: payload.subarray(0, header.length) }));
  }

  /** Clause 5.4.3: the library never does; encoders that wait for it stop sending. */
  #acknowledge(): void {
    const { ackSize } = this.#rtmp;
    if (ackSize === undefined || ackSize < 1 || this.#received - this.#acknowledged < ackSize) return;
    this.#acknowledged = this.#received;
    this.#rtmp.sendACK(this.#received % 2 ** 32);
  }

  #own(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#ownFailure = { error };
      throw error;
    }
  }
}
