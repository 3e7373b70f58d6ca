/**
 * The one JSON text of a value: names in code-unit order, no white space, as RFC 8785 orders them; what JSON does not
 * carry (`undefined`, functions) is left out as `JSON.stringify` does. Equal values give equal text, so it can be hashed.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sorted) ?? 'null';
}

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value).sort();
  // Without a prototype, so that a property called __proto__ stays a property.
  const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of names) copy[name] = (value as Record<string, unknown>)[name];
  return copy;
}
