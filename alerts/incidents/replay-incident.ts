import type { Incident, IncidentLogEntry } from '../incident-contract.ts';
import { applyEntry } from './apply-entry.ts';

/** The incident that a log tells of, bit for bit; who has it open now is in no log. @returns null for a log without entries */
export function replayIncident(entries: Iterable<IncidentLogEntry>): Incident | null {
  let incident: Incident | null = null;
  for (const entry of entries) incident = applyEntry(incident, entry);
  return incident;
}
