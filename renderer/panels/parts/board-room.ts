import { metaFontPx, rowFontPx, type FontRoom } from '../../../layouts/panel-fonts.ts';

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
  readonly rowHeight: number;
  /** So many rows fit; never fewer than one. */
  readonly rows: number;
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
  const rowHeight = Math.round(lines * row * 1.2 + meta * 1.5 + row * 0.14);
  const rows = Math.max(1, Math.floor((room.height - headHeight - footHeight) / rowHeight));
  return { row, meta, lines, wide: room.width / row >= wideLineEm, headHeight, footHeight, rowHeight, rows };
}
