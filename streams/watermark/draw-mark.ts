import { hasDot, letterColumns, letterRows } from './letters.ts';
import { markLayout, type PlacedLetter } from './mark-layout.ts';
import type { MarkedPixels } from './marked-pixels.ts';

const ink = 245;
const rim = 10;
/** How much of the picture the bar and the slopes take away. */
const barStrength = 0.55;
const slopeStrength = 0.24;

/**
 * Burns a text into a picture: clearly along the bottom and faintly on slopes over the rest. White letters with a black rim are legible on
 * whatever the picture shows.
 */
export function drawMark(pixels: MarkedPixels, text: string): void {
  const { dot, barTop, bar, slopes } = markLayout(pixels.width, pixels.height, text);
  for (let y = Math.max(0, barTop); y < pixels.height; y += 1)
    for (let x = 0; x < pixels.width; x += 1) pixels.blend(x, y, rim, barStrength);
  const shapes = new Map<string, readonly ShapePixel[]>();
  const stamp = ({ letter, x, y }: PlacedLetter, strength: number) => {
    let shape = shapes.get(letter);
    if (!shape) shapes.set(letter, (shape = shapeOf(letter, dot)));
    for (const pixel of shape) pixels.blend(x + pixel.x, y + pixel.y, pixel.grey, strength);
  };
  for (const letter of slopes) stamp(letter, slopeStrength);
  for (const letter of bar) stamp(letter, 1);
}

interface ShapePixel {
  readonly x: number;
  readonly y: number;
  readonly grey: number;
}

/** The pixels of a letter and of the rim around it, each once: what is faint must not be drawn twice. */
function shapeOf(letter: string, dot: number): ShapePixel[] {
  const edge = Math.max(1, Math.floor(dot / 2));
  const isInk = (x: number, y: number) => hasDot(letter, Math.floor(x / dot), Math.floor(y / dot));
  const isNear = (x: number, y: number) => {
    for (let dy = -edge; dy <= edge; dy += 1) for (let dx = -edge; dx <= edge; dx += 1) if (isInk(x + dx, y + dy)) return true;
    return false;
  };
  const shape: ShapePixel[] = [];
  for (let y = -edge; y < letterRows * dot + edge; y += 1)
    for (let x = -edge; x < letterColumns * dot + edge; x += 1) {
      if (isInk(x, y)) shape.push({ x, y, grey: ink });
      else if (isNear(x, y)) shape.push({ x, y, grey: rim });
    }
  return shape;
}
