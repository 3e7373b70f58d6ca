/** Characters of a pairing code, as a display shows it: two groups of four. */
export const pairingCodeLength = 8;

/** What somebody typed of a pairing code, as the hub wants it: full-width letters made plain, capitals, without spaces, hyphens and other signs. */
export function pairingCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '');
}

/** The same in two groups, for reading while it is typed. */
export function groupedCode(typed: string): string {
  const code = pairingCode(typed).slice(0, pairingCodeLength);
  return code.length > 4 ? `${code.slice(0, 4)} ${code.slice(4)}` : code;
}
