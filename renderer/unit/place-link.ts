import type { Place } from '../../main/contract/place.ts';
import { wgs84Of } from '../../main/contract/wgs84.ts';

/**
 * The address that opens a place in the map of a phone (RFC 5870; `q` is what Android's maps mark). The scheme knows WGS 84 alone: a position of a Chinese map would show
 * another street there. Null where there is none.
 */
export function placeLink(place: Pick<Place, 'lat' | 'lon' | 'datum'>): string | null {
  const position = wgs84Of(place);
  if (position === null) return null;
  const point = `${position.lat.toFixed(6)},${position.lon.toFixed(6)}`;
  return `geo:${point}?q=${point}`;
}
