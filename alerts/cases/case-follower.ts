import type { Change, Ledger } from '../../main/contract/ledger.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { IncidentId } from '../../main/contract/ids.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { CityEvent } from '../../streams/feed-contract.ts';
import { DispatchStep } from '../dispatch/dispatch-step.ts';
import type { IncidentRecords } from '../dispatch/incident-records.ts';
import type { Incident, IncidentEventName } from '../incident-contract.ts';
import { decideAdvance, type DeskEvent } from '../incidents/decide-advance.ts';
import { decideNote } from '../incidents/decide-note.ts';
import type { DecisionContext } from '../incidents/decision-context.ts';
import type { IncidentEntryDraft } from '../incidents/incident-body.ts';
import { handlingIncident } from '../incidents/handling-incident.ts';
import { incidentTransition, isOver } from '../incidents/incident-machine.ts';
import { logProblem } from '../incidents/log-room.ts';
import { moveDraft } from '../incidents/move-draft.ts';
import type { CityCalendar } from '../timers/city-calendar.ts';
import { caseLevelOf, caseTypeOf, followSource, isCaseEvent, printOf, wordOf, type CaseSource } from './follow-source.ts';
import { sourceWords } from './source-word.ts';

export interface CaseFollowerDeps {
  readonly ledger: Ledger;
  readonly records: IncidentRecords;
  readonly calendar: CityCalendar;
  readonly limitsOf?: DecisionContext['limitsOf'];
  readonly settings: {
    /** Cases that one feed may open on one day of the city. */
    readonly perFeedAndDay: number;
    /** With so many incidents none is opened for a feed: there must be room for calls. */
    readonly incidentsAtMost: number;
  };
  /** A name that no incident had before. */
  newId(): string;
}

/** Events looked at in one step: a few milliseconds. */
const stepAtMost = 50;
/** Sources that are remembered; the oldest of those that are over give way. */
const sourcesAtMost = 50_000;
const sourcesOverAtMost = 200;
const collection = 'case-sources';

/**
 * Makes cases of what grid and urban management systems tell, and follows what they say of them afterwards. Each of their events becomes one incident, once, whatever happens in
 * between: what was made of it is committed together with it. A step is one decision and one commit; what the disk refuses is taken again.
 */
export class CaseFollower {
  readonly #deps: CaseFollowerDeps;
  /** By the event's id: only its latest version counts. */
  readonly #waiting = new Map<string, CityEvent>();
  /** Of each feed, what of it became a case today, and what did not. */
  readonly #today = new Map<string, { day: string; opened: number; refused: number }>();
  #opened = 0;
  #refused = 0;

  constructor(deps: CaseFollowerDeps) {
    this.#deps = deps;
  }

  get figures(): { readonly waiting: number; readonly opened: number; readonly refused: number } {
    return { waiting: this.#waiting.size, opened: this.#opened, refused: this.#refused };
  }

  /** Takes up what a hub before left: what was told and not followed yet, and how much of the day is used up. */
  recall(now: EpochMs): void {
    const { ledger, calendar } = this.#deps;
    const day = calendar.dayOf(now);
    for (const source of ledger.all(collection) as IterableIterator<CaseSource>)
      if (calendar.dayOf(source.openedAt) === day) this.#count(source.feedId, day, source.incidentId !== null);
    for (const event of ledger.all('events') as IterableIterator<CityEvent>) this.#heard(event);
  }

  /** Hears what was committed. */
  hear(change: Change): void {
    if (change.collection !== 'events') return;
    if (change.op === 'put') this.#heard(change.value as CityEvent);
    else this.#waiting.delete(change.key);
  }

  /** Why not everything that a feed tells becomes a case; null: everything does. */
  problemOf(feedId: string, now: EpochMs): Problem | null {
    const today = this.#today.get(feedId);
    if (today === undefined || today.refused === 0 || today.day !== this.#deps.calendar.dayOf(now)) return null;
    return problem('cases-too-many', { limit: this.#deps.settings.perFeedAndDay, refused: today.refused });
  }

  /**
   * Works off some of what waits. @param store commits the changes and what is written alongside, all or nothing; false when the disk refuses
   */
  follow(now: EpochMs, store: (changes: readonly Change[], alongside: () => void) => boolean): void {
    // One step a feed: its name is under what it writes.
    for (const [feedId, events] of this.#some()) {
      const step = new DispatchStep(this.#deps, { now, by: feedId, from: 'feed' });
      const sources: CaseSource[] = [];
      const done: CityEvent[] = [];
      let [opened, refused] = [0, 0];
      for (const event of events) {
        const before = this.#sourceOf(event.id);
        if (before === undefined && event.status !== 'open') {
          done.push(event);
          continue;
        }
        const after = before === undefined ? this.#open(step, event, opened) : this.#goOn(step, event, before);
        if (after === null) continue;
        if (before === undefined && after.incidentId === null) refused += 1;
        else if (before === undefined) opened += 1;
        sources.push(after);
        done.push(event);
      }
      const changes = [
        ...step.changes(),
        ...sources.map((value): Change => ({ collection, op: 'put', key: value.id, value })),
        ...this.#tooMany(),
      ];
      if (changes.length > 0 && !store(changes, step.alongside)) return;
      for (const event of done) if (this.#waiting.get(event.id) === event) this.#waiting.delete(event.id);
      const day = this.#deps.calendar.dayOf(now);
      for (let count = 0; count < opened; count += 1) this.#count(feedId, day, true);
      for (let count = 0; count < refused; count += 1) this.#count(feedId, day, false);
      this.#opened += opened;
      this.#refused += refused;
    }
  }

  #sourceOf(id: string): CaseSource | undefined {
    return this.#deps.ledger.get(collection, id) as CaseSource | undefined;
  }

  #heard(event: CityEvent): void {
    if (!isCaseEvent(event)) return;
    const known = this.#sourceOf(event.id);
    if (known === undefined ? event.status === 'open' : known.version !== event.version || known.status !== event.status)
      this.#waiting.set(event.id, event);
  }

  /** What comes first of what waits, by feed. While there is no room for more, what goes on with a case comes before what begins one. */
  #some(): Map<string, CityEvent[]> {
    const isFull = this.#isFull(0);
    const byFeed = new Map<string, CityEvent[]>();
    let taken = 0;
    for (const event of this.#waiting.values()) {
      if (taken >= stepAtMost) break;
      if (isFull && this.#sourceOf(event.id) === undefined) continue;
      const list = byFeed.get(event.feedId);
      if (list) list.push(event);
      else byFeed.set(event.feedId, [event]);
      taken += 1;
    }
    return byFeed;
  }

  #isFull(more: number): boolean {
    const { ledger, settings } = this.#deps;
    return ledger.size('incidents') + more >= settings.incidentsAtMost;
  }

  #decision(step: DispatchStep): DecisionContext {
    const { calendar, limitsOf } = this.#deps;
    return { now: step.writer.now, by: step.writer.by, userId: null, calendar, ...(limitsOf && { limitsOf }) };
  }

  /** Opens the case of an event; null while there is no room for it. */
  #open(step: DispatchStep, event: CityEvent, openedSoFar: number): CaseSource | null {
    const { calendar, settings } = this.#deps;
    const { now } = step.writer;
    const today = this.#today.get(event.feedId);
    const used = today !== undefined && today.day === calendar.dayOf(now) ? today.opened : 0;
    if (used + openedSoFar >= settings.perFeedAndDay) return sourceOf(event, null, now);
    if (this.#isFull(openedSoFar)) return null;
    const opened = step.open(
      this.#deps.newId() as IncidentId,
      {
        type: caseTypeOf(event),
        level: caseLevelOf(event),
        title: event.title,
        place: event.place,
        report: { by: 'platform', text: event.text, reporter: null },
        alerts: [],
        cameras: [],
        reportedAt: event.startsAt ?? event.at,
        drill: event.drill,
        simulated: event.simulated,
        external: { feed: event.feedId, id: event.external },
        own: false,
      },
      this.#decision(step),
    );
    // Types of cases are in the table, and there are no alerts that could contradict each other.
    if (!opened.ok) throw new TypeError(`a case of ${event.class} cannot be opened: ${opened.error.code}`);
    return sourceOf(event, this.#move(step, opened.value, event, null), now);
  }

  /** Another version of an event that has a case, or was too much. */
  #goOn(step: DispatchStep, event: CityEvent, before: CaseSource): CaseSource {
    const own = before.incidentId === null ? undefined : step.incident(before.incidentId);
    if (own === undefined)
      return { ...sourceOf(event, null, before.openedAt, before), incidentId: before.incidentId, revision: before.revision };
    const incident = handlingIncident(own, (id) => step.incident(id));
    // What went into another is somebody's hand: there it is only told.
    const known = incident.id === own.id ? before : { ...before, revision: -1 };
    const after = this.#move(step, incident, event, known);
    const isOwn = after.id === own.id;
    const revision = isOwn && known.revision === incident.revision ? after.revision : before.revision;
    return { ...sourceOf(event, own, before.openedAt, before), revision };
  }

  #move(step: DispatchStep, incident: Incident, event: CityEvent, before: CaseSource | null): Incident {
    const { moves, extendBy, notes } = followSource(incident, event, before);
    const word = wordOf(event);
    const { zh, en } = word === null ? { zh: '', en: '' } : sourceWords[word];
    const reason = `来源平台：${zh} (${en})`;
    let at = incident;
    for (const name of moves) at = this.#apply(step, at, name, reason, extendBy);
    for (const text of notes) {
      if (isOver(at.state)) break;
      const decided = decideNote(at, { text }, this.#decision(step));
      if (decided.ok) at = this.#write(step, at, decided.value);
    }
    return at;
  }

  #apply(
    step: DispatchStep,
    incident: Incident,
    name: IncidentEventName,
    reason: string,
    extendBy: ReturnType<typeof followSource>['extendBy'],
  ): Incident {
    const context = this.#decision(step);
    if (name === 'dispatch') {
      // No unit of ours goes: its own department was sent.
      const to = incidentTransition(incident.state, incident.suspended !== null, name);
      if (to === null || to === 'stay' || to === 'back') return incident;
      return this.#write(step, incident, [moveDraft(incident, { event: name, to, reason }, context)]);
    }
    const decided = decideAdvance(incident, { event: name as DeskEvent, reason, openTasks: 0, ...(extendBy && { extendBy }) }, context);
    return decided.ok ? this.#write(step, incident, decided.value) : incident;
  }

  /** A feed that never ends a case fills its log and no more: what it says then is in its event alone. */
  #write(step: DispatchStep, incident: Incident, drafts: readonly IncidentEntryDraft[]): Incident {
    return logProblem(incident, drafts) === null ? step.write(incident, drafts) : incident;
  }

  /** The oldest sources that nothing can come of any more, when there are too many. */
  #tooMany(): Change[] {
    const { ledger } = this.#deps;
    const over = ledger.size(collection) - sourcesAtMost;
    const gone: Change[] = [];
    if (over <= 0) return gone;
    for (const { id } of ledger.all(collection) as IterableIterator<CaseSource>) {
      if (gone.length >= Math.min(over, sourcesOverAtMost)) break;
      if (ledger.get('events', id) === undefined) gone.push({ collection, op: 'delete', key: id });
    }
    return gone;
  }

  #count(feedId: string, day: string, isOpened: boolean): void {
    let today = this.#today.get(feedId);
    if (today === undefined || today.day !== day) this.#today.set(feedId, (today = { day, opened: 0, refused: 0 }));
    if (isOpened) today.opened += 1;
    else today.refused += 1;
  }
}

/** What is remembered of an event after it was followed. A version that says nothing of the state leaves it. */
function sourceOf(event: CityEvent, incident: Incident | null, openedAt: EpochMs, before?: CaseSource): CaseSource {
  return {
    id: event.id,
    feedId: event.feedId,
    incidentId: incident?.id ?? null,
    openedAt,
    version: event.version,
    status: event.status,
    word: wordOf(event) ?? before?.word ?? null,
    severity: event.severity,
    print: printOf(event),
    revision: incident?.revision ?? 0,
  };
}
