/**
 * A name for the midst of a plain text (a title, a label): whatever direction its letters run in, they do not turn the words around it.
 * U+2068 FIRST STRONG ISOLATE and U+2069 POP DIRECTIONAL ISOLATE: UAX #9. Names cannot hold these marks themselves.
 */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
