/** The largest font size, in the unit of the tile's size, at which a text set in lines still fits four fifths of the tile; at least 12. */
export function noteFontPx(text: string, tile: { readonly width: number; readonly height: number }): number {
  const { width, height } = tile;
  // A Chinese character is as wide as the font is high, others take a little more than half of it.
  const cells = [...text].reduce((sum, sign) => sum + (sign.codePointAt(0)! > 0x2e7f ? 1 : 0.58), 0);
  let px = Math.min(height * 0.4, width * 0.3);
  while (px > 12 && Math.ceil((cells * px) / (width * 0.84)) * px * 1.4 > height * 0.82) px *= 0.94;
  return Math.floor(px);
}
