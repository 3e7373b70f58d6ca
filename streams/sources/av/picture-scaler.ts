import type { Frame, SoftwareScaleContext } from 'node-av/lib';
import { problem, ProblemError } from '../../../main/contract/errors.ts';
import type { Ffmpeg } from './load-ffmpeg.ts';

/** Width and height in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The largest size of the same shape within `bounds`, never larger than the picture itself; both sides even, as 4:2:0 wants. */
export function fitWithin({ width, height }: PictureSize, bounds: PictureSize): PictureSize {
  const scale = Math.min(1, bounds.width / width, bounds.height / height);
  const even = (side: number) => Math.max(2, Math.round((side * scale) / 2) * 2);
  return { width: Math.min(even(width), bounds.width), height: Math.min(even(height), bounds.height) };
}

/** Brings pictures to one size and pixel format. It follows when their own size or format changes; free it in the end. */
export class PictureScaler {
  readonly #ffmpeg: Ffmpeg;
  readonly #format: number;
  #context: SoftwareScaleContext | null = null;
  #from = '';

  /** `format`: an AV_PIX_FMT. */
  constructor(ffmpeg: Ffmpeg, format: number) {
    this.#ffmpeg = ffmpeg;
    this.#format = format;
  }

  /** A new picture that the caller frees; throws `source-failed` when FFmpeg cannot. */
  async scale(picture: Frame, { width, height }: PictureSize): Promise<Frame> {
    const { lib, constants } = this.#ffmpeg;
    const from = `${picture.width}x${picture.height} ${picture.format} ${width}x${height}`;
    if (this.#from !== from || !this.#context) {
      this.free();
      this.#context = new lib.SoftwareScaleContext();
      this.#context.getContext(
        picture.width,
        picture.height,
        picture.format as never,
        width,
        height,
        this.#format as never,
        constants.SWS_BILINEAR,
      );
      this.#from = from;
    }
    const scaled = new lib.Frame();
    scaled.alloc();
    scaled.width = width;
    scaled.height = height;
    scaled.format = this.#format as never;
    const code = Math.min(scaled.getBuffer(), await this.#context.scaleFrame(scaled, picture));
    if (code < 0) {
      scaled.free();
      throw new ProblemError(problem('source-failed', { reason: lib.FFmpegError.strerror(code) }));
    }
    scaled.pts = picture.pts;
    return scaled;
  }

  free(): void {
    this.#context?.freeContext();
    this.#context = null;
    this.#from = '';
  }
}
