import type { Handlers } from '../main/contract/catalog.ts';
import type { SecretWrite } from '../main/contract/define-command.ts';
import type { Cause, Change, Ledger } from '../main/contract/ledger.ts';
import type { Log } from '../main/contract/log.ts';
import type { LatestValues } from '../main/contract/readings.ts';
import type { Clock, EpochMs } from '../main/contract/time.ts';
import type { Problem } from '../main/contract/errors.ts';
import { CaseFollower } from './cases/case-follower.ts';
import type { Alert } from './contract.ts';
import type { DispatchContext } from './dispatch/dispatch-context.ts';
import { DispatchStep } from './dispatch/dispatch-step.ts';
import { followTask } from './dispatch/follow-task.ts';
import { ForgetCallers } from './dispatch/forget-callers.ts';
import { GroupedAlerts } from './dispatch/grouped-alerts.ts';
import { OverdueAlerts } from './dispatch/overdue-alerts.ts';
import { incidentHandlers, incidentsAtMost } from './dispatch/incident-handlers.ts';
import { taskHandlers } from './dispatch/task-handlers.ts';
import { UnitPositions } from './dispatch/unit-positions.ts';
import { WhoWatches } from './dispatch/who-watches.ts';
import type { Incident, Task } from './incident-contract.ts';
import { decideAlerts } from './incidents/decide-alerts.ts';
import { logProblem } from './incidents/log-room.ts';
import { dueTimers, nextTimerAt } from './incidents/due-timers.ts';
import { handlingIncident } from './incidents/handling-incident.ts';
import { isOver as isIncidentOver } from './incidents/incident-machine.ts';
import { DueTimes } from './rules/due-times.ts';
import { dispatchOverdue } from './rules/own-rules.ts';
import type { AlertSignal, SeenObservation } from './rules/rule.ts';
import { isOver } from './tasks/task-machine.ts';

/** What the room needs of the hub. */
export interface DispatchDeps extends Omit<DispatchContext, 'positions' | 'watches'> {
  readonly ledger: Ledger;
  /** Stores the changes and what is written alongside, all or nothing, and then publishes them. Throws a ProblemError when the disk refuses. */
  transact(
    write: { readonly changes: readonly Change[]; readonly secrets?: readonly SecretWrite[]; readonly cause: Cause },
    alongside: () => void,
  ): void;
  readonly latest: LatestValues;
  readonly clock: Clock;
  readonly log: Log;
  /** Says to the room of alerts what is so, or is so no more. May be called while something is being committed. */
  tell(signals: readonly AlertSignal[]): void;
  /** Cases that one feed may open on one day of the city. */
  readonly casesPerFeedAndDay?: number;
  /** How long the numbers of callers are kept. */
  readonly callersKeptDays?: number;
}

type DispatchCommand = keyof ReturnType<typeof incidentHandlers> | keyof ReturnType<typeof taskHandlers>;

/** The room of dispatch, as the hub composes it. */
export interface Dispatch {
  readonly handlers: Handlers<DispatchCommand>;
  /** A value that came: a vehicle's position may be a unit's. */
  readonly observed: (observation: SeenObservation) => void;
  /** Why not everything that a feed of grid or urban management tells becomes a case; null: it does. */
  caseProblem(feedId: string): Problem | null;
  readonly figures: {
    /** Worked on now, those over for less than a day included. */
    readonly incidents: number;
    readonly units: number;
    /** Not over. */
    readonly tasks: number;
    /** Limits of which somebody was told, since the start. */
    readonly warnings: number;
    /** Incidents that left the collection, since the start; their logs stay. */
    readonly retired: number;
    /** Numbers of callers that went because their time was over, since the start. */
    readonly callersForgotten: number;
    /** Cases of feeds, since the start: what became one, what was too much of a day, and what waits for room. */
    readonly cases: CaseFollower['figures'];
  };
  /** Takes up what a hub before left, and begins to follow the clock. */
  start(): void;
  stop(): Promise<void>;
}

const tickMs = 1000;
const casesPerFeedAndDay = 1000;
const callersKeptDays = 365;
/** Cases of feeds leave the rest of the room to calls. */
const caseShare = 0.8;
/** An incident that is over stays among the others for so long. */
export const keptOverMs = 86_400_000;
/** With so many, those over leave before their day is out, the oldest first: nobody who calls is turned away because of what is done. */
const roomyAtMost = Math.floor(incidentsAtMost * 0.9);
/** How often those over are looked for, and how many of them, of the late ones and of the grouped alerts one step takes. */
const retireEveryMs = 60_000;
const stepAtMost = 100;
const alertsAtOnce = 250;

const byTimer: Cause = { kind: 'timer', id: 'dispatch', by: 'dispatch' };

/** Builds the room. Commands can be asked at once; time passes from `start` on. */
export function createDispatch(deps: DispatchDeps): Dispatch {
  return new DispatchRoom(deps);
}

class DispatchRoom implements Dispatch {
  readonly handlers: Handlers<DispatchCommand>;
  readonly #deps: DispatchDeps;
  readonly #context: DispatchContext;
  readonly #positions: UnitPositions;
  readonly #watches: WhoWatches;
  readonly #grouped: GroupedAlerts;
  readonly #cases: CaseFollower;
  readonly #overdue: OverdueAlerts;
  readonly #callers: ForgetCallers;
  /** When the limits of each incident are to be looked at next. Only spares looking: what is stored decides. */
  readonly #due = new DueTimes();
  readonly #end = new AbortController();
  readonly #endings: (() => void)[] = [];
  #following: Promise<void> = Promise.resolve();
  #retireAt: EpochMs = 0;
  #warnings = 0;
  #retired = 0;
  #refused = false;
  readonly #failed = new Set<string>();

  constructor(deps: DispatchDeps) {
    const { ledger, latest } = deps;
    this.#deps = deps;
    this.#positions = new UnitPositions(ledger, latest);
    this.#watches = new WhoWatches(latest);
    this.#grouped = new GroupedAlerts(ledger);
    this.#overdue = new OverdueAlerts((signals) => deps.tell(signals));
    this.#cases = new CaseFollower({
      ...deps,
      settings: { perFeedAndDay: deps.casesPerFeedAndDay ?? casesPerFeedAndDay, incidentsAtMost: Math.floor(incidentsAtMost * caseShare) },
    });
    this.#callers = new ForgetCallers(deps.records, deps.calendar, deps.callersKeptDays ?? callersKeptDays);
    this.#context = { ...deps, positions: this.#positions, watches: this.#watches };
    this.handlers = { ...incidentHandlers(this.#context), ...taskHandlers(this.#context) };
  }

  readonly observed = (observation: SeenObservation): void => this.#positions.observed(observation, this.#deps.clock.now());

  get figures() {
    const { ledger } = this.#deps;
    let tasks = 0;
    for (const { state } of ledger.all('tasks') as IterableIterator<Task>) if (!isOver(state)) tasks += 1;
    return {
      incidents: ledger.size('incidents'),
      units: ledger.size('units'),
      tasks,
      warnings: this.#warnings,
      retired: this.#retired,
      callersForgotten: this.#callers.forgotten,
      cases: this.#cases.figures,
    };
  }

  caseProblem(feedId: string): Problem | null {
    return this.#cases.problemOf(feedId, this.#deps.clock.now());
  }

  start(): void {
    const { ledger } = this.#deps;
    this.#endings.push(
      ledger.onCommit(({ changes }) => {
        for (const change of changes) this.#hear(change);
      }),
    );
    for (const incident of ledger.all('incidents') as IterableIterator<Incident>) this.#look(incident);
    this.#overdue.resume(ledger, this.#deps.clock.now());
    this.#cases.recall(this.#deps.clock.now());
    this.#tick();
    this.#following = this.#follow();
  }

  async stop(): Promise<void> {
    this.#end.abort();
    for (const end of this.#endings.splice(0)) end();
    await this.#following;
  }

  #hear(change: Change): void {
    const { collection, key } = change;
    if (collection === 'events') this.#cases.hear(change);
    else if (collection === 'units') this.#positions.refresh(key);
    else if (collection === 'alerts') this.#grouped.hear(key, change.op === 'put' ? (change.value as Alert) : undefined);
    else if (collection === 'incidents') {
      if (change.op === 'delete') this.#due.delete(key);
      else {
        const incident = change.value as Incident;
        this.#look(incident);
        this.#overdue.look(incident, this.#deps.clock.now());
        if (incident.parent === null && isIncidentOver(incident.state)) this.#grouped.release(incident.id);
      }
    }
  }

  #look(incident: Incident): void {
    const at = isIncidentOver(incident.state) ? null : nextTimerAt(incident, this.#deps.calendar);
    if (at === null) this.#due.delete(incident.id);
    else this.#due.set(incident.id, at);
  }

  async #follow(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#end;
    while (!signal.aborted) {
      await clock.sleep(tickMs, signal).catch(() => undefined);
      if (!signal.aborted) this.#tick();
    }
  }

  #tick(): void {
    const now = this.#deps.clock.now();
    this.#do('watches', () => this.#watches.tick(now));
    this.#do('arrive', () => this.#arrive(now));
    this.#do('gather', () => this.#gather(now));
    this.#do('cases', () => this.#cases.follow(now, (changes, alongside) => this.#store(changes, alongside)));
    this.#do('warn', () => this.#warn(now));
    this.#do('retire', () => this.#retireInTime(now));
    this.#do('callers', () => this.#callers.step(now, (secrets) => this.#store([], () => {}, secrets)));
  }

  /** One part of a tick: a record that cannot be read stops neither the other parts nor the hub. What fails again and again is logged once. */
  #do(part: string, work: () => void): void {
    try {
      work();
      this.#failed.delete(part);
    } catch (error) {
      if (!this.#failed.has(part))
        this.#deps.log.error({ err: error, part }, 'What time brings to incidents could not be done; it is tried again');
      this.#failed.add(part);
    }
  }

  #retireInTime(now: EpochMs): void {
    const isCrowded = this.#deps.ledger.size('incidents') > roomyAtMost;
    if (!isCrowded && now < this.#retireAt && this.#retireAt <= now + retireEveryMs) return;
    this.#retireAt = now + retireEveryMs;
    this.#retire(now);
  }

  #stepAt(now: EpochMs, by: string): DispatchStep {
    return new DispatchStep(this.#deps, { now, by, from: null });
  }

  /** Units that have stayed at the place of their task are there. */
  #arrive(now: EpochMs): void {
    for (const taskId of this.#positions.takeArrived()) {
      const step = this.#stepAt(now, 'fence');
      const unit = step.get('units', step.get('tasks', taskId)?.unit ?? '');
      const position = unit === undefined ? null : this.#positions.of(unit.id);
      const report = { state: 'onScene' as const, text: null, lat: position?.lat ?? null, lon: position?.lon ?? null, photo: null };
      // What it was on the way to may be over since.
      if (followTask(step, this.#context, taskId, report, 'fence').ok) this.#commit(step);
    }
  }

  /** Later alerts of a group that an incident is worked on for are counted there. */
  #gather(now: EpochMs): void {
    const found = this.#grouped.take(alertsAtOnce);
    if (found.length === 0) return;
    const step = this.#stepAt(now, 'alert-rules');
    const byIncident = new Map<string, Alert[]>();
    for (const { alertId, incidentId } of found) {
      const alert = step.get('alerts', alertId);
      if (alert?.rule === dispatchOverdue.id && alert.incident === null) {
        // It is about the incident, and none of what the incident is about.
        step.put('alerts', { ...alert, incident: incidentId as Incident['id'] });
        continue;
      }
      const own = step.incident(incidentId);
      const incident = own && handlingIncident(own, (id) => step.incident(id));
      if (alert === undefined || alert.incident !== null || incident === undefined || isIncidentOver(incident.state)) continue;
      if (alert.drill !== incident.drill || alert.simulated !== incident.simulated) continue;
      // What was there before the matter began is another one.
      if (alert.raisedAt < incident.instants.reported) continue;
      byIncident.set(incident.id, [...(byIncident.get(incident.id) ?? []), alert]);
    }
    for (const [incidentId, alerts] of byIncident) {
      const incident = step.incident(incidentId)!;
      const decided = decideAlerts(incident, alerts, { now, by: step.writer.by, userId: null, calendar: this.#deps.calendar });
      // With a full log they stand for themselves: somebody opens another one for them.
      if (!decided.ok || logProblem(incident, decided.value) !== null) continue;
      step.write(incident, decided.value);
      for (const alert of alerts) step.put('alerts', { ...alert, incident: incident.id });
    }
    if (!this.#commit(step)) this.#grouped.again(found);
  }

  /** So much of a limit is used up: it is in the log, once, whatever the clock did and whether or not the hub was there. */
  #warn(now: EpochMs): void {
    const { ledger, calendar } = this.#deps;
    const due = this.#due.due(now).slice(0, stepAtMost);
    if (due.length === 0) return;
    const step = this.#stepAt(now, 'timer');
    let told = 0;
    for (const id of due) {
      const incident = ledger.get('incidents', id) as Incident | undefined;
      const drafts = incident === undefined ? [] : dueTimers(incident, now, calendar);
      told += drafts.length;
      if (drafts.length > 0) step.write(incident!, drafts);
      else if (incident === undefined) this.#due.delete(id);
      else this.#look(incident);
    }
    if (this.#commit(step)) this.#warnings += told;
  }

  /** What has been over for a day leaves the collection with its tasks; sooner where there is no room. */
  #retire(now: EpochMs): void {
    const { ledger } = this.#deps;
    const over = ([...ledger.all('incidents')] as Incident[]).filter(
      ({ state, parent }) => isIncidentOver(state) && !this.#isNeeded(parent),
    );
    const tooMany = ledger.size('incidents') - roomyAtMost;
    const old = over
      .toSorted((one, other) => one.changedAt - other.changedAt)
      .filter(({ changedAt }, index) => index < tooMany || changedAt + keptOverMs <= now)
      .slice(0, stepAtMost);
    if (old.length === 0) return;
    const ids = new Set<string>(old.map(({ id }) => id));
    const tasks = ([...ledger.all('tasks')] as Task[]).filter(({ incident, state }) => ids.has(incident) && isOver(state));
    const gone = (collection: string, key: string): Change => ({ collection, op: 'delete', key });
    const changes = [...old.map(({ id }) => gone('incidents', id)), ...tasks.map(({ id }) => gone('tasks', id))];
    if (!this.#store(changes, () => {})) return;
    for (const id of ids) this.#watches.forget(id);
    this.#retired += old.length;
  }

  /** One that went into another may come back as long as that one is worked on. */
  #isNeeded(parent: string | null): boolean {
    const found = parent === null ? undefined : (this.#deps.ledger.get('incidents', parent) as Incident | undefined);
    return found !== undefined && !isIncidentOver(found.state);
  }

  #commit(step: DispatchStep): boolean {
    return step.isEmpty || this.#store(step.changes(), step.alongside);
  }

  #store(changes: readonly Change[], alongside: () => void, secrets: readonly SecretWrite[] = []): boolean {
    try {
      this.#deps.transact({ changes, secrets, cause: byTimer }, alongside);
      this.#refused = false;
      return true;
    } catch (error) {
      if (!this.#refused) this.#deps.log.error({ err: error }, 'What time brings to incidents cannot be written; it is tried again');
      this.#refused = true;
      return false;
    }
  }
}
