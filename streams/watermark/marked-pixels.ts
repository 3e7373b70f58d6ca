/** A picture that can be drawn on, whatever its pixels are. */
export interface MarkedPixels {
  readonly width: number;
  readonly height: number;
  /** Brings a pixel nearer to a grey (0 black … 255 white); `strength` 1 replaces it. Outside the picture nothing happens. */
  blend(x: number, y: number, grey: number, strength: number): void;
}

/** RGBA, top row first, as canvases have it. */
export function rgbaPixels(data: Uint8ClampedArray, width: number, height: number): MarkedPixels {
  return {
    width,
    height,
    blend(x, y, grey, strength) {
      if (x < 0 || y < 0 || x >= width || y >= height) return;
      const at = 4 * (y * width + x);
      for (let i = at; i < at + 3; i += 1) data[i] = data[i]! + (grey - data[i]!) * strength;
    },
  };
}

/** Bytes of a picture in planes: all of Y, then U and V with a quarter of the pixels each (4:2:0, full range). Both sides are even. */
export const planarBytes = (width: number, height: number): number => (width * height * 3) / 2;

/** YUV 4:2:0 of full range, plane after plane without gaps. */
export function planarPixels(data: Uint8Array, width: number, height: number): MarkedPixels {
  const u = width * height;
  const v = u + u / 4;
  return {
    width,
    height,
    blend(x, y, grey, strength) {
      if (x < 0 || y < 0 || x >= width || y >= height) return;
      const at = y * width + x;
      data[at] = Math.round(data[at]! + (grey - data[at]!) * strength);
      if ((x | y) & 1) return;
      const colour = (y >> 1) * (width >> 1) + (x >> 1);
      for (const plane of [u, v]) data[plane + colour] = Math.round(data[plane + colour]! + (128 - data[plane + colour]!) * strength);
    },
  };
}
