import type { Wall } from './contract.ts';

/** What legibility depends on: how large a pixel is, and who sits farthest away. */
export type Seating = Pick<Wall, 'pixelPitchMm' | 'farthestSeatM'>;

/**
 * What the farthest seat needs, in arc-minutes of character height. Latin letters and digits on large group displays: 16′
 * (NUREG-0700). Chinese characters have more strokes and need 20′.
 */
export const leastArcMin = { latin: 16, han: 20 } as const;
export type Script = keyof typeof leastArcMin;

/** Height of a capital letter as a part of the font size. */
export const capPerEm = 0.7;
const radPerArcMin = Math.PI / 180 / 60;

/** Height in wall pixels that is seen under `arcMin` from the farthest seat: h = 2·d·tan(θ/2). */
export function capHeightPx(arcMin: number, wall: Seating): number {
  return (2 * wall.farthestSeatM * 1000 * Math.tan((arcMin * radPerArcMin) / 2)) / wall.pixelPitchMm;
}

/** Font size in wall pixels whose capitals are seen under `arcMin` from the farthest seat. */
export function fontPx(arcMin: number, wall: Seating): number {
  return capHeightPx(arcMin, wall) / capPerEm;
}

/** Under how many arc-minutes the farthest seat sees capitals of this font size. */
export function arcMinOf(fontSizePx: number, wall: Seating): number {
  return (2 * Math.atan((fontSizePx * capPerEm * wall.pixelPitchMm) / (2 * wall.farthestSeatM * 1000))) / radPerArcMin;
}

/** Whether a text can be read from the farthest seat, and if not, what would help. */
export interface Legibility {
  readonly legible: boolean;
  readonly arcMin: number;
  readonly neededPx: number;
  /** How near one must sit to read it as it is. */
  readonly readableWithinM: number;
}

/** Judges a text size. Nothing is refused for it: text meant for the desk is declared as such by the page. */
export function legibilityOf(fontSizePx: number, script: Script, wall: Seating): Legibility {
  const arcMin = arcMinOf(fontSizePx, wall);
  const least = leastArcMin[script];
  const heightMm = fontSizePx * capPerEm * wall.pixelPitchMm;
  return {
    legible: arcMin >= least - 1e-9,
    arcMin,
    neededPx: fontPx(least, wall),
    readableWithinM: heightMm / (2 * Math.tan((least * radPerArcMin) / 2)) / 1000,
  };
}
