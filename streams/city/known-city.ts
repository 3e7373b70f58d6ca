import type { Change, Ledger } from '../../main/contract/ledger.ts';
import type { Problem } from '../../main/contract/errors.ts';
import { problem } from '../../main/contract/errors.ts';
import type { FeedId, SystemId } from '../../main/contract/ids.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import { nowhere } from '../../main/contract/place.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { SeenObservation } from '../../alerts/rules/rule.ts';
import type { Asset, AssetFact, CityEvent, EventFact, Fact, IndicatorFact, ObservationFact } from '../feed-contract.ts';
import type { HistoryPoint, NewestValue } from '../feeds/journal.ts';
import { isQuantity, quantities } from '../systems/quantities.ts';
import type { GivenFigure } from './systems-room.ts';

/** Where facts come from. */
export interface FactSource {
  readonly feedId: FeedId;
  readonly system: SystemId;
  readonly receivedAt: EpochMs;
  readonly simulated: boolean;
  readonly drill: boolean;
}

/** What became of the facts of one record. */
export interface Taken {
  readonly taken: number;
  readonly late: number;
  readonly duplicate: number;
  readonly problems: readonly Problem[];
  /** For the history. */
  readonly points: readonly HistoryPoint[];
}

export interface KnownCityDeps {
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  /** Every value, in order; and every event that is new or has changed. */
  onObservation(seen: SeenObservation): void;
  onEvent(event: CityEvent): void;
  /** All of a step was told: what comes of it is written now. Throws when it cannot; then the records are read again after a start. */
  onTold?(): void;
  /** A figure that a system sent; null: its pack has none of that name. */
  onIndicator(system: string, fact: IndicatorFact & { readonly at: EpochMs }, source: FactSource): GivenFigure | null;
}

/** Sources' clocks lie: so far ahead of ours a time is taken as now, beyond it the value is refused. */
export const aheadMs = 60_000;
/** So many things may be known; a feed that makes up names cannot fill the memory. */
const assetsAtMost = 200_000;
/** So many events are kept; the oldest that are over go first. */
const eventsAtMost = 20_000;
const problemsAtMost = 8;

/**
 * What is known of the city: its things with their latest values, and what goes on. Facts go in, in the order in which they came; what is older than what is known is kept for the
 * history and moves nothing back.
 */
export interface KnownCity {
  take(facts: readonly Fact[], source: FactSource): Taken;
  /** Commits what was taken since, as one step, and tells of it. Throws what the ledger throws: then it is tried again with the next one. */
  flush(): void;
  /** Ends the events whose time is over. */
  expire(now: EpochMs): void;
  /**
   * Values that were known before a restart, with the times that they had: each stands until a newer one comes, and no rule hears of it again. What came in the meantime is newer.
   */
  restore(values: readonly NewestValue[]): void;
  asset(id: string): Asset | undefined;
  /** With their latest values. */
  assets(): Iterable<Asset>;
  events(): Iterable<CityEvent>;
  readonly figures: { readonly assets: number; readonly events: number; readonly refused: number };
  stop(): void;
}

/** Takes over what the ledger knows of assets and events. */
export function createKnownCity({ ledger, latest, onObservation, onEvent, onTold, onIndicator }: KnownCityDeps): KnownCity {
  /** With their latest values; a thing is another object whenever anything of it changes. */
  const known = new Map<string, Asset>();
  const events = new Map<string, CityEvent>();
  const figures = { assets: 0, events: 0, refused: 0 };
  let changes: Change[] = [];
  let seen: SeenObservation[] = [];
  let happened: CityEvent[] = [];
  let given: GivenFigure[] = [];
  let cause: FeedId | null = null;
  const count = () => {
    figures.assets = known.size;
    figures.events = events.size;
  };

  for (const asset of ledger.all('assets') as IterableIterator<Asset>) known.set(asset.id, asset);
  for (const event of ledger.all('events') as IterableIterator<CityEvent>) events.set(event.id, event);
  count();

  const assetOf = (fact: AssetFact, source: FactSource, before: Asset | undefined): Asset => ({
    id: `${source.feedId}/${fact.entity}`,
    feedId: source.feedId,
    system: source.system,
    entity: fact.entity,
    assetKind: fact.assetKind,
    // What a source leaves out this time is what it was.
    name: fact.name ?? before?.name ?? fact.entity,
    place: isNowhere(fact.place) ? (before?.place ?? nowhere) : fact.place,
    properties: { ...before?.properties, ...fact.properties },
    latest: {},
    simulated: source.simulated,
    drill: source.drill,
  });

  const keep = (event: CityEvent) => {
    events.set(event.id, event);
    happened.push(event);
    changes.push({ collection: 'events', op: 'put', key: event.id, value: event });
  };

  return {
    figures,
    asset: (id) => known.get(id),
    assets: () => known.values(),
    events: () => events.values(),
    take(facts, source) {
      cause ??= source.feedId;
      const points: HistoryPoint[] = [];
      const problems: Problem[] = [];
      let [taken, late, duplicate] = [0, 0, 0];
      /** Things that were described as they are known: said with every value, so they count only where nothing else is said. */
      let described = 0;
      const refuse = (why: Problem) => {
        figures.refused += 1;
        if (problems.length < problemsAtMost) problems.push(why);
      };
      /** The source's time as far as it can be believed; null: it cannot. */
      const timeOf = (at: EpochMs | null): EpochMs | null => {
        if (at === null) return source.receivedAt;
        if (at > source.receivedAt + aheadMs) return null;
        return Math.min(at, source.receivedAt);
      };

      const put = (asset: Asset): Asset | null => {
        const before = known.get(asset.id);
        if (!before && known.size >= assetsAtMost) {
          refuse(problem('record-unsupported', { what: 'assets' }));
          return null;
        }
        if (before && isSame(before, asset)) return before;
        const now = { ...asset, latest: before?.latest ?? {} };
        known.set(asset.id, now);
        changes.push({ collection: 'assets', op: 'put', key: asset.id, value: asset });
        return now;
      };

      const observe = (fact: ObservationFact) => {
        if (!isQuantity(fact.quantity)) return refuse(problem('quantity-unknown', { quantity: fact.quantity }));
        const at = timeOf(fact.at);
        if (at === null) return refuse(problem('time-future', { at: fact.at }));
        const id = `${source.feedId}/${fact.entity}`;
        const of =
          known.get(id) ??
          put(
            assetOf(
              { kind: 'asset', entity: fact.entity, assetKind: 'sensor', name: null, place: nowhere, properties: {} },
              source,
              undefined,
            ),
          );
        if (!of) return;
        const before = of.latest[fact.quantity];
        if (before && before.at === at && before.value === fact.value && before.quality === fact.quality) {
          duplicate += 1;
          return;
        }
        // What is known of a time to come was told while our own clock was ahead: it keeps nothing out.
        const isLate = before !== undefined && at < before.at && before.at <= source.receivedAt + aheadMs;
        if (isLate) late += 1;
        else {
          taken += 1;
          const { value, quality, flag } = fact;
          const { receivedAt } = source;
          known.set(id, { ...of, latest: { ...of.latest, [fact.quantity]: { value, quality, flag, at, receivedAt } } });
        }
        const { unit } = quantities[fact.quantity];
        points.push({
          feedId: source.feedId,
          assetId: id,
          quantity: fact.quantity,
          value: fact.value,
          unit,
          quality: fact.quality,
          flag: fact.flag,
          at,
          receivedAt: source.receivedAt,
          district: of.place.district,
          simulated: source.simulated,
          drill: source.drill,
        });
        seen.push({
          entity: fact.entity,
          quantity: fact.quantity,
          value: fact.value,
          quality: fact.quality,
          flag: fact.flag,
          unit,
          asset: of,
          at,
          receivedAt: source.receivedAt,
          late: isLate,
        });
      };

      const happen = (fact: EventFact) => {
        const at = timeOf(fact.at);
        if (at === null) return refuse(problem('time-future', { at: fact.at }));
        const id = `${source.feedId}/${fact.external}`;
        const before = events.get(id);
        const toldBefore = before?.toldVersion ?? before?.version ?? -1;
        if (before && fact.version < toldBefore) {
          late += 1;
          return;
        }
        if (before && fact.version === toldBefore && !hasChanged(before, fact)) {
          duplicate += 1;
          return;
        }
        const { kind: _kind, exercise, ...told } = fact;
        const event: CityEvent = {
          ...told,
          // Who does not say when it began had it going on when it was first told.
          startsAt: told.startsAt ?? before?.startsAt ?? before?.at ?? null,
          exercise,
          // Whoever follows it goes by the version: it grows, whatever the source counts by.
          version: before ? Math.max(fact.version, before.version + 1) : fact.version,
          id,
          feedId: source.feedId,
          system: source.system,
          receivedAt: source.receivedAt,
          at,
          simulated: source.simulated,
          // An exercise is a drill for everything that comes of it.
          drill: source.drill || exercise,
        };
        if (event.version > fact.version) event.toldVersion = fact.version;
        taken += 1;
        keep(event);
        for (const other of fact.supersedes) {
          const gone = events.get(`${source.feedId}/${other}`);
          if (gone && gone.id !== id && gone.status === 'open')
            keep({ ...gone, status: fact.status === 'cancelled' ? 'cancelled' : 'ended' });
        }
      };
      for (const fact of facts) {
        if (fact.kind === 'observation') observe(fact);
        else if (fact.kind === 'event') happen(fact);
        else if (fact.kind === 'asset') {
          const before = known.get(`${source.feedId}/${fact.entity}`);
          const now = put(assetOf(fact, source, before));
          if (now !== null && now === before) described += 1;
          else if (now !== null) taken += 1;
        } else {
          const at = timeOf(fact.at);
          if (at === null) {
            refuse(problem('time-future', { at: fact.at }));
            continue;
          }
          const figure = onIndicator(source.system, { ...fact, at }, source);
          if (figure === null) {
            refuse(problem('indicator-unknown', { indicator: fact.indicator }));
            continue;
          }
          if (figure.outcome === 'taken') taken += 1;
          else if (figure.outcome === 'late') late += 1;
          else duplicate += 1;
          changes.push(...figure.changes);
          given.push(figure);
        }
      }
      if (taken + late + duplicate === 0 && problems.length === 0) duplicate = described;
      return { taken, late, duplicate, problems, points };
    },
    restore(values) {
      for (const { assetId, quantity, ...value } of values) {
        const of = known.get(assetId);
        if (!of || (of.latest[quantity]?.at ?? -1) >= value.at) continue;
        const now = { ...of, latest: { ...of.latest, [quantity]: value } };
        known.set(assetId, now);
        latest.set({ collection: 'assets', key: assetId, fields: { latest: now.latest } });
      }
    },
    expire(now) {
      for (const event of events.values())
        if (event.status === 'open' && event.endsAt !== null && event.endsAt <= now) keep({ ...event, status: 'ended' });
      if (changes.length > 0) this.flush();
    },
    flush() {
      changes.push(...forgotten(events));
      // Of several changes of one thing in a step the last one stands.
      const last = new Map(changes.map((change) => [`${change.collection}/${change.key}`, change]));
      if (last.size > 0) ledger.commit([...last.values()], { kind: 'feed', id: cause ?? 'feeds', by: cause ?? 'feeds' });
      const [observed, told, figured] = [seen, happened, given];
      [changes, seen, happened, given, cause] = [[], [], [], [], null];
      count();
      // Committed first, then told.
      for (const asset of new Set(observed.map((one) => one.asset.id)))
        latest.set({ collection: 'assets', key: asset, fields: { latest: known.get(asset)?.latest ?? {} } });
      for (const figure of figured) figure.told();
      for (const one of observed) onObservation(one);
      for (const event of told) onEvent(event);
      if (observed.length > 0 || told.length > 0) onTold?.();
    },
    stop() {
      known.clear();
      events.clear();
    },
  };
}

/** Takes the oldest events that are over away, when there are too many; answers what that changes. */
function forgotten(events: Map<string, CityEvent>): Change[] {
  if (events.size <= eventsAtMost) return [];
  const over = [...events.values()].filter(({ status }) => status !== 'open').sort((a, b) => a.receivedAt - b.receivedAt);
  const gone = (over.length > 0 ? over : [...events.values()].sort((a, b) => a.receivedAt - b.receivedAt)).slice(
    0,
    events.size - eventsAtMost,
  );
  return gone.map(({ id }) => {
    events.delete(id);
    return { collection: 'events', op: 'delete', key: id };
  });
}

/**
 * Whether a source says something else of an event under the same number: many know no time of change, and tell by the time of a report what is done about it. Told at another time
 * it is a repetition. What is over stays over; whoever opens it again counts on.
 */
function hasChanged(before: CityEvent, fact: EventFact): boolean {
  if (fact.at !== null && fact.at !== before.at) return false;
  if (before.status !== 'open' && fact.status === 'open') return false;
  const said = (one: EventFact | CityEvent) =>
    JSON.stringify([
      one.class,
      one.status,
      one.severity,
      one.title,
      one.text,
      one.instruction,
      one.endsAt,
      one.place,
      one.area,
      one.source,
    ]);
  return said(before) !== said(fact);
}

const isNowhere = (place: Asset['place']) => place.lat === null && place.lon === null && place.district === null && place.text === null;

function isSame(a: Asset, b: Asset): boolean {
  return (
    a.assetKind === b.assetKind &&
    a.name === b.name &&
    a.system === b.system &&
    a.simulated === b.simulated &&
    a.drill === b.drill &&
    hasSame(a.place, b.place) &&
    hasSame(a.properties, b.properties)
  );
}

/** Flat records with the same values, in whatever order. */
function hasSame(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
