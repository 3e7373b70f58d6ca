/** One coded picture of a clip. Times begin near zero; the bytes are shared by everybody who plays the clip. */
export interface ClipUnit {
  readonly annexB: Uint8Array;
  readonly dtsUs: number;
  readonly ptsUs: number;
  readonly key: boolean;
  readonly corrupt: boolean;
}

/** A whole recording in memory, ready to be played in a loop. */
export interface Clip {
  /** At least one, in decoding order, `dtsUs` strictly rising. */
  readonly units: readonly ClipUnit[];
  /** After so long it begins again. More than the last `dtsUs`. */
  readonly durationUs: number;
  readonly bytes: number;
}

/** Faster than any camera; a file that claims more would keep a processor busy. */
const maxFps = 240;

/** Completes a clip; null when nothing can be played in it: no picture, no key picture, or times that mean nothing. */
export function makeClip(units: readonly ClipUnit[], durationUs: number): Clip | null {
  const last = units.at(-1);
  if (!last || !units.some((unit) => unit.key)) return null;
  if (!Number.isFinite(durationUs) || durationUs <= last.dtsUs || durationUs * maxFps < units.length * 1_000_000) return null;
  return { units, durationUs, bytes: units.reduce((sum, unit) => sum + unit.annexB.length, 0) };
}
