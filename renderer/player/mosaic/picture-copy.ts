/** A canvas with what is drawn on it at once, at its own size, as a PNG file; null when it has no size or the browser has no room for it. */
export async function pictureFile(
  width: number,
  height: number,
  draw: (paint: OffscreenCanvasRenderingContext2D) => void,
): Promise<Blob | null> {
  if (width < 1 || height < 1) return null;
  const canvas = new OffscreenCanvas(width, height);
  const paint = canvas.getContext('2d', { alpha: false });
  if (!paint) return null;
  draw(paint);
  try {
    return await canvas.convertToBlob({ type: 'image/png' });
  } catch {
    // The browser could not encode it (out of memory, a lost canvas): the same as no picture for whoever asked.
    return null;
  }
}

/** Makes small copies of pictures, one after the other, on one small canvas. */
export class PictureSampler {
  #paint: OffscreenCanvasRenderingContext2D | null = null;

  /** RGBA, top row first; every pixel of the picture counts, so that a lamp far away does not fall between those that are looked at. */
  sample(picture: VideoFrame | OffscreenCanvas, width: number, height: number): Uint8ClampedArray | null {
    this.#paint ??= new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
    const paint = this.#paint;
    if (!paint) return null;
    if (paint.canvas.width !== width) paint.canvas.width = width;
    if (paint.canvas.height !== height) paint.canvas.height = height;
    paint.imageSmoothingQuality = 'medium';
    paint.drawImage(picture, 0, 0, width, height);
    return paint.getImageData(0, 0, width, height).data;
  }
}
