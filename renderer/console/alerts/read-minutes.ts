/** Whole minutes that somebody typed, from 1 to `longest`; null for anything else. */
export function readMinutes(typed: string, longest: number): number | null {
  const digits = /^\s*(\d{1,6})\s*$/.exec(typed)?.[1];
  const minutes = digits === undefined ? 0 : Number(digits);
  return minutes >= 1 && minutes <= longest ? minutes : null;
}
