import { metaFontPx, rowFontPx, type FontRoom } from '../../../layouts/panel-fonts.ts';
import { textEm } from './text-em.ts';

/** How a list of rows lies in a tile; everything in the unit of the tile's size. */
export interface BoardRoom {
  /** Font sizes of a row's first line and of the line below it. */
  readonly row: number;
  readonly meta: number;
  /** Lines that a row's title may take. */
  readonly lines: 1 | 2;
  /** One line has room for more than title and figure. */
  readonly wide: boolean;
  readonly headHeight: number;
  readonly footHeight: number;
  /** Of a row whose title takes one line, and what a second line adds. */
  readonly rowHeight: number;
  readonly lineHeight: number;
  /** Between head and foot. */
  readonly bodyHeight: number;
  /** How long a line is, in letters of Chinese, beside a mark. */
  readonly lineEm: number;
}

/** Below so many letters of Chinese a line is too short for a title. */
const shortLineEm = 19;
const wideLineEm = 22;

/** Lays a list out. */
export function boardRoom(room: FontRoom): BoardRoom {
  const row = rowFontPx(room);
  const meta = metaFontPx(room);
  const lines = room.width / row < shortLineEm && room.height / row > 8 ? 2 : 1;
  const headHeight = Math.round(row * 1.25);
  const footHeight = Math.round(meta * 1.7);
  return {
    row,
    meta,
    lines,
    wide: room.width / row >= wideLineEm,
    headHeight,
    footHeight,
    rowHeight: Math.round(row * 1.34 + meta * 1.5),
    lineHeight: Math.round(row * 1.2),
    bodyHeight: room.height - headHeight - footHeight,
    lineEm: room.width / row - 0.72 - 1.2,
  };
}

/** A row as it is drawn. */
export interface PlacedRow<R> {
  readonly row: R;
  readonly lines: 1 | 2;
}

/**
 * As many rows as fit, in their order, the first in any case. A title that is too long for its line takes a second one where the lines are short. `besideEm`: what stands beside a
 * title.
 */
export function placeRows<R>(
  rows: readonly R[],
  room: BoardRoom,
  titleOf: (row: R) => string,
  besideEm: (row: R) => number = () => 0,
): PlacedRow<R>[] {
  const placed: PlacedRow<R>[] = [];
  let left = room.bodyHeight;
  for (const row of rows) {
    const lines = room.lines === 2 && textEm(titleOf(row)) + besideEm(row) > room.lineEm ? 2 : 1;
    left -= room.rowHeight + (lines - 1) * room.lineHeight;
    if (left < 0 && placed.length > 0) break;
    placed.push({ row, lines });
  }
  return placed;
}
