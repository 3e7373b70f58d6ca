import type { StreamConfig } from '../../../streams/wire/wall-ask.ts';
import { recordFlag, type WallRecord } from '../../../streams/wire/wall-record.ts';

/** The part of a VideoDecoder that is used here. */
export type DecoderLike = Pick<VideoDecoder, 'state' | 'decodeQueueSize' | 'configure' | 'decode' | 'reset' | 'close' | 'ondequeue'>;

/** What a tile's decoder needs from outside; the browser's own, unless a test says otherwise. */
export interface DecoderPorts {
  create(init: VideoDecoderInit): DecoderLike;
  chunk(init: EncodedVideoChunkInit): EncodedVideoChunk;
}

/** The browser's decoders. */
export const browserDecoders: DecoderPorts = {
  create: (init) => new VideoDecoder(init),
  chunk: (init) => new EncodedVideoChunk(init),
};

export interface TileDecoderOptions {
  readonly ports: DecoderPorts;
  /** Whether large pictures may be asked of the machine's own decoder. */
  readonly hardware: boolean;
  now(): number;
  /**
   * A picture to be shown; whoever takes it closes it. `receivedAtUs` and `arrivedAt` are those of the record it came from;
   * null when it cannot be told.
   */
  onPicture(picture: VideoFrame, receivedAtUs: number | null, arrivedAt: number | null): void;
  /** There is room for another picture. */
  onRoom(): void;
  /** It broke or hung and begins anew: it needs a key picture. */
  onAnew(): void;
  /** Nobody here decodes this codec. Called once; it is closed. */
  onUnsupported(): void;
}

/** Pictures in the decoder's own queue: as few as keep it busy, so that what waits can still be left out. */
const maxQueued = 2;
/** Pictures under way whose times are remembered; a decoder holds back 16 at most (Rec. ITU-T H.264 clause A.3.1, MaxDpbFrames). */
const remembered = 64;
/** Lines from which the machine's own decoder is worth its session; browsers decode smaller ones in software by themselves. */
const hardwareFromLines = 720;
/** A decoder that has taken this many pictures, all of them, and given none for so long hangs. Software; the machine's own. */
const silentPictures = 3;
const silentAfterMs = 1_500;
const silentHardwareAfterMs = 1_000;
/** One that does not even take them is most likely waiting for its turn; but not for ever. */
const stuckAfterMs = 4_000;
/** Whoever looks after it comes several times a second. If it was this long, everything here stood still, and pictures may wait to be taken. */
const stoodStillMs = 1_000;
/** Between two new decoders for a stream that breaks them: at once at first, then doubled from the first wait to the longest. */
const firstWaitMs = 250;
const longestWaitMs = 5_000;
/** After so many pictures a decoder counts as good again. */
const goodAfterPictures = 30;

/** One tile's decoder: feeds it, watches it, and makes a new one when it breaks or hangs. Nothing of it is asynchronous but the pictures. */
export class TileDecoder {
  /** Decoders that had to be made anew or reset. */
  rebuilt = 0;
  /** Megapixels that came out of it since it was made. */
  megapixels = 0;
  readonly #options: TileDecoderOptions;
  #decoder: DecoderLike | null = null;
  #config: StreamConfig | null = null;
  #closed = false;
  #softwareOnly = false;
  #strikes = 0;
  #failures = 0;
  #picturesSinceFailure = 0;
  #retryAt = 0;
  /** The number that goes through the decoder as time stamp: times of the stream may repeat or jump, and a decoder only hands them on. */
  #ordinal = 0;
  #latestOut = -1;
  #fedSinceOutput = 0;
  #silentSince = 0;
  #lookedAfterAt = Number.POSITIVE_INFINITY;
  readonly #receivedAtUs = new Float64Array(remembered);
  readonly #arrivedAt = new Float64Array(remembered);
  readonly #isHidden = new Uint8Array(remembered);

  constructor(options: TileDecoderOptions) {
    this.#options = options;
  }

  /** Whether a decoder exists now. */
  get isOpen(): boolean {
    return this.#decoder !== null;
  }

  /** Whether it takes another picture now. While it cannot for lack of a decoder (`isWaiting`) pictures are in vain. */
  get hasRoom(): boolean {
    return this.#decoder !== null && this.#decoder.decodeQueueSize < maxQueued;
  }

  /** It broke and is made anew later; or nothing was configured. */
  get isWaiting(): boolean {
    return this.#decoder === null;
  }

  /** For how long the oldest picture that the decoder has not taken up yet has been here; 0 when it waits for more. */
  lagMs(now: number): number {
    if (this.#decoder === null || this.#decoder.decodeQueueSize === 0 || this.#latestOut + 1 >= this.#ordinal) return 0;
    const oldest = Math.max(this.#latestOut + 1, this.#ordinal - remembered);
    return now - this.#arrivedAt[oldest % remembered]!;
  }

  /** How the pictures from here on are coded; null: they cannot be decoded. */
  configure(config: StreamConfig | null): void {
    if (this.#closed) return;
    const before = this.#config;
    const wanted = this.#wantsHardware;
    this.#config = config;
    // Another size alone is no other decoder: it reads that from the stream.
    if (this.#decoder !== null && before?.video === config?.video && wanted === this.#wantsHardware) return;
    this.#softwareOnly = false;
    this.#strikes = 0;
    this.#drop();
    if (config !== null && config.video !== null && this.#options.now() >= this.#retryAt) this.#make();
  }

  /** Feeds one picture; there must be room. It is not read after this returns. */
  decode(record: WallRecord, arrivedAt: number): void {
    const decoder = this.#decoder;
    if (decoder === null) return;
    const slot = this.#ordinal % remembered;
    this.#receivedAtUs[slot] = record.receivedAtUs;
    this.#arrivedAt[slot] = arrivedAt;
    this.#isHidden[slot] = (record.flags & recordFlag.catchUp) !== 0 && (record.flags & recordFlag.burstEnd) === 0 ? 1 : 0;
    if (this.#fedSinceOutput === 0) this.#silentSince = this.#options.now();
    this.#fedSinceOutput += 1;
    try {
      decoder.decode(
        this.#options.ports.chunk({
          type: (record.flags & recordFlag.key) === 0 ? 'delta' : 'key',
          timestamp: this.#ordinal,
          data: record.payload as Uint8Array<ArrayBuffer>,
        }),
      );
      this.#ordinal += 1;
    } catch {
      // Not a key picture although it says so, or an empty one: the decoder lives on, but wants one.
      this.#broken(decoder);
    }
  }

  /** Looks after it, several times a second. */
  tick(): void {
    const now = this.#options.now();
    if (now - this.#lookedAfterAt > stoodStillMs) this.#silentSince = now;
    this.#lookedAfterAt = now;
    const decoder = this.#decoder;
    if (decoder === null) {
      if (this.#config?.video && !this.#closed && now >= this.#retryAt) this.#make();
      return;
    }
    if (this.#fedSinceOutput < silentPictures) return;
    const silentMs = now - this.#silentSince;
    const patienceMs = this.#wantsHardware ? silentHardwareAfterMs : silentAfterMs;
    if (silentMs < (decoder.decodeQueueSize === 0 ? patienceMs : stuckAfterMs)) return;
    this.#strikes += 1;
    if (this.#strikes === 1 && !this.#wantsHardware) {
      this.rebuilt += 1;
      this.#fedSinceOutput = 0;
      this.#latestOut = this.#ordinal - 1;
      decoder.reset();
      this.#setUp(decoder);
      this.#options.onAnew();
      return;
    }
    this.#softwareOnly = true;
    this.#broken(decoder);
  }

  /** Gives everything back; no picture comes after this. */
  close(): void {
    this.#closed = true;
    this.#drop();
  }

  get #wantsHardware(): boolean {
    return this.#options.hardware && !this.#softwareOnly && (this.#config?.height ?? 0) >= hardwareFromLines;
  }

  #make(): void {
    const decoder: DecoderLike = this.#options.ports.create({
      output: (picture) => this.#output(decoder, picture),
      error: (error) => this.#failed(decoder, error),
    });
    this.#decoder = decoder;
    this.#latestOut = this.#ordinal - 1;
    this.#fedSinceOutput = 0;
    this.#setUp(decoder);
    if (this.#decoder !== decoder) return;
    decoder.ondequeue = () => this.#options.onRoom();
  }

  #setUp(decoder: DecoderLike): void {
    const { video } = this.#config!;
    try {
      decoder.configure({
        codec: video!,
        // Without a description the units are taken as annex B, parameter sets included: what the camera changes there needs no word here.
        optimizeForLatency: true,
        hardwareAcceleration: this.#wantsHardware ? 'prefer-hardware' : this.#softwareOnly ? 'prefer-software' : 'no-preference',
      });
    } catch {
      this.#unsupported();
    }
  }

  #output(decoder: DecoderLike, picture: VideoFrame): void {
    if (decoder !== this.#decoder) {
      picture.close();
      return;
    }
    const ordinal = picture.timestamp;
    const slot = ordinal % remembered;
    const isKnown = ordinal > this.#ordinal - remembered && ordinal < this.#ordinal + 1;
    this.#latestOut = Math.max(this.#latestOut, ordinal);
    this.#fedSinceOutput = 0;
    this.#strikes = 0;
    this.megapixels += (picture.codedWidth * picture.codedHeight) / 1e6;
    this.#picturesSinceFailure += 1;
    if (this.#picturesSinceFailure >= goodAfterPictures) this.#failures = 0;
    if (isKnown && this.#isHidden[slot] === 1) picture.close();
    else this.#options.onPicture(picture, isKnown ? this.#receivedAtUs[slot]! : null, isKnown ? this.#arrivedAt[slot]! : null);
    this.#options.onRoom();
  }

  #failed(decoder: DecoderLike, error: DOMException): void {
    if (decoder !== this.#decoder) return;
    if (error.name !== 'NotSupportedError') this.#broken(decoder);
    else if (this.#wantsHardware) {
      this.#softwareOnly = true;
      this.#broken(decoder);
    } else this.#unsupported();
  }

  /** The decoder is of no use any more: another one, at once or after a while. */
  #broken(decoder: DecoderLike): void {
    if (decoder !== this.#decoder) return;
    this.#drop();
    this.rebuilt += 1;
    this.#failures += 1;
    this.#picturesSinceFailure = 0;
    const waitMs = this.#failures === 1 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(this.#failures - 2, 8));
    this.#retryAt = this.#options.now() + waitMs;
    this.#options.onAnew();
    if (waitMs === 0) this.#make();
  }

  #unsupported(): void {
    if (this.#closed) return;
    this.close();
    this.#options.onUnsupported();
  }

  #drop(): void {
    const decoder = this.#decoder;
    this.#decoder = null;
    if (decoder === null) return;
    decoder.ondequeue = null;
    // An error has closed it already.
    if (decoder.state !== 'closed') decoder.close();
  }
}
