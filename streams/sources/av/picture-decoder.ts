import type { CodecContext, Frame, Packet } from 'node-av/lib';
import { problem, ProblemError } from '../../../main/contract/errors.ts';
import type { AccessUnit, VideoCodec } from '../../contract.ts';
import type { Ffmpeg } from './load-ffmpeg.ts';

/** More pixels than an 8K picture has: nobody decodes that here. */
const maxPixels = 8192 * 4320;

/** Decodes access units one after the other, in FFmpeg's threads. Free it in the end. */
export class PictureDecoder {
  readonly #ffmpeg: Ffmpeg;
  readonly #context: CodecContext;
  readonly #packet: Packet;

  private constructor(ffmpeg: Ffmpeg, context: CodecContext) {
    this.#ffmpeg = ffmpeg;
    this.#context = context;
    this.#packet = new ffmpeg.lib.Packet();
    this.#packet.alloc();
  }

  /** Throws `source-codec-unsupported` when this FFmpeg has no such decoder. */
  static async open(ffmpeg: Ffmpeg, codec: VideoCodec): Promise<PictureDecoder> {
    const { lib, constants } = ffmpeg;
    const decoder = lib.Codec.findDecoder(codec === 'h265' ? constants.AV_CODEC_ID_HEVC : constants.AV_CODEC_ID_H264);
    const context = new lib.CodecContext();
    context.allocContext3(decoder);
    // Whole pictures at a time would be faster, but each thread would hold one back.
    context.threadType = constants.FF_THREAD_SLICE;
    context.threadCount = 2;
    context.setFlags(constants.AV_CODEC_FLAG_LOW_DELAY);
    context.pktTimebase = new lib.Rational(1, 1_000_000);
    const settings = lib.Dictionary.fromObject({ max_pixels: maxPixels });
    const code = decoder ? await context.open2(decoder, settings) : constants.AVERROR_DECODER_NOT_FOUND;
    settings.free();
    if (code >= 0) return new PictureDecoder(ffmpeg, context);
    context.freeContext();
    throw new ProblemError(problem('source-codec-unsupported', { codec }));
  }

  /** Takes a unit, null for the end; `picture` is called with each picture that comes out, which is freed afterwards. False: it could not be decoded. */
  async take(unit: AccessUnit | null, picture: (frame: Frame) => Promise<void>): Promise<boolean> {
    const sent = await this.#send(unit);
    await this.#drain(picture);
    return sent >= 0;
  }

  async #send(unit: AccessUnit | null): Promise<number> {
    if (!unit) return this.#context.sendPacket(null);
    const packet = this.#packet;
    packet.data = Buffer.from(unit.annexB.buffer, unit.annexB.byteOffset, unit.annexB.byteLength);
    packet.pts = BigInt(Math.round(unit.ptsUs));
    packet.dts = BigInt(Math.round(unit.dtsUs));
    packet.isKeyframe = unit.key;
    const code = await this.#context.sendPacket(packet);
    packet.unref();
    return code;
  }

  async #drain(picture: (frame: Frame) => Promise<void>): Promise<void> {
    for (;;) {
      const frame = new this.#ffmpeg.lib.Frame();
      frame.alloc();
      try {
        if ((await this.#context.receiveFrame(frame)) < 0) return;
        await picture(frame);
      } finally {
        frame.free();
      }
    }
  }

  free(): void {
    this.#packet.free();
    this.#context.freeContext();
  }
}
