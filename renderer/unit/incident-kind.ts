/** The kinds of incidents that this page has a word and a drawing for: the widest part of a type's name. */
export const incidentKinds = [
  'traffic',
  'fire',
  'medical',
  'flood',
  'weather',
  'utilities',
  'environment',
  'security',
  'public-safety',
  'urban',
  'grid',
  'industrial',
  'health',
  'other',
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

/** The kind of a type, `traffic.accident` → `traffic`; `other` for one that this page does not know. */
export function incidentKind(type: string): IncidentKind {
  const wide = type.split('.')[0];
  return incidentKinds.find((kind) => kind === wide) ?? 'other';
}
