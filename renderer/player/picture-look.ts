/** The small copy of a picture that it is judged by. */
export const sampleWidth = 32;
export const sampleHeight = 18;

/** What a picture looks like when nobody can see anything in it. */
export type PictureLook = 'black' | 'covered';

/**
 * Cameras write the time and their name into the top and bottom of their pictures, and go on doing so with a cap on the lens:
 * these rows take no part.
 */
const rowsOfWriting = 3;
/** Luma (0 to 255) of a picture without light: sensors and coders add a little. One lamp in the distance is above it. */
const blackMean = 18;
const blackPeak = 30;
/** Dark, but so uneven that there is something in it: a street far away. */
const blackUnevenness = 8;
/** A lens that is painted over or taped: no more difference between the lightest and darkest parts, nor between neighbours. */
const coveredSpread = 8;
const coveredEdge = 1.2;

/**
 * Judges one sample of `sampleWidth` × `sampleHeight` RGBA pixels; null for a picture that has something in it. Careful on purpose: a
 * night with a few lamps is not black, and fog, whose grey always has a slope, is not covered.
 */
export function lookOf(rgba: Uint8ClampedArray): PictureLook | null {
  const luma: number[] = [];
  let edges = 0;
  for (let row = rowsOfWriting; row < sampleHeight - rowsOfWriting; row += 1) {
    for (let column = 0; column < sampleWidth; column += 1) {
      const here = lumaAt(rgba, row, column);
      luma.push(here);
      if (column > 0) edges += Math.abs(here - lumaAt(rgba, row, column - 1));
      if (row > rowsOfWriting) edges += Math.abs(here - lumaAt(rgba, row - 1, column));
    }
  }
  luma.sort((a, b) => a - b);
  const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  const peak = luma.at(-1)!;
  const spread = at(luma, 0.98) - at(luma, 0.02);
  if (mean <= blackMean && peak <= blackPeak && peak - at(luma, 0.5) <= blackUnevenness) return 'black';
  const edge = edges / (2 * luma.length);
  return mean > blackMean && spread <= coveredSpread && edge <= coveredEdge ? 'covered' : null;
}

/** Follows what a picture looks like over time. */
export class LookWatch {
  #look: PictureLook | null = null;
  #since = 0;

  sample(now: number, rgba: Uint8ClampedArray): void {
    const look = lookOf(rgba);
    if (look !== this.#look) this.#since = now;
    this.#look = look;
  }

  /** What it has looked like without a break, and for how long; null while there is something to see. */
  lasting(now: number): { readonly look: PictureLook; readonly forMs: number } | null {
    return this.#look && { look: this.#look, forMs: now - this.#since };
  }

  reset(): void {
    this.#look = null;
  }
}

/** Rec. ITU-R BT.709 clause 3. */
function lumaAt(rgba: Uint8ClampedArray, row: number, column: number): number {
  const place = (row * sampleWidth + column) * 4;
  return 0.2126 * rgba[place]! + 0.7152 * rgba[place + 1]! + 0.0722 * rgba[place + 2]!;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.round((sorted.length - 1) * share)]!;
}
