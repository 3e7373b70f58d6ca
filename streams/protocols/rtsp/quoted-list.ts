/** Splits at `separator`, which counts only outside of quoted strings (RFC 2616 clause 2.2). Pieces are trimmed; empty ones are left out. */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const pieces: string[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') isQuoted = !isQuoted;
    else if (letter === '\\' && isQuoted) at += 1;
    else if (at === text.length || (letter === separator && !isQuoted)) {
      const piece = text.slice(begin, at).trim();
      if (piece !== '') pieces.push(piece);
      begin = at + 1;
    }
  }
  // An open quote, or a backslash at the very end, hides the end of the text from the loop.
  const rest = text.slice(begin).trim();
  if (rest !== '' && begin <= text.length) pieces.push(rest);
  return pieces;
}

/** The two halves of `name=value`, the name in lower case, the value without its quotes. A piece without `=` has an empty value. */
export function nameAndValue(piece: string): readonly [name: string, value: string] {
  const equals = piece.indexOf('=');
  if (equals < 0) return [piece.trim().toLowerCase(), ''];
  return [piece.slice(0, equals).trim().toLowerCase(), unquote(piece.slice(equals + 1).trim())];
}

/** A quoted string as it is written (RFC 2616 clause 2.2). */
export const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const end = text.length > 1 && text.endsWith('"') ? -1 : undefined;
  return text.slice(1, end).replaceAll(/\\(.)/gs, '$1');
}
