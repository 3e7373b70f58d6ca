import { parameterSetsOf, type VideoTrack } from './video-track.ts';

/**
 * A copy of everything in a key picture up to the end of the last of `track`'s parameter sets, which are views into it, and of the start
 * code behind it. A later key picture that begins with the same bytes has the same parameter sets: comparing is cheaper than parsing.
 */
export function parameterPrefixOf(annexB: Uint8Array, track: VideoTrack): Uint8Array {
  const end = Math.max(...parameterSetsOf(track).map((nal) => nal.byteOffset + nal.length)) - annexB.byteOffset;
  return annexB.slice(0, Math.min(annexB.length, end + 3));
}

/** Whether `bytes` begin with `prefix`. */
export function hasPrefix(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i += 1) if (bytes[i] !== prefix[i]) return false;
  return true;
}
