/** FNV-1a over the UTF-16 units of a text, from a basis of one's own, mixed at the end (32 bits). */
function fnv1a(text: string, basis: number): number {
  let hash = basis >>> 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    hash = Math.imul(hash ^ (unit & 255), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * A short name for a list of words, the same for the same words: 128 bits in hexadecimal. It tells things apart that nobody chose to make alike; it proves
 * nothing.
 */
export function fingerprint(words: readonly string[]): string {
  const text = words.map((word) => `${word.length}:${word}`).join(',');
  return [0x811c9dc5, 0x1000193, 0x9e3779b9, 0x85ebca6b].map((basis) => fnv1a(text, basis).toString(16).padStart(8, '0')).join('');
}
