import bytes from './assembly/scaler.ts?wasm-bytes';

/** How colours are made of a picture's samples (ITU-T H.273: matrix coefficients, and whether the range is full). */
export interface Colours {
  readonly matrix: 'bt601' | 'bt709' | 'bt2020';
  readonly fullRange: boolean;
}

/** Where a planar 4:2:0 picture lies in the scaler's memory. Strides in bytes, sizes in luma samples. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly layout: readonly [y: PlaneLayout, u: PlaneLayout, v: PlaneLayout];
}

interface PlaneLayout {
  readonly offset: number;
  readonly stride: number;
}

interface Exports {
  makeTable(source: number, target: number, table: number): number;
  convert(...of: number[]): void;
}

const pageBytes = 65_536;
/** Beyond this a picture is left to the canvas: 8192 × 4320 and its scratch. */
const maxBytes = 192 * 1024 * 1024;
/** Tables for rows of up to this many pixels, so many at a time: the tiles of a screen have few different widths. */
const maxRow = 4096;
const tableBytes = (maxRow / 8) * 48;
const tableSlots = 24;
const roomAtRows = 64;
const tablesAt = 1024;

/** Kr and Kb of each matrix (ITU-T H.273 table 4). */
const weights = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

/**
 * Scales pictures into tiles, in WebAssembly. One at a time: `planes` says where the next picture is to be put, `scale` makes RGBA of it, which
 * stays until the next `scale`.
 */
export class Scaler {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;
  /** Tables by `source>target`, the one used longest ago first. */
  readonly #tables = new Map<string, number>();
  #bytes: Uint8Array<ArrayBuffer>;
  /** Where the RGBA begins and how much room it has; the planes follow, then scratch. */
  #targetBytes = 0;
  #images = new Map<string, ImageData>();
  #planes: Planes | null = null;

  /** Throws where the browser has no SIMD. */
  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1 });
    const module = new WebAssembly.Module(bytes);
    this.#exports = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as Exports;
    this.#bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);
    this.#grow(tablesAt + tableSlots * tableBytes);
  }

  /** All memory, to put planes into; another one after each call of `planes`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** Room for a picture of this size; null when it is too large. */
  planes(width: number, height: number, targetWidth: number, targetHeight: number): Planes | null {
    if (targetWidth > maxRow || width > 2 * maxRow) return null;
    this.#targetBytes = Math.max(this.#targetBytes, 4 * padded(targetWidth) * targetHeight);
    const strideY = padded(width);
    const strideC = padded((width + 1) >> 1);
    const heightC = (height + 1) >> 1;
    const y = padded(tablesAt + tableSlots * tableBytes + this.#targetBytes) + roomAtRows;
    const u = y + strideY * height + roomAtRows;
    const v = u + strideC * heightC + roomAtRows;
    const scratch = v + strideC * heightC + roomAtRows;
    const planeBytes = scratch - y;
    if (!this.#grow(scratch + planeBytes + 8 * strideY + pageBytes)) return null;
    const known = this.#planes;
    if (known && known.width === width && known.height === height && known.layout[0].offset === y) return known;
    return (this.#planes = {
      width,
      height,
      layout: [
        { offset: y, stride: strideY },
        { offset: u, stride: strideC },
        { offset: v, stride: strideC },
      ],
    });
  }

  /** The picture that was put into `planes`, as RGBA of the target's width, rounded up to 16, and height. `light`: 1 leaves it as it is, 0 makes it black. */
  scale(planes: Planes, targetWidth: number, targetHeight: number, colours: Colours, light = 1): ImageData {
    const { width, height, layout } = planes;
    const left = halved(width, targetWidth);
    const [y, u, v] = layout;
    const target = padded(tablesAt + tableSlots * tableBytes);
    const [black, cy, crv, cgu, cgv, cbu] = factors(colours, light);
    this.#exports.convert(
      y.offset,
      u.offset,
      v.offset,
      y.stride,
      u.stride,
      width,
      height,
      target,
      4 * padded(targetWidth),
      targetWidth,
      targetHeight,
      this.#table(left.luma, targetWidth),
      this.#table(left.colour, (targetWidth + 1) >> 1),
      v.offset + v.stride * ((height + 1) >> 1) + roomAtRows,
      black,
      cy,
      crv,
      cgu,
      cgv,
      cbu,
    );
    return this.#image(target, padded(targetWidth), targetHeight);
  }

  #image(at: number, width: number, height: number): ImageData {
    const key = `${width}x${height}`;
    const known = this.#images.get(key);
    if (known) return known;
    if (this.#images.size >= tableSlots) this.#images.clear();
    const image = new ImageData(new Uint8ClampedArray(this.#bytes.buffer, at, 4 * width * height), width, height);
    this.#images.set(key, image);
    return image;
  }

  #table(source: number, target: number): number {
    const key = `${source}>${target}`;
    const known = this.#tables.get(key);
    if (known !== undefined) {
      // In use: the next one that is made must not take its place.
      this.#tables.delete(key);
      this.#tables.set(key, known);
      return known;
    }
    let at = tablesAt + this.#tables.size * tableBytes;
    if (this.#tables.size >= tableSlots) {
      const [oldest, place] = this.#tables.entries().next().value!;
      this.#tables.delete(oldest);
      at = place;
    }
    this.#exports.makeTable(source, target, at);
    this.#tables.set(key, at);
    return at;
  }

  #grow(needed: number): boolean {
    if (needed <= this.#bytes.length) return true;
    if (needed > maxBytes) return false;
    try {
      this.#memory.grow(Math.ceil((needed - this.#bytes.length) / pageBytes));
    } catch {
      return false; // the machine has no more
    }
    this.#bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);
    // They lay over the memory that was.
    this.#images.clear();
    return true;
  }
}

/** What is left of a picture's width after whole halvings: as `convert` does it. */
function halved(width: number, targetWidth: number): { luma: number; colour: number } {
  let [luma, colour] = [width, (width + 1) >> 1];
  while (luma >= 2 * targetWidth) {
    luma >>= 1;
    colour >>= 1;
  }
  return { luma, colour };
}

const padded = (count: number) => (count + 15) & ~15;

/** Factors × 8192 (that is a quarter of what a Q15 product takes), and the black level. */
function factors({ matrix, fullRange }: Colours, light: number): readonly [number, number, number, number, number, number] {
  const [kr, kb] = weights[matrix];
  const kg = 1 - kr - kb;
  const lumaScale = fullRange ? 1 : 255 / 219;
  const colourScale = fullRange ? 1 : 255 / 224;
  const fixed = (factor: number) => Math.round(factor * light * 8192);
  return [
    fullRange ? 0 : 16,
    fixed(lumaScale),
    fixed(2 * (1 - kr) * colourScale),
    fixed((-2 * kb * (1 - kb) * colourScale) / kg),
    fixed((-2 * kr * (1 - kr) * colourScale) / kg),
    fixed(2 * (1 - kb) * colourScale),
  ];
}
