import type { IncidentId, TaskId, UnitId } from '../../../main/contract/ids.ts';
import { nowhere } from '../../../main/contract/place.ts';
import type { Result } from '../../../main/contract/result.ts';
import type { Problem } from '../../../main/contract/errors.ts';
import type { Incident, IncidentLogEntry, TaskState } from '../../incident-contract.ts';
import { chinaCalendar } from '../../timers/china-calendar.ts';
import { createCityCalendar, type CityCalendar } from '../../timers/city-calendar.ts';
import { decideAdvance, type AdvanceArgs } from '../decide-advance.ts';
import { decideOpen, type OpenArgs } from '../decide-open.ts';
import { decideTask } from '../decide-task.ts';
import type { Decision, DecisionContext } from '../decision-context.ts';
import type { IncidentBody, IncidentEntry, IncidentEntryDraft } from '../incident-body.ts';
import { replayIncident } from '../replay-incident.ts';
import { writeDrafts } from '../write-drafts.ts';

/** Calendars are read in tests as they are in a city. */
export const calendar = createCityCalendar(chinaCalendar);

/** One where the clocks change: forward on a Sunday that is worked, and back on another. */
export const berlin = createCityCalendar({
  ...chinaCalendar,
  timeZone: 'Europe/Berlin',
  holidays: ['2026-03-30', '2026-10-26'],
  makeUpDays: ['2026-03-29', '2026-10-25'],
});

/** An instant by the clocks of the city. */
export const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`);

/** A Friday, in working time. */
export const friday = at('2026-11-27 09:00');

export const valueOf = <T>(result: Result<T, Problem>): T => {
  if (!result.ok) throw new Error(`${result.error.code} ${JSON.stringify(result.error.params)}`);
  return result.value;
};

export const openArgs = (more: Partial<OpenArgs> = {}): OpenArgs => ({
  number: '2026-1127-0001',
  type: 'traffic.accident',
  level: 'III',
  title: 'Two cars',
  place: { ...nowhere, lat: 31.5, lon: 120.2, district: '320282', text: 'Renmin Road' },
  report: { by: 'phone', text: 'Two cars at the crossing', reporter: 'Mr Li' },
  alerts: [],
  cameras: [],
  drill: false,
  own: true,
  ...more,
});

/** A desk that works on one incident: it decides, writes and remembers the log. */
export class Desk {
  readonly log: IncidentLogEntry[] = [];
  now: number;
  readonly openedAt: number;
  by = 'Wang';
  userId: string | null = 'user-wang';
  limitsOf: DecisionContext['limitsOf'];
  readonly calendar: CityCalendar;
  readonly tasks = new Map<string, { readonly state: TaskState; readonly sentAt: number }>();
  #incident: Incident | null = null;
  readonly #id: IncidentId;

  constructor(
    args: Partial<OpenArgs> = {},
    {
      now = friday,
      id = 'incident-1',
      limitsOf,
      calendar: days = calendar,
    }: { now?: number; id?: string; limitsOf?: DecisionContext['limitsOf']; calendar?: CityCalendar } = {},
  ) {
    this.now = now;
    this.openedAt = now;
    this.calendar = days;
    this.#id = id as IncidentId;
    this.limitsOf = limitsOf;
    this.write(valueOf(decideOpen(openArgs(args), this.context)));
  }

  get incident(): Incident {
    return this.#incident!;
  }

  get context(): DecisionContext {
    const { now, by, userId, calendar: days, limitsOf } = this;
    return { now, by, userId, calendar: days, ...(limitsOf ? { limitsOf } : {}) };
  }

  get entries(): IncidentEntry[] {
    return this.log as IncidentEntry[];
  }

  /** The hub was killed: all that is left is what is on the disk. */
  restart(): void {
    const log = JSON.parse(JSON.stringify(this.log)) as IncidentLogEntry[];
    this.log.splice(0, this.log.length, ...log);
    this.#incident = replayIncident(log);
  }

  write(drafts: readonly IncidentEntryDraft[]): IncidentLogEntry[] {
    if (drafts.length === 0) return [];
    const { incident, entries } = writeDrafts(this.#incident ?? this.#id, drafts, { now: this.now, by: this.by, from: 'desk-1' });
    this.#incident = incident;
    this.log.push(...entries);
    return [...entries];
  }

  /** Writes what was decided; what is refused is answered by its code. */
  take(decision: Decision): string | null {
    if (!decision.ok) return decision.error.code;
    this.write(decision.value);
    return null;
  }

  advance(event: AdvanceArgs['event'], more: Partial<AdvanceArgs> = {}): string | null {
    return this.take(decideAdvance(this.incident, { event, openTasks: this.openTasks, reason: 'because', ...more }, this.context));
  }

  get openTasks(): number {
    return [...this.tasks.values()].filter(({ state }) => !['done', 'refused', 'cancelled'].includes(state)).length;
  }

  task(id: string, state: TaskState, more: Partial<IncidentBody<'task'>> = {}): string | null {
    const before = this.tasks.get(id);
    const task = { state, sentAt: before?.sentAt ?? this.now };
    const all = [...this.tasks.entries()].filter(([known]) => known !== id).map(([, one]) => one);
    const decision = decideTask(this.incident, { task: taskBody(id, state, more), all: [...all, task] }, this.context);
    if (decision.ok) this.tasks.set(id, task);
    return this.take(decision);
  }
}

export const taskBody = (id: string, state: TaskState, more: Partial<IncidentBody<'task'>> = {}): IncidentBody<'task'> => ({
  taskId: id as TaskId,
  unitId: `unit-${id}` as UnitId,
  unitName: `Unit ${id}`,
  title: 'Go there',
  state,
  queued: false,
  source: 'desk',
  text: null,
  lat: null,
  lon: null,
  photo: null,
  ...more,
});
