import type { AVPixelFormat } from 'node-av/constants';
import type { CodecContext, Frame, Packet } from 'node-av/lib';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { AccessUnit, VideoCodec } from '../../contract.ts';
import { CodedPictures } from './coded-pictures.ts';
import type { Ffmpeg } from './load-ffmpeg.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { fitWithin, PictureScaler, type PictureSize } from './picture-scaler.ts';

export interface TranscoderOptions {
  /** Units that come while FFmpeg is still being loaded wait. */
  readonly load: () => Promise<Ffmpeg>;
  readonly from: VideoCodec;
  readonly unit: (unit: AccessUnit) => void;
  /** It ended by itself; nothing more comes. */
  readonly ended: (problem: Problem) => void;
}

/** Sizes above are scaled down. */
const bounds: PictureSize = { width: 1920, height: 1080 };
/** The distance of key pictures: the same that most cameras have, and short enough to begin with. */
const gopUs = 2_000_000;
/** What waits to be decoded; more, and pictures are left out up to the next key picture. A path that begins hands over some seconds at once. */
const maxQueued = 512;
const maxQueuedBytes = 16 * 1024 * 1024;
/** What waits longer than this when a key picture comes is left out for it. */
const maxLateUs = 4_000_000;
/** Units without any picture coming out of them: this is nothing that we can decode. */
const maxFruitless = 250;
/** Times of arrival are remembered for so many pictures under way. */
const maxUnderWay = 64;
/** Kilobits a second at most for a picture of full size; smaller ones get their share by the square root. */
const maxKbps = 6000;

/** What there is once FFmpeg is loaded. */
interface Tools {
  readonly ffmpeg: Ffmpeg;
  readonly scaler: PictureScaler;
  readonly packet: Packet;
}

/** An encoder for pictures of one size and pixel format. */
interface Encoder {
  readonly context: CodecContext;
  readonly size: PictureSize;
  readonly format: number;
}

/**
 * Turns one stream into H.264 that every browser plays: main profile, no reordering, a key picture at the start and every two seconds.
 * Units are worked on one after the other in FFmpeg's threads; what does not keep up loses pictures, never time.
 */
export class Transcoder {
  readonly #options: TranscoderOptions;
  #tools: Tools | null = null;
  #queue: AccessUnit[] = [];
  #queuedBytes = 0;
  #waitsForKey = true;
  #dropped = 0;
  #isWorking = false;
  #isOver = false;
  #decoder: PictureDecoder | null = null;
  #encoder: Encoder | null = null;
  #pictures = new CodedPictures('h264', null);
  readonly #arrivals = new Map<number, number>();
  #fruitless = 0;
  #keyUs = Number.NEGATIVE_INFINITY;
  #lastUs = Number.NEGATIVE_INFINITY;
  #isBroken = false;

  constructor(options: TranscoderOptions) {
    this.#options = options;
  }

  /** Units left out because decoding and encoding did not keep up. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The next unit; everything up to the first key picture is left out. */
  push(unit: AccessUnit): void {
    if (this.#isOver || unit.codec !== this.#options.from) return;
    const isFull = this.#queue.length >= maxQueued || this.#queuedBytes + unit.annexB.length > maxQueuedBytes;
    if (isFull || (this.#waitsForKey && !unit.key)) {
      this.#dropped += 1;
      this.#waitsForKey = true;
      return;
    }
    this.#waitsForKey = false;
    const isLate = unit.key && this.#queue.length > 0 && unit.dtsUs - this.#queue[0]!.dtsUs > maxLateUs;
    if (isLate) this.#forgetQueue();
    this.#queue.push(isLate ? { ...unit, discontinuity: true } : unit);
    this.#queuedBytes += unit.annexB.length;
    if (!this.#isWorking) void this.#work();
  }

  /** Rather the next key picture than everything late. */
  #forgetQueue(): void {
    this.#dropped += this.#queue.length;
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  /** Ends it: nothing more comes, and what it holds is freed as soon as FFmpeg lets go of it. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (!this.#isWorking) this.#free();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      const tools = (this.#tools ??= await this.#begin());
      for (let unit = this.#queue.shift(); unit && !this.#isOver; unit = this.#queue.shift()) {
        this.#queuedBytes -= unit.annexB.length;
        await this.#take(tools, unit);
      }
    } catch (error) {
      if (!this.#isOver)
        this.#options.ended(error instanceof ProblemError ? error.problem : problem('source-failed', { reason: 'transcoder' }));
      this.end();
    } finally {
      this.#isWorking = false;
      if (this.#isOver) this.#free();
    }
  }

  async #begin(): Promise<Tools> {
    const ffmpeg = await this.#options.load();
    const packet = new ffmpeg.lib.Packet();
    packet.alloc();
    return { ffmpeg, packet, scaler: new PictureScaler(ffmpeg, ffmpeg.constants.AV_PIX_FMT_YUV420P) };
  }

  async #take(tools: Tools, unit: AccessUnit): Promise<void> {
    // After a break both ends begin anew: times and pictures have nothing to do with those before.
    if (unit.key && unit.discontinuity && this.#decoder) await this.#restart(tools);
    this.#decoder ??= await PictureDecoder.open(tools.ffmpeg, this.#options.from);
    this.#arrivals.set(unit.ptsUs, unit.receivedAtMs);
    if (this.#arrivals.size > maxUnderWay) this.#arrivals.delete(this.#arrivals.keys().next().value!);
    this.#fruitless += 1;
    await this.#decoder.take(unit, (picture) => this.#encode(tools, picture));
    if (this.#fruitless > maxFruitless) throw new ProblemError(problem('source-failed', { reason: 'undecodable' }));
  }

  async #restart(tools: Tools): Promise<void> {
    await this.#decoder?.take(null, (picture) => this.#encode(tools, picture));
    this.#decoder?.free();
    this.#decoder = null;
    this.#encoder?.context.freeContext();
    this.#encoder = null;
    this.#isBroken = true;
  }

  async #encode(tools: Tools, picture: Frame): Promise<void> {
    if (this.#isOver) return;
    this.#fruitless = 0;
    const { constants } = tools.ffmpeg;
    const size = fitWithin(picture, bounds);
    const isPlain = picture.format === constants.AV_PIX_FMT_YUV420P || picture.format === constants.AV_PIX_FMT_YUVJ420P;
    const isSame = isPlain && picture.width === size.width && picture.height === size.height;
    const ready = isSame ? picture : await tools.scaler.scale(picture, size);
    try {
      await this.#encodeReady(tools, ready, size, Number(picture.bestEffortTimestamp));
    } finally {
      if (ready !== picture) ready.free();
    }
  }

  async #encodeReady(tools: Tools, picture: Frame, size: PictureSize, ptsUs: number): Promise<void> {
    // An encoder wants times that rise.
    if (ptsUs <= this.#lastUs && !this.#isBroken) return;
    const { lib, constants } = tools.ffmpeg;
    const encoder = await this.#encoderFor(tools, size, picture.format as AVPixelFormat);
    const isKey = ptsUs - this.#keyUs >= gopUs || ptsUs < this.#keyUs;
    if (isKey) this.#keyUs = ptsUs;
    picture.pts = BigInt(ptsUs);
    picture.pictType = isKey ? constants.AV_PICTURE_TYPE_I : constants.AV_PICTURE_TYPE_NONE;
    const sent = await encoder.context.sendFrame(picture);
    if (sent < 0) throw new ProblemError(problem('source-failed', { reason: lib.FFmpegError.strerror(sent) }));
    while ((await encoder.context.receivePacket(tools.packet)) >= 0) {
      const { data, isKeyframe, pts } = tools.packet;
      tools.packet.unref();
      if (data) this.#hand(data, isKeyframe, Number(pts));
    }
  }

  #hand(data: Uint8Array, isKey: boolean, ptsUs: number): void {
    const coded = this.#pictures.take(data, isKey);
    if (!coded || this.#isOver) return;
    this.#lastUs = ptsUs;
    const receivedAtMs = this.#arrivals.get(ptsUs) ?? Array.from(this.#arrivals.values()).at(-1) ?? 0;
    this.#arrivals.delete(ptsUs);
    // Nothing is reordered: pictures are decoded in the order in which they are shown.
    this.#options.unit({ codec: 'h264', ...coded, ptsUs, dtsUs: ptsUs, receivedAtMs, discontinuity: this.#isBroken, corrupt: false });
    this.#isBroken = false;
  }

  /** The encoder for such pictures; a stream that changes gets another one. */
  async #encoderFor(tools: Tools, size: PictureSize, format: AVPixelFormat): Promise<Encoder> {
    const known = this.#encoder;
    if (known?.size.width === size.width && known.size.height === size.height && known.format === format) return known;
    known?.context.freeContext();
    this.#encoder = null;
    const { lib, constants } = tools.ffmpeg;
    const codec = lib.Codec.findEncoderByName(constants.FF_ENCODER_LIBX264) ?? lib.Codec.findEncoder(constants.AV_CODEC_ID_H264);
    const context = new lib.CodecContext();
    context.allocContext3(codec);
    context.width = size.width;
    context.height = size.height;
    context.pixelFormat = format;
    context.timeBase = new lib.Rational(1, 1_000_000);
    // Only the control of bit rate looks at it: cameras rarely send more.
    context.framerate = new lib.Rational(25, 1);
    context.gopSize = 1000;
    context.maxBFrames = 0;
    context.threadCount = 1;
    const kbps = Math.round(maxKbps * Math.sqrt((size.width * size.height) / (bounds.width * bounds.height)));
    context.rcMaxRate = BigInt(kbps * 1000);
    context.rcBufferSize = kbps * 1000;
    const settings = lib.Dictionary.fromObject({
      preset: 'superfast',
      tune: 'zerolatency',
      profile: 'main',
      crf: '23',
      'forced-idr': '1',
      // Key pictures come when we say so.
      sc_threshold: '0',
    });
    const code = codec ? await context.open2(codec, settings) : constants.AVERROR_ENCODER_NOT_FOUND;
    settings.free();
    if (code < 0) {
      context.freeContext();
      throw new ProblemError(problem('source-failed', { reason: lib.FFmpegError.strerror(code) }));
    }
    this.#encoder = { context, size, format };
    // A new encoder begins with a key picture.
    this.#keyUs = Number.NEGATIVE_INFINITY;
    return this.#encoder;
  }

  #free(): void {
    this.#decoder?.free();
    this.#decoder = null;
    this.#encoder?.context.freeContext();
    this.#encoder = null;
    this.#tools?.scaler.free();
    this.#tools?.packet.free();
    this.#tools = null;
    this.#arrivals.clear();
  }
}
