/** How lines share axes: one for each unit, in the order in which the units come. The third unit and later ones have a scale of their own that is not written. */
export interface TrendAxes {
  readonly axes: readonly { readonly unit: string; readonly digits: number }[];
  /** By line. */
  readonly of: readonly number[];
}

/** Divides lines among axes. */
export function trendAxes(lines: readonly { readonly unit: string; readonly digits: number }[]): TrendAxes {
  const axes: { unit: string; digits: number }[] = [];
  const of = lines.map(({ unit, digits }) => {
    const at = axes.findIndex((axis) => axis.unit === unit);
    if (at < 0) return axes.push({ unit, digits }) - 1;
    axes[at]!.digits = Math.max(axes[at]!.digits, digits);
    return at;
  });
  return { axes, of };
}

/** So often an axis moves by about a pixel: oftener would be seen by nobody. */
export const drawEveryMs = (hours: number): number => Math.min(60_000, Math.max(2000, (hours * 3_600_000) / 900));
