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
