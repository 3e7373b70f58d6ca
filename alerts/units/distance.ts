import type { Place } from '../../main/contract/place.ts';
import { wgs84Of } from '../../main/contract/wgs84.ts';
import { greatCircleM } from '../rules/great-circle.ts';

/** A position with the datum that it was measured in. */
export type Point = Pick<Place, 'lat' | 'lon' | 'datum'>;

/** Metres between two places in a straight line, whatever datums they were measured in; null when one of them is not known. */
export function distanceM(one: Point, other: Point): number | null {
  const [from, to] = [wgs84Of(one), wgs84Of(other)];
  return from === null || to === null ? null : greatCircleM(from, to);
}
