import type { Frame } from 'node-av/lib';
import { problem, ProblemError } from '../../../main/contract/errors.ts';
import type { AccessUnit } from '../../contract.ts';
import { drawMark } from '../../watermark/draw-mark.ts';
import { planarBytes, planarPixels } from '../../watermark/marked-pixels.ts';
import type { Ffmpeg } from './load-ffmpeg.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { fitWithin, PictureScaler, type PictureSize } from './picture-scaler.ts';

/** A picture as JPEG. */
export interface Jpeg extends PictureSize {
  readonly bytes: Uint8Array;
}

const bounds: PictureSize = { width: 1920, height: 1920 };
/** FFmpeg's scale from 2, the best, to 31. */
const quality = 4;

/** Makes a JPEG of a key picture, at most 1920 wide, with `mark` (see `isMark`) burnt into its pixels. Throws `snapshot-failed` {reason}. */
export async function takeSnapshot(ffmpeg: Ffmpeg, unit: AccessUnit, mark: string): Promise<Jpeg> {
  if (unit.codec !== 'h264' && unit.codec !== 'h265') throw failed('no-picture');
  const decoder = await PictureDecoder.open(ffmpeg, unit.codec);
  const scaler = new PictureScaler(ffmpeg, ffmpeg.constants.AV_PIX_FMT_YUVJ420P);
  let jpeg: Jpeg | null = null;
  const encode = async (picture: Frame) => {
    if (jpeg) return;
    const size = fitWithin(picture, bounds);
    const scaled = await scaler.scale(picture, size);
    try {
      burnIn(scaled, mark);
      jpeg = { ...size, bytes: await encodeJpeg(ffmpeg, scaled) };
    } finally {
      scaled.free();
    }
  };
  try {
    await decoder.take(unit, encode);
    await decoder.take(null, encode);
  } finally {
    scaler.free();
    decoder.free();
  }
  if (!jpeg) throw failed('undecodable');
  return jpeg;
}

/** By a copy of the pixels: whether a frame lends out its own memory depends on where this runs. */
function burnIn(picture: Frame, mark: string): void {
  const { width, height } = picture;
  const pixels = picture.toBuffer();
  if (pixels.length !== planarBytes(width, height)) throw failed('unmarked');
  drawMark(planarPixels(pixels, width, height), mark);
  if (picture.fromBuffer(pixels) < 0) throw failed('unmarked');
}

async function encodeJpeg({ lib, constants }: Ffmpeg, picture: Frame): Promise<Uint8Array> {
  const encoder = lib.Codec.findEncoder(constants.AV_CODEC_ID_MJPEG);
  const context = new lib.CodecContext();
  const packet = new lib.Packet();
  try {
    if (!encoder) throw failed('no-encoder');
    context.allocContext3(encoder);
    context.width = picture.width;
    context.height = picture.height;
    context.pixelFormat = constants.AV_PIX_FMT_YUVJ420P;
    context.colorRange = constants.AVCOL_RANGE_JPEG;
    context.timeBase = new lib.Rational(1, 25);
    context.threadCount = 1;
    context.setFlags(constants.AV_CODEC_FLAG_QSCALE);
    context.globalQuality = quality * constants.FF_QP2LAMBDA;
    packet.alloc();
    picture.quality = quality * constants.FF_QP2LAMBDA;
    const code = Math.min(await context.open2(encoder), await context.sendFrame(picture), await context.receivePacket(packet));
    const { data } = packet;
    if (code < 0 || !data) throw failed(lib.FFmpegError.strerror(code));
    return new Uint8Array(data);
  } finally {
    packet.free();
    context.freeContext();
  }
}

const failed = (reason: string): ProblemError => new ProblemError(problem('snapshot-failed', { reason }));
