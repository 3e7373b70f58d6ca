import type { Handlers } from '../main/contract/catalog.ts';
import { problem, ProblemError } from '../main/contract/errors.ts';
import type { Cause, Change, Ledger } from '../main/contract/ledger.ts';
import type { Log } from '../main/contract/log.ts';
import { err, ok } from '../main/contract/result.ts';
import type { Clock, EpochMs } from '../main/contract/time.ts';
import type { Asset, CityEvent, Feed, FeedStatus } from '../streams/feed-contract.ts';
import type { Alert, Silence } from './contract.ts';
import { AlertFigures } from './figures/alert-figures.ts';
import { historyEntry, type HistoryEntry } from './figures/history-entry.ts';
import { AlertBook } from './pipeline/alert-book.ts';
import { alertTransition, stateOf } from './pipeline/alert-machine.ts';
import { AlertPipeline, type PipelineSettings, type PipelineStep, type Told } from './pipeline/alert-pipeline.ts';
import { startNearCameras } from './pipeline/near-cameras.ts';
import type { Receiver } from './receivers/receiver.ts';
import { createRuleEngine } from './rules/evaluate-rules.ts';
import { alertsDropped, dispatchOverdue, ownInhibits, ownRules } from './rules/own-rules.ts';
import type { AlertSignal, Rule, RuleInput, SeenObservation } from './rules/rule.ts';

export type { HistoryEntry } from './figures/history-entry.ts';
export { createWebhookTo } from './receivers/webhook-to.ts';
export type { Receiver } from './receivers/receiver.ts';
export type { AlertSignal, Rule, SeenObservation } from './rules/rule.ts';
export type { Route } from './pipeline/route.ts';
export { createDispatch, keptOverMs, type Dispatch } from './dispatch-room.ts';
export { caseLimitsDocument, createCaseLimits, type CaseLimitsDocument } from './cases/case-limits.ts';
export { recallIncident, type IncidentRecords } from './dispatch/incident-records.ts';
export { calendarData, type CalendarData } from './timers/calendar-data.ts';
export { chinaCalendar } from './timers/china-calendar.ts';
export { createCityCalendar, type CityCalendar } from './timers/city-calendar.ts';

/** Where the steps of alerts are kept for the figures. */
export interface AlertHistory {
  /** Called inside the transaction of the changes that it tells of. */
  append(entries: readonly HistoryEntry[]): void;
  /** Page by page, in order of time; `to` is not part of it. */
  read(from: EpochMs, to: EpochMs): AsyncIterable<readonly HistoryEntry[]>;
  /** The time of the oldest entry; null: there is none. */
  since(): EpochMs | null;
}

/** What receivers are still to be told, so that a hub that died tells it when it is back: rather twice than never. */
export interface AlertOutbox {
  /** Called inside the transaction of the alerts that it tells of. Answers its number. */
  put(at: EpochMs, receiver: string, told: Told): number;
  /** Oldest first. */
  all(): Iterable<{ readonly id: number; readonly at: EpochMs; readonly receiver: string; readonly told: Told }>;
  /** Inside a transaction, too. */
  remove(ids: readonly number[]): void;
}

export interface AlertsDeps {
  readonly ledger: Ledger;
  /**
   * Stores the changes and what is written alongside, all or nothing, and then publishes them. Throws a ProblemError when the disk refuses.
   */
  transact(write: { readonly changes: readonly Change[]; readonly cause: Cause }, alongside: () => void): void;
  readonly history: AlertHistory;
  /** Absent: what receivers have not taken is lost with the hub. */
  readonly outbox?: AlertOutbox;
  readonly clock: Clock;
  readonly log: Log;
  /** Those of the packs and of this city; the room has a few of its own. */
  readonly rules: readonly Rule[];
  /** How a feed is now; null where nothing is known. Absent: nobody knows. */
  feedState?(feedId: string): FeedStatus['state'] | null;
  /** Beyond the house; the routes name them. */
  readonly receivers?: readonly Receiver[];
  readonly settings?: PipelineSettings & { readonly statesAtMost?: number };
  /** A name that no alert and no silence had before. */
  newId(): string;
}

type AlertCommand = 'alert.acknowledge' | 'alert.shelve' | 'alert.unshelve' | 'silence.create' | 'silence.end' | 'alert.figures';

/** The room of alerts, as the hub composes it. */
export interface Alerts {
  readonly handlers: Handlers<AlertCommand>;
  /** A value that came, in its order. Events and assets are heard from the ledger. */
  readonly observed: (observation: SeenObservation) => void;
  /** What another room says is so, or is so no more; that room says it again after a restart. May be called while something is being committed. */
  readonly tell: (signals: readonly AlertSignal[]) => void;
  /** The cameras near a place, nearest first. */
  readonly camerasNear: (place: Alert['place']) => Alert['cameras'];
  /** Writes what came of what was told so far; only then a record is settled. Throws a ProblemError `unavailable` when the disk refuses: it is tried again. */
  readonly write: () => void;
  readonly figures: {
    readonly active: number;
    readonly dropped: number;
    /** Signals that wait to be written, and those that found no place. */
    readonly waiting: number;
    readonly signalsDropped: number;
    readonly flooded: number;
    readonly engine: ReturnType<typeof createRuleEngine>['figures'];
  };
  /** Takes up what a hub before left, and begins to follow the clock. `past`: the values of the last hours in the order of receipt, for rules that count several. */
  start(past?: readonly SeenObservation[]): void;
  stop(): Promise<void>;
}

/** Signals that nobody asks to have written are written together: so long the first of them waits. */
const gatherMs = 50;
/** Signals written in one step; the others follow in the next turn. */
const stepAtMost = 250;
/** Signals that may wait for the disk. What finds no place is raised again from what stands, once there is room. */
const waitingAtMost = 50_000;
const tickMs = 1000;
const silencesAtMost = 500;
/** A silence that is over is kept for so long, for whoever looks back. */
const silenceKeptMs = 7 * 86_400_000;
/** Who acknowledged what has left the collection, for the second operator of two. */
const endedAtMost = 1000;

const byFeed: Cause = { kind: 'feed', id: 'alert-rules', by: 'alerts' };
const byTimer: Cause = { kind: 'timer', id: 'alert-rules', by: 'alerts' };

/** What was to be told so long ago is no news any more. */
const outboxKeptMs = 86_400_000;

/** Builds the room. Commands can be asked at once; what the rules say is heard from `start` on. */
export function createAlerts(deps: AlertsDeps): Alerts {
  return new AlertRoom(deps);
}

class AlertRoom implements Alerts {
  readonly #deps: AlertsDeps;
  readonly #book: AlertBook;
  readonly #engine: ReturnType<typeof createRuleEngine>;
  readonly #pipeline: AlertPipeline;
  readonly #near: ReturnType<typeof startNearCameras>;
  readonly #receivers: ReadonlyMap<string, Receiver>;
  readonly #end = new AbortController();
  readonly #endings: (() => void)[] = [];
  readonly #ended = new Map<string, { readonly by: string; readonly at: EpochMs }>();
  #waiting: AlertSignal[] = [];
  #signalsDropped = 0;
  /** Something that stands is not among the alerts, because there was no room for it. */
  #missing = false;
  #saidSo = false;
  #scheduled = false;
  #refused = false;
  /** What was taken or given up, and is to leave the outbox. */
  #settled: number[] = [];
  #following: Promise<void> = Promise.resolve();

  constructor(deps: AlertsDeps) {
    this.#deps = deps;
    const { ledger, rules, settings = {}, newId, receivers = [] } = deps;
    this.#book = new AlertBook(ledger);
    this.#near = startNearCameras(ledger);
    this.#engine = createRuleEngine([...ownRules, ...rules], settings);
    this.#receivers = new Map(receivers.map((receiver) => [receiver.name, receiver]));
    this.#pipeline = new AlertPipeline(
      {
        view: this.#book,
        silences: () => ledger.all('silences') as IterableIterator<Silence>,
        newId,
        camerasNear: (place) => this.#near.of(place),
      },
      { ...settings, inhibit: [...ownInhibits, ...(settings.inhibit ?? [])] },
    );
  }

  start(past: readonly SeenObservation[] = []): void {
    const { ledger, clock } = this.#deps;
    this.#endings.push(
      ledger.onCommit(({ changes }) => {
        for (const change of changes) this.#hear(change);
      }),
    );
    const now = clock.now();
    this.#tellAgain(now);
    this.#pipeline.resume(now);
    this.#take(this.#recall(now, past));
    this.#tick();
    this.#following = this.#follow();
  }

  readonly observed = (observation: SeenObservation): void => {
    const signals = this.#engine.tell({ kind: 'observation', observation }, this.#deps.clock.now());
    if (signals.length === 0) return;
    this.#take(signals);
    this.#schedule(gatherMs);
  };

  readonly camerasNear = (place: Alert['place']): Alert['cameras'] => this.#near.of(place);

  readonly tell = (signals: readonly AlertSignal[]): void => {
    this.#take(signals);
    this.#schedule(0);
  };

  readonly write = (): void => {
    this.#flush(Infinity);
    if (this.#refused && this.#waiting.length > 0) throw new ProblemError(problem('unavailable', {}, 'alerts cannot be written'));
  };

  get figures() {
    return {
      active: this.#book.size,
      dropped: this.#pipeline.dropped,
      waiting: this.#waiting.length,
      signalsDropped: this.#signalsDropped,
      flooded: this.#pipeline.flooded.size,
      engine: this.#engine.figures,
    };
  }

  async stop(): Promise<void> {
    this.#end.abort();
    for (const end of this.#endings.splice(0)) end();
    this.#near.stop();
    await this.#following;
    this.#flush(Infinity);
    for (const receiver of this.#receivers.values()) receiver.stop();
    this.#clearOutbox();
  }

  // ---- what is heard

  #hear(change: Change): void {
    const { collection, key } = change;
    if (collection === 'alerts') this.#book.refresh(key);
    else if (collection === 'silences') this.#pipeline.look();
    else if (collection === 'events')
      this.#tell(change.op === 'put' ? { kind: 'event', event: change.value as CityEvent } : { kind: 'gone', id: key });
    else if (collection === 'assets')
      this.#tell(change.op === 'put' ? { kind: 'asset', asset: change.value as Asset } : { kind: 'gone', id: key });
    else if (collection === 'feeds' && change.op === 'delete') this.#tell({ kind: 'gone', id: key });
  }

  #tell(input: RuleInput): void {
    const signals = this.#engine.tell(input, this.#deps.clock.now());
    if (signals.length === 0) return;
    this.#take(signals);
    // Not in the middle of somebody else's commit. What a crash loses here is found again at the next start: events and assets are kept.
    this.#schedule(0);
  }

  #take(signals: readonly AlertSignal[]): void {
    for (const signal of signals) {
      if (this.#waiting.length < waitingAtMost) this.#waiting.push(signal);
      else {
        this.#signalsDropped += 1;
        this.#missing = true;
      }
    }
  }

  /**
   * What the rules know again after a restart. Events and assets are in the ledger, values in the journal; they are told as they came, each at its time. What else was active
   * stays so until the opposite is known. What holds and has no alert, because that was not written any more, is raised now.
   */
  #recall(now: EpochMs, past: readonly SeenObservation[]): readonly AlertSignal[] {
    const { ledger } = this.#deps;
    const inputs: { readonly at: EpochMs; readonly input: RuleInput }[] = [
      ...([...ledger.all('events')] as CityEvent[]).map((event) => ({ at: event.receivedAt, input: { kind: 'event', event } as const })),
      ...past.map((observation) => ({ at: observation.receivedAt, input: { kind: 'observation', observation } as const })),
    ];
    let told = -Infinity;
    for (const { at: receivedAt, input } of inputs.toSorted((one, other) => one.at - other.at)) {
      const at = Math.min(now, receivedAt);
      if (at - told >= tickMs) {
        this.#engine.tell({ kind: 'tick' }, at);
        told = at;
      }
      this.#engine.tell(input, at);
    }
    this.#engine.tell({ kind: 'tick' }, now);
    for (const asset of ledger.all('assets') as IterableIterator<Asset>) this.#engine.tell({ kind: 'asset', asset }, now);
    // What another room says is that room's to end.
    const over = this.#engine.adopt(
      [...this.#book.all()].filter(({ rule }) => rule !== dispatchOverdue.id),
      now,
    );
    return [...over.map((alert) => endOf(alert, now)), ...this.#absent()];
  }

  /** What stands and is not among the active alerts. */
  #absent(): AlertSignal[] {
    const active = new Set([...this.#book.all()].flatMap(({ active: is, rule, subject }) => (is ? [`${rule} ${subject.id}`] : [])));
    return [...this.#engine.standing()].filter(({ rule, key }) => !active.has(`${rule.id} ${key}`));
  }

  // ---- the clock

  async #follow(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#end;
    while (!signal.aborted) {
      await clock.sleep(tickMs, signal).catch(() => undefined);
      if (!signal.aborted) this.#tick();
    }
  }

  #tick(): void {
    const { ledger, clock, feedState } = this.#deps;
    const now = clock.now();
    if (feedState !== undefined)
      for (const feed of ledger.all('feeds') as IterableIterator<Feed>) {
        const state = feed.enabled ? feedState(feed.id) : 'stopped';
        if (state !== null) this.#take(this.#engine.tell({ kind: 'feed', feed, state }, now));
      }
    this.#take(this.#engine.tell({ kind: 'tick' }, now));
    if (this.#missing && this.#pipeline.hasRoom && this.#waiting.length === 0) {
      this.#missing = false;
      this.#saidSo = false;
      this.#take([...this.#absent(), droppingSignal('clear', now)]);
    }
    if (this.#waiting.length > 0) this.#flush(1, byTimer);
    else this.#goOn();
    this.#forgetSilences(now);
    this.#clearOutbox();
  }

  #forgetSilences(now: EpochMs): void {
    const { ledger } = this.#deps;
    const old = ([...ledger.all('silences')] as Silence[]).filter(({ endsAt }) => endsAt + silenceKeptMs < now);
    if (old.length === 0) return;
    this.#commit(
      old.map(({ id }) => ({ collection: 'silences', op: 'delete', key: id })),
      [],
      { kind: 'timer', id: 'silences', by: 'alerts' },
    );
  }

  // ---- writing

  #schedule(ms: number): void {
    if (this.#scheduled || this.#end.signal.aborted) return;
    this.#scheduled = true;
    void this.#deps.clock
      .sleep(ms, this.#end.signal)
      .then(() => {
        this.#scheduled = false;
        if (this.#waiting.length > 0) this.#flush();
        else this.#goOn();
      })
      .catch((cause: unknown) => {
        if (!this.#end.signal.aborted) this.#deps.log.error({ err: cause }, 'Alerts could not be worked off');
      });
  }

  /** Works off what waits, a step at a time. What the disk refuses goes on waiting. */
  #flush(steps = 1, cause = byFeed): void {
    const { clock } = this.#deps;
    for (let step = 0; step < steps && this.#waiting.length > 0; step += 1) {
      const now = clock.now();
      const signals = this.#waiting.slice(0, stepAtMost);
      const decided = this.#pipeline.fold(signals, now);
      if (!this.#settle(decided, now, cause)) return;
      this.#waiting = this.#waiting.slice(signals.length);
      if (decided.dropped > 0) this.#sayDropped(now);
    }
    if (this.#waiting.length > 0 || this.#pipeline.unfinished) this.#schedule(0);
  }

  /** What time, or somebody, has changed of what is held. */
  #goOn(): void {
    const now = this.#deps.clock.now();
    if (this.#settle(this.#pipeline.tick(now), now, byTimer) && this.#pipeline.unfinished) this.#schedule(0);
  }

  #sayDropped(now: EpochMs): void {
    this.#missing = true;
    if (this.#saidSo) return;
    this.#saidSo = true;
    this.#deps.log.warn({ alerts: this.#book.size }, 'More alerts hold than can be kept');
    this.#waiting.unshift(droppingSignal('raise', now));
  }

  /** Makes a step true and tells of it; false when the disk refuses. */
  #settle(step: PipelineStep | null, now: EpochMs, cause: Cause): boolean {
    if (step === null) return true;
    const changes = [...step.changes].map(([key, value]): Change =>
      value === null ? { collection: 'alerts', op: 'delete', key } : { collection: 'alerts', op: 'put', key, value },
    );
    const toTell = step.told.flatMap((told) =>
      told.route.receivers.flatMap((name) => {
        const receiver = this.#receivers.get(name);
        return receiver === undefined ? [] : [{ told, name, receiver, id: null as number | null }];
      }),
    );
    const kept = toTell.filter(({ told, receiver }) => this.#deps.outbox !== undefined && receiver.wants(told));
    const keep = () => {
      for (const one of kept) one.id = this.#deps.outbox!.put(now, one.name, one.told);
    };
    if ((changes.length > 0 || step.history.length > 0 || kept.length > 0) && !this.#commit(changes, step.history, cause, keep))
      return false;
    for (const key of step.changes.keys()) this.#book.refresh(key);
    step.apply();
    for (const { told, receiver, id } of toTell) this.#offer(receiver, told, id, now);
    return true;
  }

  #offer(receiver: Receiver, told: Told, id: number | null, at: EpochMs): void {
    try {
      receiver.offer(told, () => {
        if (id !== null) this.#settled.push(id);
      });
    } catch (cause) {
      this.#deps.log.error({ err: cause, receiver: receiver.name, at }, 'A receiver of alerts failed');
    }
  }

  /** What a hub before was to tell, and did not live to see taken. */
  #tellAgain(now: EpochMs): void {
    for (const { id, at, receiver: name, told } of this.#deps.outbox?.all() ?? []) {
      const receiver = this.#receivers.get(name);
      if (receiver === undefined || now - at > outboxKeptMs) this.#settled.push(id);
      else this.#offer(receiver, told, id, now);
    }
  }

  #clearOutbox(): void {
    const ids = this.#settled;
    if (ids.length === 0) return;
    this.#settled = [];
    if (!this.#commit([], [], byTimer, () => this.#deps.outbox?.remove(ids))) this.#settled.push(...ids);
  }

  #commit(changes: readonly Change[], history: readonly HistoryEntry[], cause: Cause, alongside: () => void = () => {}): boolean {
    try {
      this.#deps.transact({ changes, cause }, () => {
        this.#deps.history.append(history);
        alongside();
      });
      this.#refused = false;
      return true;
    } catch (error) {
      if (!this.#refused)
        this.#deps.log.error({ err: error, waiting: this.#waiting.length }, 'Alerts cannot be written; it is tried again');
      this.#refused = true;
      return false;
    }
  }

  // ---- commands

  readonly handlers: Handlers<AlertCommand> = {
    'alert.acknowledge': ({ alertIds, note }, { principal, now }) => {
      if (!principal) return err(problem('login-required'));
      const ids = [...new Set(alertIds)];
      const already: { alertId: Alert['id']; by: string; at: EpochMs }[] = [];
      const changes: Change[] = [];
      const history: HistoryEntry[] = [];
      const ended: string[] = [];
      let known = 0;
      for (const id of ids) {
        const alert = this.#book.get(id);
        const before = alert?.acknowledged ?? (alert === undefined ? this.#ended.get(id) : undefined);
        if (alert === undefined && before === undefined) continue;
        known += 1;
        if (before !== undefined && before !== null) {
          already.push({ alertId: id, by: before.by, at: before.at });
          continue;
        }
        const after = alertTransition(stateOf(alert!), 'acknowledge');
        if (after === null) continue;
        const acknowledged = { by: principal.name, at: now, note: note ?? null };
        if (after === 'gone') {
          changes.push({ collection: 'alerts', op: 'delete', key: id });
          ended.push(id);
        } else changes.push({ collection: 'alerts', op: 'put', key: id, value: { ...alert!, acknowledged } });
        history.push(historyEntry('acknowledged', alert!, now, principal.name));
      }
      if (known === 0) return err(problem('alert-unknown', { alertId: ids[0]! }));
      return ok({
        result: { acknowledged: history.length, already },
        changes,
        alongside: () => this.#deps.history.append(history),
        afterCommit: () => {
          for (const id of ended) this.#rememberEnd(id, principal.name, now);
        },
      });
    },

    'alert.shelve': ({ alertId, minutes, reason }, { principal, now }) => {
      if (!principal) return err(problem('login-required'));
      const alert = this.#book.get(alertId);
      if (alert === undefined) return err(problem('alert-unknown', { alertId }));
      if (alertTransition(stateOf(alert), 'shelve') === null) return err(problem('alert-over', { alertId }));
      const until = now + minutes * 60_000;
      const shelved: Alert = {
        ...alert,
        shelved: { by: principal.name, at: now, until, reason },
        held: { by: 'shelve', what: principal.name.slice(0, 128), until },
      };
      return ok({
        result: { until },
        changes: [{ collection: 'alerts', op: 'put', key: alertId, value: shelved }],
        alongside: () => this.#deps.history.append([historyEntry('shelved', alert, now, principal.name)]),
        afterCommit: () => this.#pipeline.putAway(alertId),
      });
    },

    'alert.unshelve': ({ alertId }, { principal }) => {
      if (!principal) return err(problem('login-required'));
      const alert = this.#book.get(alertId);
      if (alert === undefined) return err(problem('alert-unknown', { alertId }));
      const after = alertTransition(stateOf(alert), 'unshelve');
      if (after === null) return ok({ result: {} });
      const change: Change =
        after === 'gone'
          ? { collection: 'alerts', op: 'delete', key: alertId }
          : { collection: 'alerts', op: 'put', key: alertId, value: { ...alert, shelved: null, held: null } };
      return ok({ result: {}, changes: [change], afterCommit: () => this.#lookSoon() });
    },

    'silence.create': ({ matchers, reason, startsAt, minutes }, { principal, now }) => {
      if (!principal) return err(problem('login-required'));
      const { ledger, newId } = this.#deps;
      const lasting = ([...ledger.all('silences')] as Silence[]).filter(({ ended, endsAt }) => !ended && endsAt > now);
      if (lasting.length >= silencesAtMost) return err(problem('too-many-requests', { limit: silencesAtMost }));
      const begins = startsAt ?? now;
      const silence: Silence = {
        id: newId() as Silence['id'],
        matchers,
        reason,
        by: principal.name,
        startsAt: begins,
        endsAt: begins + minutes * 60_000,
        ended: false,
        simulated: false,
        drill: false,
      };
      return ok({
        result: { silenceId: silence.id, endsAt: silence.endsAt },
        changes: [{ collection: 'silences', op: 'put', key: silence.id, value: silence }],
        afterCommit: () => this.#lookSoon(),
      });
    },

    'silence.end': ({ silenceId }, { principal }) => {
      if (!principal) return err(problem('login-required'));
      const silence = this.#deps.ledger.get('silences', silenceId) as Silence | undefined;
      if (silence === undefined) return err(problem('silence-unknown', { silenceId }));
      if (silence.ended) return ok({ result: {} });
      return ok({
        result: {},
        changes: [{ collection: 'silences', op: 'put', key: silenceId, value: { ...silence, ended: true } }],
        afterCommit: () => this.#lookSoon(),
      });
    },

    'alert.figures': async ({ from, to }, { now }) => {
      const figures = new AlertFigures();
      for await (const entries of this.#deps.history.read(from, to)) for (const entry of entries) figures.add(entry);
      return ok({ result: { since: this.#deps.history.since(), ...figures.result(this.#book.all(), Math.min(to, now)) } });
    },
  };

  /** What is held is looked at anew, now and not with the next tick. */
  #lookSoon(): void {
    this.#pipeline.look();
    if (this.#waiting.length > 0) this.#flush();
    else this.#goOn();
  }

  #rememberEnd(id: string, by: string, at: EpochMs): void {
    this.#ended.set(id, { by, at });
    const oldest = this.#ended.size > endedAtMost ? this.#ended.keys().next().value : undefined;
    if (oldest !== undefined) this.#ended.delete(oldest);
  }
}

/** What ends an alert whose rule or thing is known no more. */
function endOf({ rule, system, severity, title, advice, subject, place, labels, simulated, drill }: Alert, now: EpochMs): AlertSignal {
  return {
    rule: { id: rule, system, severity, title, advice },
    kind: 'clear',
    key: subject.id,
    severity,
    at: now,
    subject,
    place,
    reading: null,
    labels,
    simulated,
    drill,
  };
}

function droppingSignal(kind: 'raise' | 'clear', now: EpochMs): AlertSignal {
  return {
    rule: alertsDropped,
    kind,
    key: 'alerts',
    severity: alertsDropped.severity,
    at: now,
    subject: { kind: 'system', id: 'alerts', name: alertsDropped.title.en },
    place: { lat: null, lon: null, datum: 'wgs84', district: null, text: null },
    reading: null,
    labels: { system: alertsDropped.system, rule: alertsDropped.id },
    simulated: false,
    drill: false,
  };
}
