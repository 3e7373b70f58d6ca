/** One line of a watermark, in CSS pixels from the top left of what it lies over. */
export interface WatermarkRow {
  readonly top: number;
  readonly left: number;
  readonly text: string;
}

/** Letters are narrower than this part of their height, on average: a row is rather too long than too short. */
const letterShare = 0.45;
const gap = '      ';
/** Where the first line lies, in distances between lines. */
const first = 0.4;

/**
 * Lines of one text said again and again, so many that each picture of some size has a part of it: every other line begins half a text
 * further left, so that what is lost at the edge of one is in the next.
 */
export function watermarkRows(
  text: string,
  width: number,
  height: number,
): { readonly fontPx: number; readonly rows: readonly WatermarkRow[] } {
  const fontPx = Math.round(Math.max(11, Math.min(24, height * 0.022)));
  const textPx = (text.length + gap.length) * fontPx * letterShare;
  const pitch = fontPx * 5;
  const count = Math.max(1, Math.floor((height - fontPx) / pitch - first) + 1);
  const words = `${text}${gap}`.repeat(Math.ceil(width / textPx) + 1);
  return {
    fontPx,
    rows: Array.from({ length: count }, (_, row) => ({
      top: Math.round((row + first) * pitch),
      left: row % 2 === 0 ? 0 : -Math.round(textPx / 2),
      text: words,
    })),
  };
}
