import type { Scene, StillScene } from './contract.ts';

export type SplitTemplate = Extract<Scene, { kind: 'split' }>['template'];

/** Where one tile lies, in whole cells of its template's grid. */
export interface Cell {
  readonly col: number;
  readonly row: number;
  readonly cols: number;
  readonly rows: number;
}

export interface Template {
  readonly cols: number;
  readonly rows: number;
  /** In tile order: the large pictures first, then the small ones in reading order. */
  readonly cells: readonly Cell[];
}

const large = (col: number, row: number, size: number): Cell => ({ col, row, cols: size, rows: size });
const small = (col: number, row: number): Cell => ({ col, row, cols: 1, rows: 1 });
const rightColumn = (size: number) => Array.from({ length: size - 1 }, (_, row) => small(size - 1, row));
const bottomRow = (cols: number, row: number) => Array.from({ length: cols }, (_, col) => small(col, row));

/** The split templates that video walls have always had, as cells of a square grid. */
export const splitTemplates: Readonly<Record<SplitTemplate, Template>> = {
  '1+5': { cols: 3, rows: 3, cells: [large(0, 0, 2), ...rightColumn(3), ...bottomRow(3, 2)] },
  '1+7': { cols: 4, rows: 4, cells: [large(0, 0, 3), ...rightColumn(4), ...bottomRow(4, 3)] },
  '2+8': { cols: 4, rows: 4, cells: [large(0, 0, 2), large(2, 0, 2), ...bottomRow(4, 2), ...bottomRow(4, 3)] },
};

/** How many tiles a still scene has room for. */
export function tileCount(scene: StillScene): number {
  switch (scene.kind) {
    case 'grid':
      return scene.rows * scene.cols;
    case 'split':
      return splitTemplates[scene.template].cells.length;
    case 'free':
      return scene.tiles.length;
  }
}

/**
 * The stable name of tile `index`: `g-<row>-<col>`, `s-<index>` or `f-<index>`, all counted from 0. Reports, keys and the console use it.
 */
export function tileIdOf(scene: StillScene, index: number): string {
  switch (scene.kind) {
    case 'grid':
      return `g-${Math.floor(index / scene.cols)}-${index % scene.cols}`;
    case 'split':
      return `s-${index}`;
    case 'free':
      return `f-${index}`;
  }
}

/** The index of the tile with this name, or -1 when the scene has no such tile. */
export function tileIndexOf(scene: StillScene, tileId: string): number {
  const count = tileCount(scene);
  for (let index = 0; index < count; index += 1) if (tileIdOf(scene, index) === tileId) return index;
  return -1;
}
