import { CanvasSurface, type KeptPicture } from './canvas-painter.ts';
import type { PainterName } from './mosaic-protocol.ts';
import type { Painter } from './painter.ts';
import { Scaler, type Colours, type Planes } from './scaler/scaler.ts';
import type { Rect, TileGeometry } from './tile-geometry.ts';
import { dimmedLight, tilePainter } from './tile-painter.ts';

/**
 * Paints on a 2D canvas, but converts and scales pictures of software decoders by itself, which takes a tenth of what the canvas takes without a
 * GPU. All else (snapshots, pictures of other formats) is the 2D painter's. Null where there is no WebAssembly with SIMD or no context.
 */
export function createWasmPainter(canvas: OffscreenCanvas): Painter | null {
  let scaler: Scaler;
  try {
    scaler = new Scaler();
  } catch {
    return null; // no SIMD, or a policy without 'wasm-unsafe-eval'
  }
  const paint = canvas.getContext('2d', { alpha: false });
  return paint && tilePainter(new WasmSurface(canvas, paint, scaler));
}

class WasmSurface extends CanvasSurface {
  override readonly name: PainterName = 'wasm';
  readonly #paint: OffscreenCanvasRenderingContext2D;
  readonly #scaler: Scaler;
  #filled = 0;

  constructor(canvas: OffscreenCanvas, paint: OffscreenCanvasRenderingContext2D, scaler: Scaler) {
    super(canvas, paint);
    this.#paint = paint;
    this.#scaler = scaler;
  }

  override draw(kept: KeptPicture, geometry: TileGeometry, dimmed: boolean): void {
    const { source, destination } = geometry;
    const image = this.#scaled(kept, source, destination.width, destination.height, dimmed ? dimmedLight : 1);
    if (!image) super.draw(kept, geometry, dimmed);
    // The image is as wide as whole groups of 16 pixels; the rest of it is not of the picture.
    else this.#paint.putImageData(image, destination.x, destination.y, 0, 0, destination.width, destination.height);
  }

  override sample(kept: KeptPicture, width: number, height: number): Uint8ClampedArray | null {
    const size = this.size(kept);
    const image = this.#scaled(kept, { x: 0, y: 0, width: size.width, height: size.height }, width, height, 1);
    if (!image) return super.sample(kept, width, height);
    const pixels = new Uint8ClampedArray(4 * width * height);
    for (let row = 0; row < height; row += 1) {
      const from = 4 * row * image.width;
      pixels.set(image.data.subarray(from, from + 4 * width), 4 * row * width);
    }
    return pixels;
  }

  /** `source` is in pixels of the display size. Null for pictures that the scaler does not know. */
  #scaled(kept: KeptPicture, source: Rect, width: number, height: number, light: number): ImageData | null {
    if (!('format' in kept) || kept.format !== 'I420' || !kept.visibleRect) return null;
    const rect = cut(kept.visibleRect, source, kept.displayWidth, kept.displayHeight);
    const planes = this.#scaler.planes(rect.width, rect.height, width, height);
    if (!planes || !this.#copy(kept, rect, planes)) return null;
    return this.#scaler.scale(planes, width, height, coloursOf(kept), light);
  }

  /**
   * Chromium copies a picture in plain memory before `copyTo` returns, which no standard promises. So each copy is proven: marks that
   * the copy would have to overwrite. A picture that happens to look like them is painted the slow way, once.
   */
  #copy(frame: VideoFrame, rect: Rect, planes: Planes): boolean {
    const { bytes } = this.#scaler;
    const at = planes.layout[0].offset;
    this.#filled = (this.#filled + 1) & 0xff;
    const mark = this.#filled;
    const row = Math.min(8, planes.width);
    for (let i = 0; i < row; i += 1) bytes[at + i] = mark ^ (i * 37);
    frame.copyTo(bytes, { rect, layout: [...planes.layout] }).catch(nothing);
    for (let i = 0; i < row; i += 1) if (bytes[at + i] !== (mark ^ (i * 37))) return true;
    return false;
  }
}

const nothing = () => {};

/** The part of the picture in its own samples, whole pairs of them as 4:2:0 wants it. */
function cut(visible: DOMRectReadOnly, source: Rect, displayWidth: number, displayHeight: number): Rect {
  const across = evenSpan(source.x, source.width, visible.width / displayWidth, visible.width);
  const down = evenSpan(source.y, source.height, visible.height / displayHeight, visible.height);
  return { x: visible.x + across.from, y: visible.y + down.from, width: across.length, height: down.length };
}

function evenSpan(start: number, length: number, scale: number, limit: number): { from: number; length: number } {
  const from = Math.min(Math.floor((start * scale) / 2 + 1e-6) * 2, Math.max(0, (limit - 1) & ~1));
  const to = Math.min(Math.ceil(((start + length) * scale) / 2 - 1e-6) * 2, limit);
  return { from, length: Math.max(Math.min(2, limit - from), to - from) };
}

/** What the picture says of its colours; where it says nothing, what is usual for its size. */
function coloursOf({ colorSpace, displayHeight }: VideoFrame): Colours {
  return { matrix: matrixOf(colorSpace.matrix, displayHeight), fullRange: colorSpace.fullRange ?? false };
}

function matrixOf(said: string | null, displayHeight: number): Colours['matrix'] {
  switch (said) {
    case 'bt2020-ncl':
      return 'bt2020';
    case 'bt709':
      return 'bt709';
    case null:
      return displayHeight >= 720 ? 'bt709' : 'bt601';
    default:
      return 'bt601';
  }
}
