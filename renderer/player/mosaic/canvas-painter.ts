import { markedPicture } from '../marked-picture.ts';
import type { PainterName } from './mosaic-protocol.ts';
import type { Painter } from './painter.ts';
import { PictureSampler } from './picture-copy.ts';
import type { PictureSize, Rect, TileGeometry } from './tile-geometry.ts';
import { dimmedLight, tilePainter, type PaintSurface } from './tile-painter.ts';

/** Paints with the browser's 2D canvas: works everywhere. Null when the canvas has another context already. */
export function createCanvasPainter(canvas: OffscreenCanvas): Painter | null {
  const paint = canvas.getContext('2d', { alpha: false });
  return paint && tilePainter(new CanvasSurface(canvas, paint));
}

/** Pictures in plain memory are kept as they are; those of a hardware decoder, which has few, are copied and given back at once. */
export type KeptPicture = VideoFrame | OffscreenCanvas;

/** The 2D canvas as a surface to paint on. */
export class CanvasSurface implements PaintSurface<KeptPicture> {
  readonly name: PainterName = '2d';
  readonly #canvas: OffscreenCanvas;
  readonly #paint: OffscreenCanvasRenderingContext2D;
  readonly #sampler = new PictureSampler();
  readonly #disposed = new AbortController();

  constructor(canvas: OffscreenCanvas, paint: OffscreenCanvasRenderingContext2D) {
    this.#canvas = canvas;
    this.#paint = paint;
  }

  resize(width: number, height: number): void {
    this.#canvas.width = width;
    this.#canvas.height = height;
    // Smoothing is part of what a new size resets.
    this.#paint.imageSmoothingEnabled = true;
    this.#paint.imageSmoothingQuality = 'low';
    this.#paint.fillStyle = '#000';
    this.blacken({ x: 0, y: 0, width, height });
  }

  blacken(area: Rect): void {
    this.#paint.fillRect(area.x, area.y, area.width, area.height);
  }

  keep(picture: VideoFrame, before: KeptPicture | null): KeptPicture {
    if (!isOfHardware(picture)) {
      if (before) this.letGo(before);
      return picture;
    }
    const copy = before instanceof OffscreenCanvas ? before : new OffscreenCanvas(picture.displayWidth, picture.displayHeight);
    if (before && before !== copy) this.letGo(before);
    if (copy.width !== picture.displayWidth) copy.width = picture.displayWidth;
    if (copy.height !== picture.displayHeight) copy.height = picture.displayHeight;
    copy.getContext('2d', { alpha: false })?.drawImage(picture, 0, 0, copy.width, copy.height);
    picture.close();
    return copy;
  }

  /** Canvases take a video frame at its display size, whatever it has in memory. */
  size(kept: KeptPicture): PictureSize {
    const [width, height] = kept instanceof OffscreenCanvas ? [kept.width, kept.height] : [kept.displayWidth, kept.displayHeight];
    return { width, height, displayWidth: width, displayHeight: height };
  }

  draw(kept: KeptPicture, { source, destination }: TileGeometry, dimmed: boolean): void {
    const paint = this.#paint;
    if (dimmed) {
      this.blacken(destination);
      paint.globalAlpha = dimmedLight;
    }
    paint.drawImage(
      kept,
      source.x,
      source.y,
      source.width,
      source.height,
      destination.x,
      destination.y,
      destination.width,
      destination.height,
    );
    paint.globalAlpha = 1;
  }

  letGo(kept: KeptPicture): void {
    if (kept instanceof OffscreenCanvas) kept.width = kept.height = 0;
    else kept.close();
  }

  sample(kept: KeptPicture, width: number, height: number): Uint8ClampedArray | null {
    return this.#sampler.sample(kept, width, height);
  }

  snapshot(kept: KeptPicture, mark: string): Promise<Blob | null> {
    const { width, height } = this.size(kept);
    return markedPicture(width, height, mark, (paint) => paint.drawImage(kept, 0, 0, width, height));
  }

  onLoss(lost: () => void, back: () => void): void {
    const { signal } = this.#disposed;
    this.#canvas.addEventListener('contextlost', lost, { signal });
    this.#canvas.addEventListener('contextrestored', back, { signal });
  }

  dispose(): void {
    this.#disposed.abort();
  }
}

/** Software decoders give planes; a hardware decoder's picture has no format that a page could read, or NV12. */
const isOfHardware = (picture: VideoFrame) => picture.format === null || picture.format === 'NV12';
