/** What somebody wrote in several lines, as a hand-over takes it: tabs are spaces, nothing at the ends; null when it is nothing. */
export function writtenText(typed: string): string | null {
  const plain = typed.replaceAll('\r\n', '\n').replaceAll('\t', ' ').trim();
  return plain === '' ? null : plain;
}
