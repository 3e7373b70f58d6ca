import type { Alert, Severity } from '../../../alerts/contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** What of an alert the panel asks for. */
export const alertFields = [
  'severity',
  'title',
  'subject',
  'place',
  'active',
  'since',
  'count',
  'acknowledged',
  'held',
  'firstOut',
  'simulated',
  'drill',
] as const;
export type ShownAlert = Pick<Alert, 'id' | (typeof alertFields)[number]>;

export type AlertState = 'unacknowledged' | 'acknowledged' | 'over';

export interface AlertRow {
  readonly id: string;
  readonly severity: Severity;
  readonly state: AlertState;
  readonly title: { readonly zh: string; readonly en: string };
  /** In words; null where the alert says nothing that its title does not. */
  readonly where: string | null;
  readonly since: EpochMs;
  readonly count: number;
  readonly firstOut: boolean;
  readonly simulated: boolean;
  readonly drill: boolean;
}

export interface AlertBoard {
  /** The worst first; what is held back is not among them. */
  readonly rows: readonly AlertRow[];
  readonly held: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
}

/** From the worst on. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const states: readonly AlertState[] = ['unacknowledged', 'acknowledged', 'over'];

/** What the list shows of the alerts: by severity, what nobody has acknowledged first, the newest first among equals. Drills come after what is real. */
export function alertBoard(alerts: Iterable<ShownAlert>, atLeast: Severity = 'low'): AlertBoard {
  const least = severities.indexOf(atLeast);
  const rows: AlertRow[] = [];
  const bySeverity: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  let held = 0;
  for (const alert of alerts) {
    if (severities.indexOf(alert.severity) > least) continue;
    // Cleared and acknowledged: it is over, and about to go.
    if (!alert.active && alert.acknowledged) continue;
    if (alert.held) {
      held += 1;
      continue;
    }
    if (!alert.drill) bySeverity[alert.severity] += 1;
    const where = alert.place.text ?? alert.subject.name;
    rows.push({
      id: alert.id,
      severity: alert.severity,
      state: !alert.active ? 'over' : alert.acknowledged ? 'acknowledged' : 'unacknowledged',
      title: alert.title,
      where: where === '' || (alert.title.zh.includes(where) && alert.title.en.includes(where)) ? null : where,
      since: alert.since,
      count: alert.count,
      firstOut: alert.firstOut,
      simulated: alert.simulated,
      drill: alert.drill,
    });
  }
  rows.sort(
    (a, b) =>
      Number(a.drill) - Number(b.drill) ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      states.indexOf(a.state) - states.indexOf(b.state) ||
      b.since - a.since ||
      (a.id < b.id ? -1 : 1),
  );
  return { rows, held, bySeverity };
}
