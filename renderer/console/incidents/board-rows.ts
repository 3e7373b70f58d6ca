import type { Incident, IncidentLevel, Task, Unit } from '../../../alerts/incident-contract.ts';
import { isOver } from '../../../alerts/incidents/incident-machine.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { nextDue, type NextDue } from './incident-due.ts';

/** Which incidents the board lists. */
export interface BoardFilter {
  readonly text: string;
  readonly which: 'open' | 'mine' | 'late' | 'over' | 'all';
  readonly level: IncidentLevel | null;
  readonly drills: 'with' | 'without' | 'only';
}

/** In what order; each puts what presses first. */
export const boardSorts = ['urgency', 'level', 'newest', 'number', 'owner'] as const;
export type BoardSort = (typeof boardSorts)[number];

/** An incident as the board shows it. */
export interface BoardRow {
  readonly incident: Incident;
  readonly due: NextDue | null;
  /** The numbers of the units that are on it now. */
  readonly units: readonly string[];
}

export interface BoardInput {
  readonly incidents: Iterable<Incident>;
  readonly tasks: Iterable<Task>;
  readonly unit: (id: string) => Unit | undefined;
  readonly userId: string;
  /** The words of a type, for the search. */
  readonly typeWords: (type: string) => string;
  readonly now: EpochMs;
}

const rank: Readonly<Record<IncidentLevel, number>> = { I: 0, II: 1, III: 2, IV: 3 };
const ended: ReadonlySet<Task['state']> = new Set<Task['state']>(['done', 'refused', 'cancelled']);

/** The rows of the board, filtered and in order. The same incidents have the same order at every look. */
export function boardRows(input: BoardInput, filter: BoardFilter, sort: BoardSort): BoardRow[] {
  /** A unit may have one task of it and others behind that: it is one unit. */
  const onIt = new Map<string, Set<string>>();
  for (const { incident, unit, state } of input.tasks) {
    if (ended.has(state)) continue;
    const number = input.unit(unit)?.number ?? unit;
    const known = onIt.get(incident);
    if (known) known.add(number);
    else onIt.set(incident, new Set([number]));
  }
  const rows: BoardRow[] = [];
  for (const incident of input.incidents) {
    const row: BoardRow = { incident, due: nextDue(incident, input.now), units: [...(onIt.get(incident.id) ?? [])].toSorted() };
    if (fits(row, filter, input)) rows.push(row);
  }
  const order = orders[sort];
  return rows.sort((one, other) => order(one, other) || (one.incident.number < other.incident.number ? 1 : -1));
}

function fits({ incident, due }: BoardRow, filter: BoardFilter, { userId, typeWords }: BoardInput): boolean {
  const over = isOver(incident.state);
  switch (filter.which) {
    case 'open':
      if (over) return false;
      break;
    case 'mine':
      if (over || incident.owner?.userId !== userId) return false;
      break;
    case 'late':
      if (due?.state !== 'late') return false;
      break;
    case 'over':
      if (!over) return false;
      break;
    case 'all':
  }
  if (filter.level !== null && incident.level !== filter.level) return false;
  if (filter.drills !== 'with' && incident.drill !== (filter.drills === 'only')) return false;
  const wanted = folded(filter.text).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return true;
  const said = folded(
    [
      incident.number,
      incident.title,
      incident.place.text ?? '',
      typeWords(incident.type),
      incident.owner?.name ?? '',
      incident.report.text ?? '',
    ].join('\n'),
  );
  return wanted.every((word) => said.includes(word));
}

const folded = (words: string) => words.normalize('NFKC').toLowerCase();
const lateFirst = ({ due }: BoardRow) => (due?.state === 'late' ? 0 : 1);
const byLevel = (one: BoardRow, other: BoardRow) => rank[one.incident.level] - rank[other.incident.level];
const byLeft = (one: BoardRow, other: BoardRow) => (one.due?.leftMs ?? Infinity) - (other.due?.leftMs ?? Infinity) || 0;
const newest = (one: BoardRow, other: BoardRow) => other.incident.instants.reported - one.incident.instants.reported;

const orders: Readonly<Record<BoardSort, (one: BoardRow, other: BoardRow) => number>> = {
  urgency: (one, other) => lateFirst(one) - lateFirst(other) || byLevel(one, other) || byLeft(one, other) || newest(one, other),
  level: (one, other) => byLevel(one, other) || newest(one, other),
  newest,
  number: () => 0,
  owner: (one, other) =>
    (one.incident.owner?.name ?? '\uffff').localeCompare(other.incident.owner?.name ?? '\uffff', 'zh-CN') || newest(one, other),
};
