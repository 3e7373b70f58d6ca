/** The most bytes of a photo, and the most pixels of a side. */
export const photoBytesAtMost = 1_048_576;
const sideAtMost = 8192;

/** Start of frame: baseline, extended, progressive (ITU-T T.81 table B.1). What nobody's phone makes is refused. */
const frames: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);

/**
 * Looks at a JPEG by its markers (ITU-T T.81 annex B), without decoding it: its size in pixels, or null for what is none, is cut off, or has something behind its end.
 */
export function jpegSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | null {
  const end = bytes.length;
  if (end > photoBytesAtMost || end < 4 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  if (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) return null;
  let size: { width: number; height: number } | null = null;
  let at = 2;
  while (at + 4 <= end) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    // Any number of fill bytes may precede a marker (B.1.1.2).
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (length < 2 || at + 2 + length > end) return null;
    if (frames.has(marker)) {
      if (length < 11 || size !== null) return null;
      const height = (bytes[at + 5]! << 8) | bytes[at + 6]!;
      const width = (bytes[at + 7]! << 8) | bytes[at + 8]!;
      if (width < 1 || height < 1 || width > sideAtMost || height > sideAtMost) return null;
      size = { width, height };
    }
    // Start of scan: what follows is the picture itself, up to the end that was looked at.
    if (marker === 0xda) return size;
    // A marker that has no place before a scan: another start, an end, a restart.
    if (marker === 0xd8 || marker === 0xd9 || (marker >= 0xd0 && marker <= 0xd7) || marker < 0xc0) return null;
    at += 2 + length;
  }
  return null;
}
