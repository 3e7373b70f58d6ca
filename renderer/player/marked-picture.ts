import { drawMark } from '../../streams/watermark/draw-mark.ts';
import { isMark } from '../../streams/watermark/mark-text.ts';
import { rgbaPixels } from '../../streams/watermark/marked-pixels.ts';

/** Draws a picture at its own size, at once. */
export type DrawPicture = (paint: OffscreenCanvasRenderingContext2D) => void;

/**
 * A picture as a PNG file with a watermark burnt into it: the one way in which a page makes a file of a picture. Null when the mark is none
 * (see `isMark`), the picture has no size, or the browser has no room for it.
 */
export async function markedPicture(width: number, height: number, mark: string, draw: DrawPicture): Promise<Blob | null> {
  if (width < 1 || height < 1 || !isMark(mark)) return null;
  const canvas = new OffscreenCanvas(width, height);
  const paint = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!paint) return null;
  draw(paint);
  try {
    const image = paint.getImageData(0, 0, width, height);
    drawMark(rgbaPixels(image.data, width, height), mark);
    paint.putImageData(image, 0, 0);
    return await canvas.convertToBlob({ type: 'image/png' });
  } catch {
    // The browser could not read or encode it (out of memory, a lost canvas): the same as no picture for whoever asked.
    return null;
  }
}
