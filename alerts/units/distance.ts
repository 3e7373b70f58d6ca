import type { Place } from '../../main/contract/place.ts';
import { greatCircleM } from '../rules/great-circle.ts';

/** A position with the datum that it was measured in. */
export type Point = Pick<Place, 'lat' | 'lon' | 'datum'>;

const plain = (datum: Place['datum']): Place['datum'] => (datum === 'cgcs2000' ? 'wgs84' : datum);

/**
 * Metres between two places in a straight line; null when one of them is not known, or they were measured in different datums: the same place lies half a kilometre
 * away in another. WGS 84 and CGCS2000 are centimetres apart.
 */
export function distanceM(one: Point, other: Point): number | null {
  if (one.lat === null || one.lon === null || other.lat === null || other.lon === null) return null;
  if (plain(one.datum) !== plain(other.datum)) return null;
  return greatCircleM({ lat: one.lat, lon: one.lon }, { lat: other.lat, lon: other.lon });
}
