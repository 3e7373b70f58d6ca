import type { Incident, IncidentLogEntry } from '../incident-contract.ts';
import { replayIncident } from '../incidents/replay-incident.ts';

/** Where the logs of incidents are kept, for ever. */
export interface IncidentRecords {
  /** Called inside the transaction of the changes that the entries tell of. Throws for an entry that is there already, or leaves a gap. */
  append(entries: readonly IncidentLogEntry[]): void;
  /** Gives a number away, inside the transaction too. Throws when somebody has it. */
  give(number: string, incidentId: string): void;
  /** The entries after `after`, oldest first. */
  read(incidentId: string, after: number, limit: number): readonly IncidentLogEntry[];
  /** What a situation report is made of, oldest first: what says how the incident is, and of the notes and corrections the last `words`. */
  readForReport(incidentId: string, words: number): Iterable<IncidentLogEntry>;
  /** Incidents by their numbers, those between `after` and `before`, in the order of text; `sealed`: under this prefix and their id something is kept sealed. */
  numbered(
    after: string,
    before: string,
    limit: number,
    sealedPrefix: string,
  ): readonly { readonly number: string; readonly incidentId: string; readonly sealed: boolean }[];
  /** The last number of the last day that has one; null when none was given. */
  lastNumber(): string | null;
}

const pageRows = 500;

/** All entries of an incident, a page at a time. */
export function* entriesOf(records: Pick<IncidentRecords, 'read'>, incidentId: string): IterableIterator<IncidentLogEntry> {
  for (let after = 0; ;) {
    const page = records.read(incidentId, after, pageRows);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    after = last.seq;
  }
}

/** An incident that left the collection, made again of its log; undefined when there never was one. */
export function recallIncident(records: Pick<IncidentRecords, 'read'>, incidentId: string): Incident | undefined {
  return replayIncident(entriesOf(records, incidentId)) ?? undefined;
}
