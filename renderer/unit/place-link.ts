import type { Place } from '../../main/contract/place.ts';

/**
 * The address that opens a place in the map of a phone (RFC 5870; `q` is what Android's maps mark). Only for WGS-84 and what is the same within a metre: the scheme
 * knows no other, and the shifted datums of Chinese maps would show another street. Null where there is none.
 */
export function placeLink({ lat, lon, datum }: Pick<Place, 'lat' | 'lon' | 'datum'>): string | null {
  if (lat === null || lon === null || (datum !== 'wgs84' && datum !== 'cgcs2000')) return null;
  const point = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  return `geo:${point}?q=${point}`;
}
