import type { EpochMs } from '../../main/contract/time.ts';
import type { Asset, CityEvent, Indicator } from '../feed-contract.ts';
import type { Limit } from '../../alerts/rules/rule.ts';
import type { IndicatorFrom, ReckonedFrom, SystemPack } from './system-pack.ts';

/** What figures are reckoned from. */
export interface CityAtHand {
  assets(): Iterable<Asset>;
  events(): Iterable<CityEvent>;
  /** Older than this, in milliseconds, a value of the feed is stale. */
  staleAfterMs(feedId: string): number;
  /** Cameras by state, and the districts with and without. */
  cameras(): { readonly total: number; readonly online: number; readonly districts: number; readonly districtsCovered: number } | null;
  /** Cases of this kind that were closed lately, how many of them in time, and when the last one was. */
  cases(
    of: 'grid' | 'urban',
  ): { readonly closed: number; readonly inTime: number; readonly lastAt: EpochMs; readonly simulated: boolean } | null;
  /** The last midnight of the city. */
  midnight(now: EpochMs): EpochMs;
}

/** A figure as it stands. */
export type Figure = Pick<Indicator, 'value' | 'at' | 'source' | 'ofSimulated'>;

/** A figure of which nothing is known. */
export const unknownFigure: Figure = { value: null, at: null, source: null, ofSimulated: false };

/** Things and events that are counted between two pauses: a fraction of a millisecond. */
const pauseEvery = 512;

/** Reckons all figures that are reckoned here, from what is known now. Pure but for what it is handed. */
export function reckonIndicators(systems: readonly SystemPack[], city: CityAtHand, now: EpochMs): Map<string, Figure> {
  const steps = reckonInSteps(systems, city, now);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * The same, with a pause after every few hundred things: everything is gone through once, whatever the number of figures, and who drives it may let others go on meanwhile. What
 * changes between two pauses is counted or not; the next round has it.
 */
export function* reckonInSteps(systems: readonly SystemPack[], city: CityAtHand, now: EpochMs): Generator<void, Map<string, Figure>> {
  const figures = new Map<string, () => Figure>();
  const ofThings = new Map<string, Map<string, Tally<Asset>[]>>();
  const ofEvents = new Map<string, Tally<CityEvent>[]>();
  const ages = new Map<string, number>();
  const fresh: Freshness = {
    now,
    ageOf(feedId) {
      let age = ages.get(feedId);
      if (age === undefined) ages.set(feedId, (age = city.staleAfterMs(feedId)));
      return age;
    },
  };
  const midnight = city.midnight(now);
  for (const { id, indicators } of systems)
    for (const { id: indicator, from } of indicators) {
      const how = reckonedPart(from);
      const key = `${id}/${indicator}`;
      if (how === null) continue;
      if (how.kind === 'cameras') figures.set(key, () => ofCameras(how, city, now));
      else if (how.kind === 'cases-in-time') figures.set(key, () => ofCases(how, city));
      else if (how.kind === 'events' || how.kind === 'duration') {
        const tally = how.kind === 'events' ? countEvents(how, midnight) : meanDuration(how, midnight);
        listOf(ofEvents, id).push(tally);
        figures.set(key, tally.figure);
      } else {
        const tally = tallyOf(how, fresh);
        let kinds = ofThings.get(id);
        if (!kinds) ofThings.set(id, (kinds = new Map()));
        listOf(kinds, how.assetKind).push(tally);
        figures.set(key, tally.figure);
      }
    }
  let counted = 0;
  for (const asset of city.assets()) {
    if ((counted += 1) % pauseEvery === 0) yield;
    // What belongs to a drill is in no figure of the real city.
    if (asset.drill) continue;
    for (const tally of ofThings.get(asset.system)?.get(asset.assetKind) ?? []) tally.add(asset);
  }
  for (const event of city.events()) {
    if ((counted += 1) % pauseEvery === 0) yield;
    if (event.drill) continue;
    for (const tally of ofEvents.get(event.system) ?? []) tally.add(event);
  }
  return new Map([...figures].map(([key, figure]) => [key, figure()]));
}

/** How a figure is reckoned here; null: it is only ever sent. */
function reckonedPart(from: IndicatorFrom): ReckonedFrom | null {
  return from.kind === 'given' ? (from.otherwise ?? null) : from;
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  let list = lists.get(key);
  if (!list) lists.set(key, (list = []));
  return list;
}

// ---- tallies: what is kept of the things that were gone through

interface Tally<Of> {
  readonly add: (one: Of) => void;
  readonly figure: () => Figure;
}

type OfThings = Exclude<ReckonedFrom, { readonly kind: 'events' | 'duration' | 'cases-in-time' | 'cameras' }>;

/** How old values may be at a time, by their feeds. */
interface Freshness {
  readonly now: EpochMs;
  ageOf(feedId: string): number;
}

/** The value of a quantity when it can be relied on now, else null. */
function freshValue(asset: Asset, quantity: string, { now, ageOf }: Freshness) {
  const known = asset.latest[quantity];
  return known !== undefined && known.quality === 'good' && known.value !== null && now - known.at <= ageOf(asset.feedId) ? known : null;
}

/** Whose feeds a figure came by, and of when the newest of it is. */
class Origin {
  #feed: string | null = null;
  #isMixed = false;
  #isSimulated = false;
  #newest = -Infinity;

  add({ feedId, simulated }: { readonly feedId: string; readonly simulated: boolean }, at: EpochMs): void {
    if (this.#feed === null) this.#feed = feedId;
    else if (this.#feed !== feedId) this.#isMixed = true;
    if (simulated) this.#isSimulated = true;
    if (at > this.#newest) this.#newest = at;
  }

  figure(value: number): Figure {
    return {
      value: Math.round(value * 1000) / 1000,
      at: Number.isFinite(this.#newest) ? this.#newest : null,
      source: this.#isMixed ? null : this.#feed,
      ofSimulated: this.#isSimulated,
    };
  }
}

function tallyOf(from: OfThings, fresh: Freshness): Tally<Asset> {
  const origin = new Origin();
  let total = 0;
  switch (from.kind) {
    case 'count':
      return {
        add(asset) {
          total += 1;
          origin.add(asset, fresh.now);
        },
        figure: () => (total === 0 ? unknownFigure : origin.figure(total)),
      };
    case 'online': {
      let heard = 0;
      return {
        add(asset) {
          const at = newest(asset);
          total += 1;
          if (fresh.now - at <= fresh.ageOf(asset.feedId)) heard += 1;
          origin.add(asset, at);
        },
        figure: () => (total === 0 ? unknownFigure : origin.figure(percent(heard, total))),
      };
    }
    case 'share': {
      let within = 0;
      return {
        add(asset) {
          const known = freshValue(asset, from.quantity, fresh);
          if (!known) return;
          total += 1;
          if (fits(from.where, asset, known.value)) within += 1;
          origin.add(asset, known.at);
        },
        figure: () => (total === 0 ? unknownFigure : origin.figure(percent(within, total))),
      };
    }
    case 'ratio': {
      let [part, whole] = [0, 0];
      return {
        add(asset) {
          const known = freshValue(asset, from.quantity, fresh);
          const all = wholeOf(asset, from.of);
          if (!known || typeof known.value !== 'number' || all === null) return;
          part += known.value;
          whole += all;
          origin.add(asset, known.at);
        },
        figure: () => (whole <= 0 ? unknownFigure : origin.figure(percent(part, whole))),
      };
    }
    case 'sum':
    case 'mean':
    case 'least':
    case 'most': {
      let [sum, least, most] = [0, Infinity, -Infinity];
      return {
        add(asset) {
          const known = freshValue(asset, from.quantity, fresh);
          if (!known || typeof known.value !== 'number') return;
          total += 1;
          sum += known.value;
          least = Math.min(least, known.value);
          most = Math.max(most, known.value);
          origin.add(asset, known.at);
        },
        figure: () => (total === 0 ? unknownFigure : origin.figure({ sum, mean: sum / total, least, most }[from.kind])),
      };
    }
  }
}

const isInClass = (event: CityEvent, wide: string) => event.class === wide || event.class.startsWith(`${wide}.`);

function countEvents({ class: wide, count }: Extract<ReckonedFrom, { kind: 'events' }>, midnight: EpochMs): Tally<CityEvent> {
  const origin = new Origin();
  let [known, counted] = [0, 0];
  return {
    add(event) {
      if (!isInClass(event, wide)) return;
      known += 1;
      if (count === 'open' ? event.status === 'open' : event.at >= midnight) counted += 1;
      origin.add(event, event.receivedAt);
    },
    figure: () => (known === 0 ? unknownFigure : origin.figure(counted)),
  };
}

/** Minutes from the begin of an event to its end: the mean of those that ended since midnight. What was superseded never ended by itself and tells no time. */
function meanDuration({ class: wide }: Extract<ReckonedFrom, { kind: 'duration' }>, midnight: EpochMs): Tally<CityEvent> {
  const origin = new Origin();
  let [ended, minutes] = [0, 0];
  return {
    add(event) {
      const over = event.endsAt ?? event.at;
      if (!isInClass(event, wide) || event.status !== 'ended' || event.startsAt === null) return;
      if (over < midnight || over <= event.startsAt) return;
      ended += 1;
      minutes += (over - event.startsAt) / 60_000;
      origin.add(event, over);
    },
    figure: () => (ended === 0 ? unknownFigure : origin.figure(minutes / ended)),
  };
}

function ofCameras({ what }: Extract<ReckonedFrom, { kind: 'cameras' }>, city: CityAtHand, now: EpochMs): Figure {
  const cameras = city.cameras();
  if (!cameras || cameras.total === 0) return unknownFigure;
  const { total, online, districts, districtsCovered } = cameras;
  const value =
    what === 'count'
      ? total
      : what === 'online-share'
        ? percent(online, total)
        : districts === 0
          ? null
          : percent(districtsCovered, districts);
  return { value, at: now, source: null, ofSimulated: false };
}

function ofCases({ of }: Extract<ReckonedFrom, { kind: 'cases-in-time' }>, city: CityAtHand): Figure {
  const cases = city.cases(of);
  if (!cases || cases.closed === 0) return unknownFigure;
  const value = Math.round(percent(cases.inTime, cases.closed) * 1000) / 1000;
  return { value, at: cases.lastAt, source: null, ofSimulated: cases.simulated };
}

// ---- values

const percent = (part: number, whole: number) => (100 * part) / whole;

function newest({ latest }: Asset): EpochMs {
  let at = -Infinity;
  for (const quantity in latest) at = Math.max(at, latest[quantity]!.at);
  return at;
}

/** A whole may be observed, or be a property that does not change. */
function wholeOf(asset: Asset, quantity: string): number | null {
  const observed = asset.latest[quantity]?.value;
  if (typeof observed === 'number') return observed;
  const property = asset.properties[quantity];
  return typeof property === 'number' ? property : null;
}

function fits(
  where: Limit | { readonly is: readonly (string | boolean)[] },
  asset: Asset,
  value: Asset['latest'][string]['value'],
): boolean {
  if ('is' in where) return where.is.some((word) => word === value);
  const limit = typeof where.value === 'number' ? where.value : limitOf(asset, where.value);
  if (typeof value !== 'number' || limit === null) return false;
  switch (where.op) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
  }
}

function limitOf(asset: Asset, { property, factor = 1 }: { readonly property: string; readonly factor?: number }): number | null {
  const value = asset.properties[property];
  return typeof value === 'number' ? value * factor : null;
}
