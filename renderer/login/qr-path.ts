import { encode } from 'uqr';

/** A QR code (ISO/IEC 18004) as one SVG path, a square of `size` modules with the quiet zone of four that scanners want. */
export interface QrPath {
  readonly size: number;
  readonly path: string;
}

const quietModules = 4;

/** Draws a text; runs of dark modules are one rectangle each. */
export function qrPath(words: string): QrPath {
  const { data, size } = encode(words, { ecc: 'M', border: quietModules });
  let path = '';
  data.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      let end = x;
      while (row[end + 1]) end += 1;
      path += `M${x} ${y}h${end - x + 1}v1h-${end - x + 1}z`;
      x = end;
    }
  });
  return { size, path };
}
