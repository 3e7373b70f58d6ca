import { letterDots } from '../../watermark/letters.ts';

/** Writes white text with a dark rim into an RGB picture; `size` is the edge of one dot in pixels. */
export function writeText(rgb: Uint8Array, width: number, x: number, y: number, text: string, size: number): void {
  const rim = Math.max(1, Math.round(size / 2));
  for (const [ink, grow] of [
    [16, rim],
    [236, 0],
  ] as const) {
    [...text].forEach((letter, index) => {
      letterDots(letter).forEach((bits, row) => {
        for (let column = 0; column < 5; column += 1) {
          if (((bits >> (4 - column)) & 1) === 0) continue;
          const left = x + (index * 6 + column) * size;
          const top = y + row * size;
          for (let py = top - grow; py < top + size + grow; py += 1)
            rgb.fill(ink, (py * width + left - grow) * 3, (py * width + left + size + grow) * 3);
        }
      });
    });
  }
}

/** Width of a text in pixels at this dot size. */
export const textWidth = (text: string, size: number): number => text.length * 6 * size - size;
