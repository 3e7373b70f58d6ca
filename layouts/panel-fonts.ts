/** The size of a tile and the least size of Chinese that the farthest seat can read, all in one unit: wall pixels, or CSS pixels of a page. */
export interface FontRoom {
  readonly width: number;
  readonly height: number;
  readonly hanPx: number;
}

/** Latin letters and digits need so much of what Chinese needs: 16′ of 20′ (`legibility.ts`). */
const latinPart = 0.8;

/**
 * What lists and the plan scene write for the room: as large as the farthest seat needs and no larger, so that as much as possible fits; smaller only where a tile has
 * room for fewer than four lines, or eleven characters in one.
 */
export const rowFontPx = ({ width, height, hanPx }: FontRoom): number => Math.max(12, Math.min(hanPx, width / 11, height / 6));

/** What is written below a row, for whoever sits near. */
export const metaFontPx = (room: FontRoom): number => Math.max(11, rowFontPx(room) * 0.36);

/** Name and value above a chart of one series. */
export const chartTitlePx = ({ width, height, hanPx }: FontRoom): number => Math.max(12, Math.min(hanPx, width / 12, height / 6));

/** One line of a chart's legend; all of them share less than a third of its height. */
export const legendFontPx = (room: FontRoom, lines: number): number =>
  Math.max(11, Math.min(chartTitlePx(room), (room.height * 0.31) / (lines * 1.25)));

/** Figures and times at the axes of a chart of so many lines: below a legend there is less room. */
export const axisFontPx = ({ width, height, hanPx }: FontRoom, lines: number): number =>
  Math.max(10, Math.min(hanPx * latinPart, width / 14, height / (lines > 2 ? 11.5 : 8.2)));

/** The value in the middle of a gauge. */
export const gaugeFigurePx = ({ width, height, hanPx }: FontRoom): number =>
  Math.max(14, Math.min(Math.max(hanPx * 1.6, height * 0.2), width / 5.5, height * 0.3));
