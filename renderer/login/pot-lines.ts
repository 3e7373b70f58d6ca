/** One throwing ring of the pot: the front half of an ellipse, as an SVG path. */
export interface Ring {
  readonly path: string;
  /** 0 to 1: rings in the light are drawn stronger. */
  readonly strength: number;
}

/** Half the width of the pot at height `t`: 0 at the rim, 1 at the foot. A shoulder, a full belly, a narrow foot. */
export function profile(t: number): number {
  const belly = Math.sin(Math.PI * (0.2 + 0.72 * t ** 0.82)) ** 0.9;
  const neck = 0.07 * Math.exp(-((t / 0.045) ** 2));
  return 0.2 + 0.8 * belly - neck;
}

/** The rings of a thrown pot seen slightly from above, in a box of 400 × 400. */
export function potRings(count: number): Ring[] {
  return Array.from({ length: count }, (_, index) => {
    const t = index / (count - 1);
    const rx = 172 * profile(t);
    const ry = rx * (0.15 + 0.05 * t);
    const y = 66 + 270 * t;
    const [left, right, top] = [200 - rx, 200 + rx, y.toFixed(2)].map(Number) as [number, number, number];
    return {
      path: `M${left.toFixed(2)} ${top}A${rx.toFixed(2)} ${ry.toFixed(2)} 0 0 0 ${right.toFixed(2)} ${top}`,
      strength: 0.16 + 0.6 * Math.exp(-(((t - 0.3) / 0.34) ** 2)),
    };
  });
}
