import type { IncidentType } from '../../../alerts/incidents/incident-type.ts';
import { incidentTypeOf, incidentTypes } from '../../../alerts/incidents/incident-types.ts';
import { CameraLookup } from '../../../streams/lookup/camera-lookup.ts';
import { currentLocale } from '../../i18n/index.ts';

/** A type of incident in the reader's language. One that this page does not know is written as it is. */
export function incidentTypeName(type: string): string {
  const known = incidentTypeOf(type);
  if (!known) return type;
  return currentLocale.value === 'en' ? known.en : known.zh;
}

/** A type in both languages, for a search that does not care which one somebody writes. */
export function incidentTypeWords(type: string): string {
  const known = incidentTypeOf(type);
  return known ? `${known.zh} ${known.en} ${type}` : type;
}

let lookup: CameraLookup | null = null;

/** The types that a few characters mean, best first: of either language, of the name of the type, or initials of the Chinese one. */
export function searchIncidentTypes(words: string, atMost: number): readonly IncidentType[] {
  if (!lookup) {
    lookup = new CameraLookup();
    for (const { type, zh, en } of incidentTypes.values()) lookup.put({ id: type, number: type, name: zh, aliases: [en] });
  }
  return lookup.search(words, atMost).ids.flatMap((type) => incidentTypes.get(type) ?? []);
}
