import type { Incident, IncidentLevel, IncidentState, Task } from '../../../alerts/incident-contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** What of an incident the panel asks for: nothing of whoever reported it. */
export const incidentFields = [
  'number',
  'level',
  'state',
  'suspended',
  'title',
  'place',
  'instants',
  'timers',
  'simulated',
  'drill',
] as const;
export type ShownIncident = Pick<Incident, 'id' | (typeof incidentFields)[number]>;
export type UnitTask = Pick<Task, 'incident' | 'state'>;

export interface IncidentRow {
  readonly id: string;
  readonly number: string;
  readonly level: IncidentLevel;
  readonly state: IncidentState;
  readonly suspended: boolean;
  readonly title: string;
  readonly where: string | null;
  readonly reportedAt: EpochMs;
  /** Sent and not yet on the way; on the way; there. */
  readonly units: { readonly called: number; readonly underWay: number; readonly onScene: number };
  /** What has to be done next, and until when; null: nothing is, or its clock stands still. */
  readonly due: { readonly until: Incident['timers'][number]['until']; readonly at: EpochMs; readonly late: boolean } | null;
  readonly simulated: boolean;
  readonly drill: boolean;
}

export interface IncidentBoard {
  readonly rows: readonly IncidentRow[];
  /** Of what is no drill. */
  readonly byLevel: Readonly<Record<IncidentLevel, number>>;
  readonly late: number;
}

/** From the worst on. */
export const incidentLevels: readonly IncidentLevel[] = ['I', 'II', 'III', 'IV'];
const over: ReadonlySet<IncidentState> = new Set(['closed', 'rejected', 'duplicate', 'merged', 'transferred', 'voided']);

/** What the board shows of the incidents at this time: open ones, the worst first, what is late before what is not, the oldest first among equals. Drills come after what is real. */
export function incidentBoard(incidents: Iterable<ShownIncident>, tasks: Iterable<UnitTask>, now: EpochMs): IncidentBoard {
  const units = new Map<string, { called: number; underWay: number; onScene: number }>();
  for (const { incident, state } of tasks) {
    const of = units.get(incident) ?? { called: 0, underWay: 0, onScene: 0 };
    units.set(incident, of);
    if (state === 'sent' || state === 'accepted') of.called += 1;
    else if (state === 'enRoute') of.underWay += 1;
    else if (state === 'onScene') of.onScene += 1;
  }
  const rows: IncidentRow[] = [];
  const byLevel: Record<IncidentLevel, number> = { I: 0, II: 0, III: 0, IV: 0 };
  let late = 0;
  for (const incident of incidents) {
    if (over.has(incident.state)) continue;
    const due = nextDue(incident, now);
    if (!incident.drill) {
      byLevel[incident.level] += 1;
      if (due?.late) late += 1;
    }
    rows.push({
      id: incident.id,
      number: incident.number,
      level: incident.level,
      state: incident.state,
      suspended: incident.suspended !== null,
      title: incident.title,
      where: incident.place.text,
      reportedAt: incident.instants.reported,
      units: units.get(incident.id) ?? { called: 0, underWay: 0, onScene: 0 },
      due,
      simulated: incident.simulated,
      drill: incident.drill,
    });
  }
  rows.sort(
    (a, b) =>
      Number(a.drill) - Number(b.drill) ||
      incidentLevels.indexOf(a.level) - incidentLevels.indexOf(b.level) ||
      Number(b.due?.late ?? false) - Number(a.due?.late ?? false) ||
      a.reportedAt - b.reportedAt ||
      (a.id < b.id ? -1 : 1),
  );
  return { rows, byLevel, late };
}

function nextDue({ timers, suspended }: ShownIncident, now: EpochMs): IncidentRow['due'] {
  if (suspended !== null) return null;
  const running = timers.filter(({ metAt, pausedAt }) => metAt === null && pausedAt === null);
  const [next] = running.toSorted((a, b) => a.dueAt - b.dueAt);
  return next ? { until: next.until, at: next.dueAt, late: next.dueAt < now } : null;
}
