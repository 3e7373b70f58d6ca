/** A position in degrees. */
export interface Position {
  readonly lat: number;
  readonly lon: number;
}

/** Mean radius of the earth (IUGG), in metres. */
export const earthRadiusM = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres between two positions along the surface, by the haversine formula. */
export function greatCircleM(one: Position, other: Position): number {
  const dLat = radians(other.lat - one.lat);
  const dLon = radians(other.lon - one.lon);
  const half = Math.sin(dLat / 2) ** 2 + Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(half)));
}
