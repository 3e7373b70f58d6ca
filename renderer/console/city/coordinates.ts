/** A position in degrees, as somebody reads it off a map or hears it over the radio; of which datum the numbers do not say. */
export interface Coordinates {
  readonly lat: number;
  readonly lon: number;
}

const pair = /^([+-]?\d{1,3}\.\d{1,12})\s*°?(?:\s*[,，、;；]\s*|\s+)([+-]?\d{1,3}\.\d{1,12})\s*°?$/;

/**
 * The position that a text is: two numbers with decimals and nothing else ("31.36, 119.82"), because "12 15" is how people name houses. Latitude comes first; Chinese
 * maps say longitude first, which shows where the first number is none of a latitude. Null for anything else.
 */
export function coordinatesOf(words: string): Coordinates | null {
  const found = pair.exec(words.trim());
  if (!found) return null;
  const [first, second] = [Number(found[1]), Number(found[2])];
  if (isLatitude(first) && isLongitude(second)) return { lat: first, lon: second };
  return isLongitude(first) && isLatitude(second) ? { lat: second, lon: first } : null;
}

const isLatitude = (degrees: number): boolean => Math.abs(degrees) <= 90;
const isLongitude = (degrees: number): boolean => Math.abs(degrees) <= 180;
