import type { Alert, Severity } from '../../../alerts/contract.ts';
import { severityOrder } from '../../sounds/alert-ringer.ts';

/** What became of an alert, as the list names it: the first of these that is true. */
export type AlertState = 'shelved' | 'held' | 'cleared' | 'unacknowledged' | 'acknowledged';

/** Which states the list shows; `active` is all that hold and disturb somebody. */
export const stateFilters = ['all', 'active', 'unacknowledged', 'cleared', 'shelved', 'held'] as const;
export type StateFilter = (typeof stateFilters)[number];

/** What the list is narrowed to. */
export interface AlertFilter {
  /** Empty: all. */
  readonly severities: readonly Severity[];
  readonly system: string | null;
  readonly state: StateFilter;
  readonly text: string;
}

export const noFilter: AlertFilter = { severities: [], system: null, state: 'all', text: '' };

/** The part of an alert that its state follows from. */
export type AlertStanding = Pick<Alert, 'active' | 'shelved' | 'held'> & { readonly acknowledged: object | null };

export function alertState({ active, acknowledged, shelved, held }: AlertStanding): AlertState {
  if (shelved !== null) return 'shelved';
  if (held !== null) return 'held';
  if (acknowledged !== null) return 'acknowledged';
  return active ? 'unacknowledged' : 'cleared';
}

/** Whether an alert is one that somebody should be reminded of by ear: it holds, nobody has seen it, nothing keeps it back. */
export const maySound = (alert: AlertStanding): boolean => alertState(alert) === 'unacknowledged';

/** Whether somebody still has to acknowledge it. */
export const isOpen = (alert: AlertStanding): boolean => alert.acknowledged === null && alert.shelved === null && alert.held === null;

const stateFits: Readonly<Record<StateFilter, (alert: Alert) => boolean>> = {
  all: () => true,
  active: (alert) => alert.active && alert.shelved === null && alert.held === null,
  unacknowledged: (alert) => alertState(alert) === 'unacknowledged',
  cleared: (alert) => alertState(alert) === 'cleared',
  shelved: (alert) => alertState(alert) === 'shelved',
  held: (alert) => alertState(alert) === 'held',
};

const place: Readonly<Record<AlertState, number>> = { unacknowledged: 0, cleared: 1, acknowledged: 1, held: 2, shelved: 2 };

/**
 * The alerts that pass the filter, in the order of the list: what disturbs nobody last, the worst first, among them what nobody has acknowledged, the newest
 * first. Text is looked for in words, place, rule and labels, each part of it somewhere.
 */
export function alertRows(alerts: Iterable<Alert>, { severities, system, state, text }: AlertFilter): Alert[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const rows: { readonly alert: Alert; readonly kept: number; readonly bad: number; readonly open: number }[] = [];
  for (const alert of alerts) {
    if (severities.length > 0 && !severities.includes(alert.severity)) continue;
    if ((system !== null && alert.system !== system) || !stateFits[state](alert)) continue;
    if (words.length > 0) {
      const said = saidOf(alert);
      if (!words.every((word) => said.includes(word))) continue;
    }
    const at = place[alertState(alert)];
    rows.push({ alert, kept: at === 2 ? 1 : 0, bad: severityOrder.indexOf(alert.severity), open: at === 0 ? 0 : 1 });
  }
  rows.sort(
    (a, b) =>
      a.kept - b.kept ||
      a.bad - b.bad ||
      a.open - b.open ||
      b.alert.raisedAt - a.alert.raisedAt ||
      (a.alert.id < b.alert.id ? -1 : a.alert.id > b.alert.id ? 1 : 0),
  );
  return rows.map(({ alert }) => alert);
}

function saidOf({ title, subject, place: where, rule, labels }: Alert): string {
  return [title.zh, title.en, subject.name, subject.id, where.text ?? '', rule, ...Object.values(labels)].join('\n').toLocaleLowerCase();
}

/** What the top line says of all alerts at once. */
export interface AlertSummary {
  /** Those that hold and are kept back by nothing, by severity; and of these, those that nobody has acknowledged. */
  readonly active: Readonly<Record<Severity, number>>;
  readonly open: Readonly<Record<Severity, number>>;
  /** Everything that waits to be acknowledged, what is over included. */
  readonly unacknowledged: number;
  /** Held back by a flood. */
  readonly flooded: number;
  readonly sounding: ReadonlyMap<string, Severity>;
}

/** One walk over all of them. */
export function alertSummary(alerts: Iterable<readonly [string, AlertStanding & Pick<Alert, 'severity'>]>): AlertSummary {
  const active: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  const open: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  const sounding = new Map<string, Severity>();
  let unacknowledged = 0;
  let flooded = 0;
  for (const [id, alert] of alerts) {
    if (alert.held?.by === 'flood') flooded += 1;
    if (alert.held !== null || alert.shelved !== null) continue;
    if (isOpen(alert)) unacknowledged += 1;
    if (!alert.active) continue;
    active[alert.severity] += 1;
    if (!maySound(alert)) continue;
    open[alert.severity] += 1;
    sounding.set(id, alert.severity);
  }
  return { active, open, unacknowledged, flooded, sounding };
}
