import gcoord from 'gcoord';
import type { Place } from './place.ts';

/** A position of WGS 84, in degrees. */
export interface Wgs84Position {
  readonly lat: number;
  readonly lon: number;
}

/**
 * Where a place is in WGS 84: positions of different datums lie half a kilometre apart for the same spot, so they are compared in this one alone. GCJ-02 and BD-09, which Chinese
 * maps use, are taken back to within a metre; CGCS2000 is the same to the centimetre. Null where nobody told a position.
 */
export function wgs84Of({ lat, lon, datum }: Pick<Place, 'lat' | 'lon' | 'datum'>): Wgs84Position | null {
  if (lat === null || lon === null) return null;
  if (datum === 'wgs84' || datum === 'cgcs2000') return { lat, lon };
  const [east, north] = gcoord.transform([lon, lat], datum === 'gcj02' ? gcoord.GCJ02 : gcoord.BD09, gcoord.WGS84);
  return { lat: north!, lon: east! };
}
