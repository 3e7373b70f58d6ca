/** Letters of 5 × 7 dots: one row a number, the leftmost dot is bit 4. */
const dots: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [28, 18, 17, 17, 17, 18, 28],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  G: [14, 17, 16, 23, 17, 17, 15],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  J: [7, 2, 2, 2, 2, 18, 12],
  M: [17, 27, 21, 21, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  ' ': [0, 0, 0, 0, 0, 0, 0],
};

/** Writes white text with a dark rim into an RGB picture; `size` is the edge of one dot in pixels. */
export function writeText(rgb: Uint8Array, width: number, x: number, y: number, text: string, size: number): void {
  const rim = Math.max(1, Math.round(size / 2));
  for (const [ink, grow] of [
    [16, rim],
    [236, 0],
  ] as const) {
    [...text].forEach((letter, index) => {
      (dots[letter] ?? []).forEach((bits, row) => {
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
