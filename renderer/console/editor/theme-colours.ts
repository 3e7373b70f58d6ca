/** Everything that text and marks of a panel are made of. */
const judged = [
  'text',
  'text-dim',
  'text-faint',
  'ground',
  'surface',
  'raised',
  'sunken',
  'shade',
  'accent',
  'critical',
  'high',
  'medium',
  'low',
  'shelved',
  'ok',
] as const;

/** The colours of this page by the names of their tokens, as the check of a layout wants them. */
export function themeColours(): ReadonlyMap<string, string> {
  const style = getComputedStyle(document.documentElement);
  return new Map(judged.map((name) => [name, style.getPropertyValue(`--c-${name}`).trim()] as const).filter(([, value]) => value !== ''));
}
