import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident, IncidentLogEntry } from '../incident-contract.ts';
import { applyEntry } from './apply-entry.ts';
import type { IncidentEntryDraft } from './incident-body.ts';

/** Who writes into a log, and when. */
export interface Writer {
  readonly now: EpochMs;
  readonly by: string;
  /** The desk, address or feed that it came from. */
  readonly from: string | null;
}

/** What was decided, written down: the entries with their numbers, and what the incident is after them. They belong into one transaction. */
export interface Written {
  readonly incident: Incident;
  readonly entries: readonly IncidentLogEntry[];
}

/**
 * Numbers the drafts and applies them.
 * @param incident what it was before: an incident, or the id of one that is to be opened; then the first draft is `opened`, else a TypeError is thrown
 */
export function writeDrafts(incident: Incident | Incident['id'], drafts: readonly IncidentEntryDraft[], writer: Writer): Written {
  const { now: enteredAt, by, from } = writer;
  const [incidentId, before] = typeof incident === 'string' ? [incident, null] : [incident.id, incident];
  let after = before;
  let seq = before?.lastSeq ?? 0;
  const entries = drafts.map(({ kind, at, body, corrects }): IncidentLogEntry => {
    const entry: IncidentLogEntry = { seq: ++seq, incidentId, at, enteredAt, by, from, kind, body, corrects };
    after = applyEntry(after, entry);
    return entry;
  });
  if (after === null) throw new TypeError(`nothing opens incident ${incidentId}`);
  return { incident: after, entries };
}
