/** The methods in a Public or Allow header (RFC 2326 clauses 12.28 and 12.4), in upper case. What is no method is left out. */
export function decodeMethods(text: string): ReadonlySet<string> {
  const methods = text.slice(0, maxLength).split(/[\s,]+/);
  return new Set(methods.map((method) => method.toUpperCase()).filter((method) => /^[A-Z_]{1,32}$/.test(method)));
}

/** Writes a Public or Allow header. */
export const encodeMethods = (methods: Iterable<string>): string => [...methods].join(', ');

const maxLength = 1024;
