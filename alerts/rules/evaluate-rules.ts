import type { EpochMs } from '../../main/contract/time.ts';
import type { AssetKind, CityEvent } from '../../streams/feed-contract.ts';
import type { Alert } from '../contract.ts';
import type { Condition, Finding, Say, Thing } from './condition.ts';
import { createCondition } from './create-condition.ts';
import { StateBudget } from './kept-states.ts';
import type { AlertSignal, Rule, RuleInput, SeenObservation } from './rule.ts';
import { worse } from './severity-rank.ts';

/** What the rules say of what they are told. No timers and no clock of its own: the same inputs in the same order give the same signals. */
export interface RuleEngine {
  /** `now` is the hub's time of the input. */
  tell(input: RuleInput, now: EpochMs): readonly AlertSignal[];
  /**
   * After a restart, when events and assets were told: takes up what active alerts say. Answers those that are over: their rule is gone, or what is known says so. The
   * others stay until the opposite is known.
   */
  adopt(alerts: Iterable<Alert>, now: EpochMs): readonly Alert[];
  /** All that holds now, as it was raised; what was adopted is not among it. */
  standing(): IterableIterator<AlertSignal>;
  readonly figures: {
    readonly rules: number;
    /** Pairs of a rule and a thing that something is remembered of, and those that found no place. */
    readonly states: number;
    readonly statesRefused: number;
    /** Told of the past, or of the future: they raised nothing. */
    readonly late: number;
    readonly future: number;
    /** Versions of events that were known already. */
    readonly replayed: number;
  };
}

export interface RuleEngineOptions {
  /** The most states of all rules together. */
  readonly statesAtMost?: number;
  /** The most events whose versions are remembered. */
  readonly eventsAtMost?: number;
}

/** A source's clock may be so much ahead of ours: its events count all the same. */
export const eventAheadAtMostMs = 300_000;
/** What waited for longer to be read (in quarantine, or while the hub was down) tells of the past. */
const heldUpAtMostMs = 86_400_000;
/** Ticks come every second. When the clock moves by more than this between two, it was set, or the machine slept. */
const tickGapAtMostMs = 60_000;

interface Entry {
  readonly rule: Rule;
  readonly condition: Condition;
  readonly standing: Map<string, AlertSignal>;
  /** Makes a signal of what the condition says. */
  readonly say: Say;
}

/**
 * Makes the engine. Which rules an input concerns is found by index: a value costs as many rules as look at its quantity and kind, however many there are.
 * @throws Error for two rules of one name
 */
export function createRuleEngine(rules: readonly Rule[], options: RuleEngineOptions = {}): RuleEngine {
  return new Engine(rules, options);
}

class Engine implements RuleEngine {
  readonly #entries = new Map<string, Entry>();
  readonly #budget: StateBudget;
  readonly #ofAny = new Map<string, Entry[]>();
  readonly #ofKind = new Map<string, Map<string, Entry[]>>();
  readonly #ofAssets = new Map<string, Entry[]>();
  readonly #ofClass = new Map<string, Entry[]>();
  readonly #ofFeeds: Entry[] = [];
  /** Found once for each pair of kind and quantity. */
  readonly #concerned = new Map<string, Map<string, readonly Entry[]>>();
  readonly #versions = new Map<string, Pick<CityEvent, 'version' | 'class' | 'status'>>();
  /** What the input that is being told has made the rules say. */
  #said: AlertSignal[] = [];
  readonly #eventsAtMost: number;
  #late = 0;
  #future = 0;
  #replayed = 0;
  #tickedAt: EpochMs | null = null;
  /** How far the hub's clock jumped in all. */
  #jumpedMs = 0;

  constructor(rules: readonly Rule[], { statesAtMost = 1_000_000, eventsAtMost = 50_000 }: RuleEngineOptions) {
    this.#budget = new StateBudget(statesAtMost);
    this.#eventsAtMost = eventsAtMost;
    const context = { budget: this.#budget, steady: (now: EpochMs) => now - this.#jumpedMs };
    for (const rule of rules) {
      if (this.#entries.has(rule.id)) throw new Error(`two rules are called ${rule.id}`);
      const standing = new Map<string, AlertSignal>();
      const condition = createCondition(rule.when, rule.system, context);
      const entry: Entry = { rule, condition, standing, say: (finding) => this.#say(rule, standing, finding) };
      this.#entries.set(rule.id, entry);
      this.#index(entry);
    }
  }

  tell(input: RuleInput, now: EpochMs): readonly AlertSignal[] {
    this.#said = [];
    switch (input.kind) {
      case 'observation':
        this.#observe(input.observation, now);
        break;
      case 'event':
        this.#event(input.event, now);
        break;
      case 'asset':
        for (const { condition } of this.#ofAssets.get(input.asset.assetKind) ?? []) condition.known(input.asset, now);
        break;
      case 'feed':
        for (const { condition, say } of this.#ofFeeds) condition.feed(input.feed, input.state, now, say);
        break;
      case 'gone':
        for (const entry of this.#entries.values()) entry.condition.gone(input.id, now, entry.say);
        break;
      case 'tick':
        this.#follow(now);
        for (const entry of this.#entries.values()) entry.condition.tick(now, entry.say);
        break;
    }
    return this.#said;
  }

  adopt(alerts: Iterable<Alert>, now: EpochMs): readonly Alert[] {
    const over: Alert[] = [];
    for (const alert of alerts) {
      if (!alert.active) continue;
      const entry = this.#entries.get(alert.rule);
      if (entry === undefined) over.push(alert);
      else if (!entry.standing.has(alert.subject.id) && !entry.condition.adopt(thingOfAlert(alert), alert.since, now)) over.push(alert);
    }
    return over;
  }

  *standing(): IterableIterator<AlertSignal> {
    for (const { standing } of this.#entries.values()) yield* standing.values();
  }

  get figures() {
    return {
      rules: this.#entries.size,
      states: this.#budget.taken,
      statesRefused: this.#budget.refused,
      late: this.#late,
      future: this.#future,
      replayed: this.#replayed,
    };
  }

  #observe(observation: SeenObservation, now: EpochMs): void {
    const { asset, quantity, at, receivedAt, late } = observation;
    const future = at > receivedAt;
    const old = now - receivedAt > heldUpAtMostMs;
    if (late || old) this.#late += 1;
    else if (future) this.#future += 1;
    // What tells of another time tells at least that somebody is there.
    const seen = future || old ? { ...observation, late: true } : observation;
    for (const entry of this.#concernedBy(asset.assetKind, quantity)) entry.condition.observe(seen, now, entry.say);
  }

  #event(event: CityEvent, now: EpochMs): void {
    const known = this.#versions.get(event.id);
    // The end of a version whose time is over comes without a new one.
    const isEnd = known?.version === event.version && known.status === 'open' && event.status !== 'open';
    if (known !== undefined && known.version >= event.version && !isEnd) {
      this.#replayed += 1;
      return;
    }
    if (event.at > now + eventAheadAtMostMs) {
      this.#future += 1;
      return;
    }
    this.#remember(event);
    for (const external of event.supersedes) {
      const id = `${event.feedId}/${external}`;
      if (id !== event.id) this.#tellGone(id, now);
    }
    // Rules of the class that it had before hear that it has become something else.
    for (const entry of new Set([...this.#entriesOfClass(known?.class ?? ''), ...this.#entriesOfClass(event.class)]))
      entry.condition.event(event, now, entry.say);
  }

  #tellGone(id: string, now: EpochMs): void {
    for (const entries of this.#ofClass.values()) for (const entry of entries) entry.condition.gone(id, now, entry.say);
  }

  /** The youngest events are remembered: those that are told again after a long time come with the ledger's own memory of them. */
  #remember({ id, version, class: name, status }: CityEvent): void {
    this.#versions.delete(id);
    this.#versions.set(id, { version, class: name, status });
    if (this.#versions.size <= this.#eventsAtMost) return;
    const oldest = this.#versions.keys().next().value;
    if (oldest !== undefined) this.#versions.delete(oldest);
  }

  #follow(now: EpochMs): void {
    if (this.#tickedAt !== null) {
      const gap = now - this.#tickedAt;
      if (gap < 0 || gap > tickGapAtMostMs) this.#jumpedMs += gap;
    }
    this.#tickedAt = now;
  }

  #say(rule: Rule, standing: Map<string, AlertSignal>, { kind, thing, at, reading, severity }: Finding): void {
    const key = thing.subject.id;
    const signal: AlertSignal = {
      rule,
      kind,
      key,
      severity: severity === null ? rule.severity : worse(rule.severity, severity),
      at,
      subject: thing.subject,
      place: thing.place,
      reading,
      labels: { ...thing.labels, ...rule.labels, system: rule.system, rule: rule.id, condition: rule.when.kind },
      simulated: thing.simulated,
      drill: thing.drill,
    };
    if (kind === 'raise') standing.set(key, signal);
    else standing.delete(key);
    this.#said.push(signal);
  }

  #index(entry: Entry): void {
    const add = (index: Map<string, Entry[]>, key: string) => {
      const entries = index.get(key) ?? [];
      if (!entries.includes(entry)) entries.push(entry);
      index.set(key, entries);
    };
    for (const hears of entry.condition.hears) {
      if (hears.kind === 'feeds') this.#ofFeeds.push(entry);
      else if (hears.kind === 'class') add(this.#ofClass, hears.class);
      else if (hears.kind === 'assets') add(this.#ofAssets, hears.assetKind);
      else if (hears.assetKind === null) add(this.#ofAny, hears.quantity);
      else {
        const kinds = this.#ofKind.get(hears.assetKind) ?? new Map<string, Entry[]>();
        add(kinds, hears.quantity);
        this.#ofKind.set(hears.assetKind, kinds);
      }
    }
  }

  #concernedBy(assetKind: AssetKind, quantity: string): readonly Entry[] {
    let found = this.#concerned.get(assetKind)?.get(quantity);
    if (found !== undefined) return found;
    const lists = [this.#ofKind.get(assetKind)?.get(quantity), this.#ofAny.get(quantity), this.#ofAssets.get(assetKind)];
    found = [...new Set(lists.flatMap((entries) => entries ?? []))];
    // Quantities are words of a table, but nobody holds them to it here: what concerns no rule is not remembered, and not without end.
    const kinds = this.#concerned.get(assetKind) ?? new Map<string, readonly Entry[]>();
    if (found.length > 0 && kinds.size < 1000) {
      kinds.set(quantity, found);
      this.#concerned.set(assetKind, kinds);
    }
    return found;
  }

  #entriesOfClass(narrow: string): readonly Entry[] {
    const found = new Set<Entry>();
    for (let wide = narrow; wide !== ''; wide = wide.slice(0, Math.max(0, wide.lastIndexOf('.'))))
      for (const entry of this.#ofClass.get(wide) ?? []) found.add(entry);
    return [...found];
  }
}

function thingOfAlert({ subject, place, labels, simulated, drill }: Alert): Thing {
  return { subject, place, labels, simulated, drill };
}
