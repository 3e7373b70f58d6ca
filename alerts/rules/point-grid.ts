import { earthRadiusM, greatCircleM, type Position } from './great-circle.ts';

const metresPerDegree = (earthRadiusM * Math.PI) / 180;

/**
 * Finds the points within a radius of a position without looking at all of them. Rows of the earth are one radius high, cells of a row at least as wide, so
 * that whatever is near lies in the nine cells around; it holds across the date line and at the poles.
 */
export class PointGrid<V extends Position> {
  readonly #radiusM: number;
  readonly #rowDegrees: number;
  readonly #cells = new Map<string, Map<string, V>>();
  readonly #cellOf = new Map<string, string>();

  constructor(radiusM: number) {
    this.#radiusM = radiusM;
    // A little more than the radius, so that rounding never puts a neighbour two rows away.
    this.#rowDegrees = Math.min(180, (Math.max(1, radiusM) * 1.000001) / metresPerDegree);
  }

  get size(): number {
    return this.#cellOf.size;
  }

  /** Puts a point, or moves it. */
  set(key: string, value: V): void {
    this.delete(key);
    const row = this.#row(value.lat);
    const name = `${row}:${this.#column(row, value.lon)}`;
    let cell = this.#cells.get(name);
    if (cell === undefined) this.#cells.set(name, (cell = new Map<string, V>()));
    cell.set(key, value);
    this.#cellOf.set(key, name);
  }

  delete(key: string): void {
    const name = this.#cellOf.get(key);
    if (name === undefined) return;
    this.#cellOf.delete(key);
    const cell = this.#cells.get(name)!;
    cell.delete(key);
    if (cell.size === 0) this.#cells.delete(name);
  }

  /** All points within the radius, each with its distance in metres, in no particular order. */
  near(position: Position): readonly { readonly key: string; readonly value: V; readonly distanceM: number }[] {
    const found: { key: string; value: V; distanceM: number }[] = [];
    const row = this.#row(position.lat);
    for (let beside = row - 1; beside <= row + 1; beside += 1) {
      const columns = this.#columns(beside);
      const middle = this.#column(beside, position.lon);
      const around =
        columns <= 3 ? Array.from({ length: columns }, (_, index) => index) : [-1, 0, 1].map((step) => (middle + step + columns) % columns);
      for (const column of around) {
        for (const [key, value] of this.#cells.get(`${beside}:${column}`) ?? []) {
          const distanceM = greatCircleM(position, value);
          if (distanceM <= this.#radiusM) found.push({ key, value, distanceM });
        }
      }
    }
    return found;
  }

  #row(lat: number): number {
    return Math.floor((lat + 90) / this.#rowDegrees);
  }

  /** How many cells a row has: as many as are wide enough where it is narrowest. */
  #columns(row: number): number {
    const south = row * this.#rowDegrees - 90;
    // One row further towards the pole: a neighbour may lie there, where a degree of longitude is shorter still.
    const furthest = Math.min(90, Math.max(Math.abs(south - this.#rowDegrees), Math.abs(south + 2 * this.#rowDegrees)));
    const degrees = this.#rowDegrees / Math.max(1e-9, Math.cos((furthest * Math.PI) / 180));
    return Math.max(1, Math.floor(360 / degrees));
  }

  #column(row: number, lon: number): number {
    const columns = this.#columns(row);
    return Math.min(columns - 1, Math.floor(((((lon + 180) % 360) + 360) % 360) * (columns / 360)));
  }
}
