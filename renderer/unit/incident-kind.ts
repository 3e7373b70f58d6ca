import { incidentTypeOf } from '../../alerts/incidents/incident-types.ts';
import { currentLocale } from '../i18n/index.ts';

/** The kinds of incidents that this page has a drawing for: the widest part of a type's name. */
export const incidentKinds = [
  'traffic',
  'fire',
  'rescue',
  'medical',
  'public-order',
  'flood',
  'utilities',
  'environment',
  'cyber',
  'grid',
  'urban',
  'other',
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

/** The kind of a type, `traffic.accident` → `traffic`; `other` for one that this page does not know. */
export function incidentKind(type: string): IncidentKind {
  const wide = type.split('.')[0];
  return incidentKinds.find((kind) => kind === wide) ?? 'other';
}

/** A type in the reader's language; one that this page does not know is written as it is. */
export function incidentKindWords(type: string): string {
  const known = incidentTypeOf(type);
  if (!known) return type;
  return currentLocale.value === 'en' ? known.en : known.zh;
}
