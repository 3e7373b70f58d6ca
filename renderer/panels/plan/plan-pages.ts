import { metaFontPx, rowFontPx, type FontRoom } from '../../../layouts/panel-fonts.ts';
import { textEm } from '../parts/text-em.ts';

/** A figure as it will be written. */
export interface PlanItem {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly unit: string;
}

/** A system with its figures. */
export interface PlanGroup<I extends PlanItem> {
  readonly systemId: string;
  readonly name: string;
  readonly items: readonly I[];
}

/** One thing in a column: the name of a system, or one of its figures. */
export type PlanLine<I extends PlanItem> =
  | { readonly kind: 'system'; readonly systemId: string; readonly name: string; readonly continued: boolean }
  | {
      readonly kind: 'figure';
      readonly item: I;
      /** Lines of its name, and whether its value needs one of its own below. */
      readonly nameLines: 1 | 2;
      readonly below: boolean;
    };

export interface PlanRoom {
  readonly row: number;
  readonly meta: number;
  readonly columns: number;
  readonly headHeight: number;
  readonly footHeight: number;
  readonly columnHeight: number;
  /** Of one column, in letters of Chinese. */
  readonly columnEm: number;
  readonly gap: number;
}

/** One line of a figure, and the line below it. */
const lineEm = 1.2;
const metaEm = 1.5;
const headingEm = 1.26;
/** The state mark, and what lies between the parts of a line. */
const markEm = 1.05;
const betweenEm = 0.6;
const unitEm = 0.55;

/** Lays the scene out. `latin`: names are in Latin letters, which can be read at four fifths of the size of Chinese. */
export function planRoom(room: FontRoom, latin: boolean): PlanRoom {
  const row = Math.max(12, rowFontPx(room) * (latin ? 0.8 : 1));
  const meta = metaFontPx(room);
  const inner = room.width - row * 0.72;
  const gap = Math.round(row * 0.6);
  const columns = Math.max(1, Math.floor((inner + gap) / (row * 10.8 + gap)));
  const headHeight = Math.round(row * 1.25);
  const footHeight = Math.round(meta * 1.7);
  return {
    row,
    meta,
    columns,
    headHeight,
    footHeight,
    columnHeight: room.height - headHeight - footHeight,
    columnEm: (inner - gap * (columns - 1)) / columns / row,
    gap,
  };
}

/** How many lines a figure takes. */
export function figureLines(item: PlanItem, columnEm: number): { readonly nameLines: 1 | 2; readonly below: boolean } {
  const name = textEm(item.name);
  const value = textEm(item.value) + textEm(item.unit) * unitEm + betweenEm;
  if (markEm + name + value <= columnEm) return { nameLines: 1, below: false };
  return { nameLines: markEm + name <= columnEm ? 1 : 2, below: true };
}

/** Height of one thing in a column. */
export function planLineHeight<I extends PlanItem>(line: PlanLine<I>, { row, meta }: Pick<PlanRoom, 'row' | 'meta'>): number {
  if (line.kind === 'system') return Math.ceil(row * headingEm);
  return Math.ceil((line.nameLines + Number(line.below)) * row * lineEm + meta * metaEm);
}

/**
 * Puts figures on pages of columns, system after system, from top to bottom. A system's name never stands alone at the end of a column, and stands again where the system
 * goes on in another one. What is too high even for an empty column is put there all the same.
 */
export function planPages<I extends PlanItem>(groups: readonly PlanGroup<I>[], room: PlanRoom): PlanLine<I>[][][] {
  const columns: PlanLine<I>[][] = [];
  let column: PlanLine<I>[] = [];
  let left = room.columnHeight;
  const next = () => {
    columns.push(column);
    column = [];
    left = room.columnHeight;
  };
  const put = (line: PlanLine<I>) => {
    column.push(line);
    left -= planLineHeight(line, room);
  };
  for (const { systemId, name, items } of groups) {
    for (const [index, item] of items.entries()) {
      const line: PlanLine<I> = { kind: 'figure', item, ...figureLines(item, room.columnEm) };
      const heading: PlanLine<I> = { kind: 'system', systemId, name, continued: index > 0 };
      const height = planLineHeight(line, room);
      const needed = index === 0 ? height + planLineHeight(heading, room) : height;
      if (needed > left && column.length > 0) next();
      if (index === 0 || column.length === 0) put(heading);
      put(line);
    }
  }
  if (column.length > 0) next();
  const pages: PlanLine<I>[][][] = [];
  for (let at = 0; at < columns.length; at += room.columns) pages.push(columns.slice(at, at + room.columns));
  return pages;
}

/** Long enough to read a page from the back of the room. */
export const pageMs = 12_000;

/** Which page is due, by the hub's clock alone: screens that show the same turn together. */
export const duePage = (now: number, pages: number): number => (pages <= 1 ? 0 : Math.floor(now / pageMs) % pages);
