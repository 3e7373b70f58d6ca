/** The straight line through points by least squares. */
export interface Line {
  readonly slope: number;
  /** Standard error of the slope, from what the points are off the line; null with two points, which are always on it. */
  readonly stderr: number | null;
}

/** Null with fewer than two different x. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): Line | null {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (count < 2 || spread === 0) return null;
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const off = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, stderr: count === 2 ? null : Math.sqrt(off / (count - 2) / spread) };
}
