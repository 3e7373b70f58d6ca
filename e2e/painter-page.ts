import type { PainterName, TilePlace } from '../renderer/player/mosaic/mosaic-protocol.ts';
import type { Painter } from '../renderer/player/mosaic/painter.ts';
import { choosePainter } from '../renderer/player/mosaic/painter-probe.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

/** Four fields of one colour each: top left, top right, bottom left, bottom right. */
export type Fields<T> = readonly [T, T, T, T];

/** A picture that a trial makes: as a page draws it, or in planes as a decoder gives it. */
export type PictureRecipe =
  | { readonly kind: 'rgb'; readonly width: number; readonly height: number; readonly fields: Fields<Rgb> }
  | {
      readonly kind: 'i420' | 'nv12';
      readonly width: number;
      readonly height: number;
      readonly displayWidth?: number;
      /** What of it is meant to be seen; all of it when not given. */
      readonly visibleRect?: DOMRectInit;
      /** Y, Cb and Cr. */
      readonly fields: Fields<Rgb>;
      readonly colorSpace: VideoColorSpaceInit;
    }
  /** Something in every pixel, the same for the same seed; BT.601, limited range. */
  | { readonly kind: 'noise'; readonly width: number; readonly height: number; readonly seed: number };

const black: Rgb = [0, 0, 0];
const limited601: VideoColorSpaceInit = { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: false };

/** Every picture that was made or copied on this page, until it is closed. */
const pictures = new Set<VideoFrame>();
const { close, clone } = VideoFrame.prototype;
VideoFrame.prototype.close = function () {
  pictures.delete(this);
  close.call(this);
};
VideoFrame.prototype.clone = function () {
  return counted(clone.call(this));
};
function counted(picture: VideoFrame): VideoFrame {
  pictures.add(picture);
  return picture;
}

/** One painter on a canvas of its own, driven from the test. */
class PainterTrial {
  #canvas = new OffscreenCanvas(1, 1);
  #painter: Painter | null = null;
  #losses = 0;
  #remembered: ImageData | null = null;

  /** What was chosen; null when nothing could be. `seen`: on a canvas in the top left of the page, which has no other. */
  async begin(wish: PainterName | 'auto', seen = false): Promise<{ name: PainterName; reason: string | null } | null> {
    this.end();
    this.#canvas = seen ? onPage() : new OffscreenCanvas(1, 1);
    this.#losses = 0;
    const chosen = await choosePainter(this.#canvas, wish);
    this.#painter = chosen?.painter ?? null;
    this.#painter?.onLost(() => (this.#losses += 1));
    return chosen && { name: chosen.painter.name, reason: chosen.reason };
  }

  end(): void {
    this.#painter?.dispose();
    this.#painter = null;
  }

  place(width: number, height: number, tiles: readonly TilePlace[]): void {
    this.#using.place(width, height, tiles);
  }

  show(tile: number, recipe: PictureRecipe): void {
    this.#using.show(tile, pictureOf(recipe));
  }

  clear(tile: number): void {
    this.#using.clear(tile);
  }

  paint(): readonly number[] {
    return this.#using.paint();
  }

  /** Shows and paints so many, a few of them given up in between; answers the most pictures that were open at a time. */
  showMany(tiles: readonly number[], recipe: PictureRecipe, rounds: number): number {
    const picture = pictureOf(recipe);
    let most = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const tile of tiles) this.#using.show(tile, picture.clone());
      if (round % 3 !== 0) this.paint();
      most = Math.max(most, pictures.size - 1);
    }
    picture.close();
    return most;
  }

  /** The colours on the canvas at these places. */
  colours(places: readonly (readonly [x: number, y: number])[]): Rgb[] {
    const image = this.#image();
    return places.map(([x, y]) => colourAt(image, x, y));
  }

  /** Keeps what is on the canvas, to compare it with another painter's. */
  remember(): void {
    this.#remembered = this.#image();
  }

  /** How far what is on the canvas is from what was remembered: the mean and the largest difference of a colour's part, 0 to 255. */
  difference(): { readonly mean: number; readonly largest: number } {
    const now = this.#image().data;
    const before = this.#remembered!.data;
    if (before.length !== now.length) throw new Error('canvases of two sizes');
    const differences = now.map((value, index) => Math.abs(value - before[index]!));
    return {
      mean: differences.reduce((sum, value) => sum + value, 0) / ((now.length / 4) * 3),
      largest: differences.reduce((most, value) => Math.max(most, value), 0),
    };
  }

  #image(): ImageData {
    const { width, height } = this.#canvas;
    const paint = new OffscreenCanvas(width, height).getContext('2d')!;
    paint.drawImage(this.#canvas, 0, 0);
    return paint.getImageData(0, 0, width, height);
  }

  sample(tile: number, width: number, height: number): number[] | null {
    const pixels = this.#using.sample(tile, width, height);
    return pixels && [...pixels];
  }

  /** Until what was painted is on the page. */
  shown(): Promise<void> {
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
  }

  /** The colours of a PNG file, such as a picture of the page, in base64. */
  async coloursOf(png: string, places: readonly (readonly [x: number, y: number])[]): Promise<Rgb[]> {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const image = await imageOf(new Blob([bytes], { type: 'image/png' }));
    return places.map(([x, y]) => colourAt(image, x, y));
  }

  async snapshot(tile: number, places: readonly (readonly [x: number, y: number])[], mark = '.') {
    const file = await this.#using.snapshot(tile, mark);
    if (!file) return null;
    const image = await imageOf(file);
    return { type: file.type, width: image.width, height: image.height, colours: places.map(([x, y]) => colourAt(image, x, y)) };
  }

  get openPictures(): number {
    return pictures.size;
  }

  get losses(): number {
    return this.#losses;
  }

  /** Takes the WebGL context away; answers when that was told to everybody. */
  async lose(): Promise<void> {
    const told = event(this.#canvas, 'webglcontextlost');
    this.#losing.loseContext();
    await told;
  }

  async giveBack(): Promise<void> {
    const told = event(this.#canvas, 'webglcontextrestored');
    this.#losing.restoreContext();
    await told;
  }

  get #using(): Painter {
    if (!this.#painter) throw new Error('no painter');
    return this.#painter;
  }

  get #losing(): WEBGL_lose_context {
    // The extension of a lost context is only had while it is not lost.
    this.#lose ??= this.#canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context')!;
    return this.#lose;
  }
  #lose: WEBGL_lose_context | null = null;
}

const event = (target: EventTarget, name: string) => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

function onPage(): OffscreenCanvas {
  const canvas = document.createElement('canvas');
  canvas.style.position = 'fixed';
  canvas.style.inset = '0 auto auto 0';
  document.body.replaceChildren(canvas);
  return canvas.transferControlToOffscreen();
}

async function imageOf(file: Blob): Promise<ImageData> {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  const paint = new OffscreenCanvas(width, height).getContext('2d')!;
  paint.drawImage(bitmap, 0, 0);
  bitmap.close();
  return paint.getImageData(0, 0, width, height);
}

function colourAt({ data, width }: ImageData, x: number, y: number): Rgb {
  const at = (y * width + x) * 4;
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}

function pictureOf(recipe: PictureRecipe): VideoFrame {
  if (recipe.kind === 'rgb') return rgbPicture(recipe);
  const { width, height } = recipe;
  const planes = recipe.kind === 'noise' ? noisePlanes(width, height, recipe.seed) : fieldPlanes(width, height, recipe.fields);
  const init: VideoFrameBufferInit = {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: recipe.kind === 'noise' ? limited601 : recipe.colorSpace,
  };
  if (recipe.kind !== 'noise') {
    if (recipe.displayWidth) [init.displayWidth, init.displayHeight] = [recipe.displayWidth, height];
    if (recipe.visibleRect) init.visibleRect = recipe.visibleRect;
    if (recipe.kind === 'nv12') return counted(new VideoFrame(interleaved(planes, width * height), { ...init, format: 'NV12' }));
  }
  return counted(new VideoFrame(planes, init));
}

function rgbPicture({ width, height, fields }: PictureRecipe & { kind: 'rgb' }): VideoFrame {
  const canvas = new OffscreenCanvas(width, height);
  const paint = canvas.getContext('2d')!;
  for (const [index, [red, green, blue]] of fields.entries()) {
    paint.fillStyle = `rgb(${red} ${green} ${blue})`;
    paint.fillRect(((index & 1) * width) / 2, ((index >> 1) * height) / 2, width / 2, height / 2);
  }
  return counted(new VideoFrame(canvas, { timestamp: 0 }));
}

function fieldPlanes(width: number, height: number, fields: Fields<Rgb>): Uint8Array<ArrayBuffer> {
  const plane = (columns: number, rows: number, part: 0 | 1 | 2) =>
    Uint8Array.from({ length: columns * rows }, (_, at) => {
      const right = at % columns >= columns / 2 ? 1 : 0;
      const below = at >= (columns * rows) / 2 ? 2 : 0;
      return (fields[right + below] ?? black)[part];
    });
  const parts = [plane(width, height, 0), plane(width / 2, height / 2, 1), plane(width / 2, height / 2, 2)];
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** I420 as NV12: the colour differences of a place beside each other. */
function interleaved(planes: Uint8Array, lumaBytes: number): Uint8Array<ArrayBuffer> {
  const half = lumaBytes / 4;
  return planes.map((value, at) => (at < lumaBytes ? value : planes[lumaBytes + ((at - lumaBytes) >> 1) + (at & 1) * half]!));
}

/** Smooth hills with a little noise on them, as a camera's picture has both. */
function noisePlanes(width: number, height: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const plane = (columns: number, rows: number, middle: number, reach: number) =>
    Array.from({ length: columns * rows }, (_, at) => {
      const hill = Math.sin(((at % columns) / columns) * 9 + seed) * Math.cos((Math.floor(at / columns) / rows) * 7);
      return Math.round(middle + hill * reach + (random() - 0.5) * 8);
    });
  return new Uint8Array([
    ...plane(width, height, 126, 90),
    ...plane(width / 2, height / 2, 128, 50),
    ...plane(width / 2, height / 2, 128, 50),
  ]);
}

export type { PainterTrial };
(globalThis as unknown as { painterTrial: PainterTrial }).painterTrial = new PainterTrial();
