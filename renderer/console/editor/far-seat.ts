import type { Wall } from '../../../layouts/contract.ts';

/** From the eye to a desk's display. */
const deskDistanceM = 0.6;
/** CSS Values 4, 6.2: a reference pixel is 1/96 inch. */
const deskPixelMm = 25.4 / 96;

/**
 * CSS pixels per wall pixel at which a wall, seen from 60 cm, takes as much of the eye as the wall itself from its farthest seat: what can be
 * read so can be read there.
 */
export function farSeatScale({ pixelPitchMm, farthestSeatM }: Pick<Wall, 'pixelPitchMm' | 'farthestSeatM'>): number {
  return (pixelPitchMm / deskPixelMm) * (deskDistanceM / farthestSeatM);
}
