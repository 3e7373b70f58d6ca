import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert, HeldReason, Silence } from '../contract.ts';
import { historyEntry, type HistoryEntry } from '../figures/history-entry.ts';
import type { AlertSignal } from '../rules/rule.ts';
import { DueTimes } from '../rules/due-times.ts';
import { severityRank } from '../rules/severity-rank.ts';
import { alertTransition, stateOf } from './alert-machine.ts';
import { fingerprint } from './fingerprint.ts';
import { firstOutOf, floodAfter, floodAt, floodEndsAt, floodLimits, heldByFlood, noFlood, type Flood, type FloodLimits } from './flood.ts';
import { foldSignal } from './fold-signal.ts';
import { heldByGroup } from './group-wait.ts';
import { gatherParents, isParent, type InhibitPair, type Parents } from './inhibit.ts';
import { floodOf, groupOf, routeOf, type Route } from './route.ts';
import { heldByShelf } from './shelve.ts';
import { heldBySilence, isInForce } from './silence.ts';

/** The alerts as they are committed. */
export interface AlertView {
  get(id: string): Alert | undefined;
  byFingerprint(name: string): Alert | undefined;
  all(): Iterable<Alert>;
  readonly size: number;
}

/** What is to be told on a route, of one group, at once. */
export interface Told {
  readonly route: Route;
  readonly group: string;
  readonly why: 'raised' | 'worse' | 'cleared';
  readonly alerts: readonly Alert[];
}

/** What a pass of the pipeline decided. Nothing of it is true before it is committed; `apply` is called then. */
export interface PipelineStep {
  /** Alerts as they are to be; null: it leaves. */
  readonly changes: ReadonlyMap<string, Alert | null>;
  readonly history: readonly HistoryEntry[];
  readonly told: readonly Told[];
  /** Alerts that found no room, or gave theirs to worse ones. */
  readonly dropped: number;
  apply(): void;
}

export interface PipelineSettings {
  /** The first that matches takes an alert; what none takes goes to the desk. */
  readonly routes?: readonly Route[];
  readonly inhibit?: readonly InhibitPair[];
  /** How long a group collects after its first alert. */
  readonly groupWaitMs?: number;
  readonly flood?: FloodLimits;
  readonly alertsAtMost?: number;
}

export interface PipelineDeps {
  readonly view: AlertView;
  silences(): Iterable<Silence>;
  /** A name that no alert had before. */
  newId(): string;
  /** The nearest first, eight at most. */
  camerasNear(place: Alert['place']): Alert['cameras'];
}

/**
 * Makes alerts of signals, and decides which of them disturb somebody: fingerprint, repetition, shelf, silence, parents, flood, group. Pure apart from what it
 * remembers of floods, groups and what was told; the same signals at the same times give the same alerts.
 */
export class AlertPipeline {
  readonly #deps: PipelineDeps;
  readonly #routes: readonly Route[];
  readonly #inhibit: readonly InhibitPair[];
  readonly #groupWaitMs: number;
  readonly #flood: FloodLimits;
  readonly #alertsAtMost: number;
  #floods: ReadonlyMap<string, Flood> = new Map();
  #windows: ReadonlyMap<string, EpochMs> = new Map();
  /** As of the last pass that looked at all. */
  #parents: Parents = gatherParents([], []);
  /** Alerts that disturbed somebody since they were raised. */
  readonly #told = new Set<string>();
  /** What is held must be looked at anew. */
  #stale = true;
  #unfinished = false;
  /** When time alone may change what is held of all: a silence begins, a flood ends. */
  #dueAt: EpochMs = Infinity;
  /** Until when each alert is held, where that is known. */
  readonly #heldUntil = new DueTimes();
  #dropped = 0;

  constructor(deps: PipelineDeps, settings: PipelineSettings = {}) {
    this.#deps = deps;
    this.#routes = settings.routes ?? [];
    this.#inhibit = settings.inhibit ?? [];
    this.#groupWaitMs = settings.groupWaitMs ?? 5000;
    this.#flood = settings.flood ?? floodLimits;
    this.#alertsAtMost = settings.alertsAtMost ?? 20_000;
  }

  /** Alerts that found no room, or gave theirs to worse ones, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether there is room for those that found none. */
  get hasRoom(): boolean {
    return this.#deps.view.size < this.#alertsAtMost * 0.9;
  }

  /** Routes that are flooded, and since when; those of exercises and of what is simulated apart. */
  get flooded(): ReadonlyMap<string, EpochMs> {
    return new Map([...this.#floods].flatMap(([route, { since }]) => (since === null ? [] : [[route, since] as const])));
  }

  /** More alerts changed than one pass may write: the next one, soon, goes on. */
  get unfinished(): boolean {
    return this.#unfinished;
  }

  /** Takes up the alerts that a hub before left: what disturbed somebody then does not do so again, and a flood goes on. */
  resume(now: EpochMs): void {
    const floods = new Map<string, Flood>();
    const recent = [...this.#deps.view.all()].toSorted((one, other) => one.raisedAt - other.raisedAt);
    for (const alert of recent) {
      const { held, raisedAt, active } = alert;
      if (active && held === null) this.#told.add(alert.id);
      if (raisedAt > now || now - raisedAt >= this.#flood.withinMs || (held !== null && held.by !== 'flood' && held.by !== 'group-wait'))
        continue;
      const id = floodOf(routeOf(this.#routes, alert), alert);
      floods.set(id, floodAfter(floodAt(floods.get(id) ?? noFlood, raisedAt, this.#flood), raisedAt, this.#flood));
    }
    this.#floods = floods;
    this.#stale = true;
  }

  /** Silences or alerts were changed by somebody else: what is held is looked at anew. */
  look(): void {
    this.#stale = true;
  }

  /** Somebody shelved it: when it comes back it disturbs anew. */
  putAway(id: string): void {
    this.#told.delete(id);
    this.#stale = true;
  }

  /** Signals in their order. */
  fold(signals: readonly AlertSignal[], now: EpochMs): PipelineStep {
    const pass = this.#begin(now);
    for (const signal of signals) pass.take(signal);
    return pass.end(this.#stale || now >= this.#dueAt);
  }

  /** Time has passed; null when that changes nothing. */
  tick(now: EpochMs): PipelineStep | null {
    if (!this.#stale && now < this.#dueAt && this.#heldUntil.due(now).length === 0) return null;
    return this.#begin(now).end(this.#stale || now >= this.#dueAt);
  }

  #begin(now: EpochMs): Pass {
    return new Pass(
      {
        ...this.#deps,
        routes: this.#routes,
        inhibit: this.#inhibit,
        flood: this.#flood,
        groupWaitMs: this.#groupWaitMs,
        alertsAtMost: this.#alertsAtMost,
        floods: this.#floods,
        windows: this.#windows,
        told: this.#told,
        parents: this.#parents,
        dueAt: this.#dueAt,
        due: this.#heldUntil.due(now),
      },
      now,
      ({ floods, windows, parents, told, untold, dueAt, heldUntil, unfinished, dropped }) => {
        for (const [id, until] of heldUntil) {
          if (until === null) this.#heldUntil.delete(id);
          else this.#heldUntil.set(id, until);
        }
        this.#parents = parents;
        this.#floods = floods;
        this.#windows = windows;
        for (const id of untold) this.#told.delete(id);
        for (const id of told) this.#told.add(id);
        // What is due is found again by its time; what is held for no known time only by a look at all.
        this.#stale = unfinished;
        this.#unfinished = unfinished;
        this.#dueAt = dueAt;
        this.#dropped += dropped;
      },
    );
  }
}

/** The most alerts besides those of its signals that one pass changes: the hub waits for nobody's disk for long. */
const othersAtMost = 250;

interface PassContext extends PipelineDeps {
  readonly routes: readonly Route[];
  readonly inhibit: readonly InhibitPair[];
  readonly flood: FloodLimits;
  readonly groupWaitMs: number;
  readonly alertsAtMost: number;
  readonly floods: ReadonlyMap<string, Flood>;
  readonly windows: ReadonlyMap<string, EpochMs>;
  readonly told: ReadonlySet<string>;
  readonly parents: Parents;
  readonly dueAt: EpochMs;
  /** Alerts that were held until now. */
  readonly due: readonly string[];
}

interface PassResult {
  readonly floods: ReadonlyMap<string, Flood>;
  readonly windows: ReadonlyMap<string, EpochMs>;
  readonly parents: Parents;
  readonly told: ReadonlySet<string>;
  readonly untold: ReadonlySet<string>;
  readonly dueAt: EpochMs;
  readonly heldUntil: ReadonlyMap<string, EpochMs | null>;
  readonly unfinished: boolean;
  readonly dropped: number;
}

/** One pass: what is drafted in it is seen by what comes after it, and by nobody else. */
class Pass {
  readonly #context: PassContext;
  readonly #now: EpochMs;
  readonly #apply: (result: PassResult) => void;
  readonly #drafts = new Map<string, Alert | null>();
  readonly #draftOf = new Map<string, string>();
  readonly #history: HistoryEntry[] = [];
  readonly #floods: Map<string, Flood>;
  readonly #untold = new Set<string>();
  /** Raised in this pass, in order: they count for floods and are told if nothing holds them. */
  readonly #raised = new Map<string, 'raised' | 'worse'>();
  /** Of those, the ones that were counted for a flood. */
  readonly #seen = new Set<string>();
  readonly #cleared: Alert[] = [];
  #size: number;
  #victims: Alert[] | null = null;
  #dropped = 0;
  #parentsChanged = false;

  constructor(context: PassContext, now: EpochMs, apply: (result: PassResult) => void) {
    this.#context = context;
    this.#now = now;
    this.#apply = apply;
    this.#size = context.view.size;
    this.#floods = new Map([...context.floods].map(([route, flood]) => [route, floodAt(flood, now, context.flood)]));
  }

  take(signal: AlertSignal): void {
    const { newId, camerasNear, routes } = this.#context;
    const name = fingerprint([signal.rule.id, signal.key]);
    const existing = this.#byFingerprint(name);
    const folded = foldSignal(existing, signal, this.#now, () => ({
      id: newId() as Alert['id'],
      fingerprint: name,
      group: groupOf(routeOf(routes, signal), signal),
      cameras: camerasNear(signal.place),
    }));
    switch (folded.became) {
      case 'nothing':
        return;
      case 'gone':
        this.#note('cleared', existing!);
        this.#clear(existing!);
        this.#remove(existing!);
        return;
      case 'returned':
        this.#note('cleared', folded.alert);
        this.#clear(folded.alert);
        this.#put(folded.alert);
        return;
      case 'repeated':
        this.#put(folded.alert);
        return;
      case 'worse':
        this.#put(folded.alert);
        this.#raised.set(folded.alert.id, 'worse');
        return;
      case 'new':
        if (!this.#makeRoom(folded.alert)) return;
        this.#size += 1;
        break;
      case 'again':
        break;
    }
    this.#put(folded.alert);
    this.#raised.set(folded.alert.id, 'raised');
    this.#note('raised', folded.alert);
  }

  end(lookAtAll: boolean): PipelineStep {
    this.#expireShelves(lookAtAll);
    const all = lookAtAll || this.#parentsChanged;
    const parents = all ? gatherParents(this.#context.inhibit, this.#alerts()) : this.#context.parents;
    const silences = [...this.#context.silences()];
    const inForce = silences.filter((silence) => isInForce(silence, this.#now));
    const windows = new Map([...this.#context.windows].filter(([, until]) => this.#now < until));
    const told = new Map<string, Told & { alerts: Alert[] }>();
    const toldIds = new Set<string>();
    const wasTold = (id: string) => toldIds.has(id) || (this.#context.told.has(id) && !this.#untold.has(id));
    const tell = (why: Told['why'], alert: Alert): void => {
      const route = routeOf(this.#context.routes, alert);
      const key = `${why} ${alert.group}`;
      const together = told.get(key) ?? { route, group: alert.group, why, alerts: [] };
      together.alerts.push(alert);
      told.set(key, together);
    };

    for (const alert of this.#cleared) tell('cleared', alert);
    const heldUntil = new Map<string, EpochMs | null>();
    let dueAt = all ? Infinity : this.#context.dueAt;
    const opened = new Set<string>();
    let unfinished = false;
    let others = 0;
    const touched = new Set(this.#drafts.keys());
    for (const id of new Set([...touched, ...(all ? [...this.#alerts()].map((alert) => alert.id) : this.#context.due)])) {
      const alert = this.#get(id);
      if (alert === undefined) {
        heldUntil.set(id, null);
        continue;
      }
      if (others >= othersAtMost) {
        unfinished = true;
        break;
      }
      const { why, held, marked } = this.#hold(alert, { parents, inForce, wasTold: wasTold(alert.id), windows });
      if (marked || !sameReason(held, alert.held)) {
        this.#put({ ...alert, held, firstOut: alert.firstOut || marked });
        if (!touched.has(id)) others += 1;
      }
      heldUntil.set(id, held?.until ?? null);
      if (held !== null || !alert.active || alert.acknowledged !== null) continue;
      if (why !== 'worse' && wasTold(alert.id)) continue;
      toldIds.add(alert.id);
      opened.add(alert.group);
      tell(why, this.#get(alert.id)!);
    }
    // While some of a group are still to be told, the rest of them does not wait once more.
    if (!unfinished) for (const group of opened) if (!windows.has(group)) windows.set(group, this.#now + this.#context.groupWaitMs);
    for (const { startsAt, ended } of silences) if (!ended && startsAt > this.#now) dueAt = Math.min(dueAt, startsAt);
    for (const flood of this.#floods.values()) dueAt = Math.min(dueAt, floodEndsAt(flood, this.#context.flood) ?? Infinity);

    const result: PassResult = {
      floods: this.#floods,
      windows,
      parents,
      told: toldIds,
      untold: this.#untold,
      dueAt,
      heldUntil,
      unfinished,
      dropped: this.#dropped,
    };
    return {
      changes: this.#drafts,
      history: this.#history,
      told: [...told.values()],
      dropped: this.#dropped,
      apply: () => this.#apply(result),
    };
  }

  /** What holds an alert, the strongest reason first; floods are counted on the way, once for each that is new. */
  #hold(
    alert: Alert,
    about: { parents: Parents; inForce: readonly Silence[]; wasTold: boolean; windows: ReadonlyMap<string, EpochMs> },
  ): { readonly why: 'raised' | 'worse'; readonly held: HeldReason | null; readonly marked: boolean } {
    const why = this.#raised.get(alert.id) ?? 'raised';
    const held = heldByShelf(alert, this.#now) ?? (alert.active ? (heldBySilence(alert, about.inForce) ?? about.parents.of(alert)) : null);
    if (held !== null || !alert.active || about.wasTold) return { why, held, marked: false };
    const id = floodOf(routeOf(this.#context.routes, alert), alert);
    const marked = this.#raised.get(alert.id) === 'raised' && this.#countForFlood(id, alert);
    const flood = this.#floods.get(id) ?? noFlood;
    return {
      why,
      held: heldByFlood(alert, id, flood) ?? heldByGroup(alert, about.windows, this.#now),
      marked,
    };
  }

  /** Counts a new alert; answers whether it is the first of its group in a flood. When a flood begins, those that came before it are marked too. */
  #countForFlood(name: string, alert: Alert): boolean {
    const before = this.#floods.get(name) ?? noFlood;
    let flood = floodAfter(before, this.#now, this.#context.flood);
    if (before.since === null && flood.since !== null) {
      const early = [...this.#alerts()]
        .filter((one) => one.id !== alert.id && this.#now - one.raisedAt < this.#context.flood.withinMs && one.active)
        .filter((one) => floodOf(routeOf(this.#context.routes, one), one) === name)
        .toSorted((one, other) => one.raisedAt - other.raisedAt);
      for (const one of early) {
        // What came with this alert and after it has not been looked at yet.
        if (this.#raised.has(one.id) && one.held === null && !this.#seen.has(one.id)) continue;
        const marked = firstOutOf(flood, one.group);
        flood = marked.flood;
        if (marked.first && !one.firstOut) this.#put({ ...this.#get(one.id)!, firstOut: true });
      }
    }
    this.#seen.add(alert.id);
    let first = false;
    if (flood.since !== null) ({ flood, first } = firstOutOf(flood, alert.group));
    this.#floods.set(name, flood);
    return first;
  }

  /** What was on a shelf until now comes back, or leaves. */
  #expireShelves(lookAtAll: boolean): void {
    for (const alert of lookAtAll ? [...this.#alerts()] : this.#concerned()) {
      if (alert.shelved === null || this.#now < alert.shelved.until) continue;
      const after = alertTransition(stateOf(alert), 'unshelve');
      if (after === 'gone') this.#remove(alert);
      else {
        this.#put({ ...alert, shelved: null });
        this.#untold.add(alert.id);
      }
    }
  }

  #clear(alert: Alert): void {
    if (this.#context.told.has(alert.id) && !this.#untold.has(alert.id))
      this.#cleared.push({ ...alert, active: false, clearedAt: this.#now });
    this.#untold.add(alert.id);
    this.#raised.delete(alert.id);
  }

  #note(kind: HistoryEntry['kind'], alert: Alert): void {
    this.#history.push(historyEntry(kind, alert, this.#now));
  }

  /** True when there is a place: a free one, or that of one that matters less: one that is over first, then one that is less severe. */
  #makeRoom(alert: Alert): boolean {
    if (this.#size < this.#context.alertsAtMost) return true;
    this.#dropped += 1;
    this.#victims ??= [...this.#alerts()].toSorted(
      (one, other) =>
        Number(one.active) - Number(other.active) ||
        severityRank(one.severity) - severityRank(other.severity) ||
        one.raisedAt - other.raisedAt,
    );
    const victim = this.#victims[0];
    if (victim === undefined || (victim.active && severityRank(victim.severity) >= severityRank(alert.severity))) {
      this.#note('dropped', alert);
      return false;
    }
    this.#victims.shift();
    const now = this.#get(victim.id);
    if (now === undefined) return this.#makeRoomAgain(alert);
    this.#note('dropped', now);
    this.#untold.add(now.id);
    this.#remove(now);
    return true;
  }

  #makeRoomAgain(alert: Alert): boolean {
    this.#dropped -= 1;
    return this.#makeRoom(alert);
  }

  #put(alert: Alert): void {
    const before = this.#get(alert.id);
    this.#drafts.set(alert.id, alert);
    this.#draftOf.set(alert.fingerprint, alert.id);
    if (before?.active !== alert.active && isParent(this.#context.inhibit, alert)) this.#parentsChanged = true;
  }

  #remove(alert: Alert): void {
    // One that was made in this pass leaves no trace in the collection.
    if (this.#context.view.get(alert.id) === undefined) this.#drafts.delete(alert.id);
    else this.#drafts.set(alert.id, null);
    this.#draftOf.delete(alert.fingerprint);
    this.#size -= 1;
    if (isParent(this.#context.inhibit, alert)) this.#parentsChanged = true;
  }

  #get(id: string): Alert | undefined {
    const draft = this.#drafts.get(id);
    return draft === undefined ? this.#context.view.get(id) : (draft ?? undefined);
  }

  #byFingerprint(name: string): Alert | undefined {
    const drafted = this.#draftOf.get(name);
    if (drafted !== undefined) return this.#get(drafted);
    const found = this.#context.view.byFingerprint(name);
    return found === undefined ? undefined : this.#get(found.id);
  }

  /** What this pass has touched, and what was held until now. */
  #concerned(): Alert[] {
    const ids = new Set([...this.#drafts.keys(), ...this.#context.due]);
    return [...ids].flatMap((id) => this.#get(id) ?? []);
  }

  *#alerts(): IterableIterator<Alert> {
    for (const alert of this.#context.view.all()) {
      const draft = this.#drafts.get(alert.id);
      if (draft === undefined) yield alert;
      else if (draft !== null) yield draft;
    }
    for (const [id, alert] of this.#drafts) if (alert !== null && this.#context.view.get(id) === undefined) yield alert;
  }
}

const sameReason = (one: HeldReason | null, other: HeldReason | null): boolean =>
  one === other || (one !== null && other !== null && one.by === other.by && one.what === other.what && one.until === other.until);
