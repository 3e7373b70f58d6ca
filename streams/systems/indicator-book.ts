import type { EpochMs } from '../../main/contract/time.ts';
import type { Asset, AssetKind, CityEvent, Indicator } from '../feed-contract.ts';
import type { Limit } from '../../alerts/rules/rule.ts';
import type { IndicatorDefinition, IndicatorFrom, SystemPack } from './system-pack.ts';

/** What figures are reckoned from. */
export interface CityAtHand {
  assets(): Iterable<Asset>;
  events(): Iterable<CityEvent>;
  /** Older than this, in milliseconds, a value of the feed is stale. */
  staleAfterMs(feedId: string): number;
  /** Cameras by state, and the districts with and without. */
  cameras(): { readonly total: number; readonly online: number; readonly districts: number; readonly districtsCovered: number } | null;
  /** The last midnight of the city. */
  midnight(now: EpochMs): EpochMs;
}

/** A figure as it stands. */
export type Figure = Pick<Indicator, 'value' | 'at' | 'source' | 'ofSimulated'>;

const unknown: Figure = { value: null, at: null, source: null, ofSimulated: false };

/** Reckons the figures that are not given, all of them, from what is known now. Pure but for what it is handed. */
export function reckonIndicators(systems: readonly SystemPack[], city: CityAtHand, now: EpochMs): Map<string, Figure> {
  const byKind = new Map<AssetKind, Asset[]>();
  for (const asset of city.assets()) {
    const list = byKind.get(asset.assetKind);
    if (list) list.push(asset);
    else byKind.set(asset.assetKind, [asset]);
  }
  const events = [...city.events()];
  const figures = new Map<string, Figure>();
  for (const { id, indicators } of systems)
    for (const indicator of indicators) {
      if (indicator.from.kind === 'given') continue;
      figures.set(`${id}/${indicator.id}`, reckon(id, indicator, { byKind, events, city, now }));
    }
  return figures;
}

interface AtHand {
  readonly byKind: ReadonlyMap<AssetKind, readonly Asset[]>;
  readonly events: readonly CityEvent[];
  readonly city: CityAtHand;
  readonly now: EpochMs;
}

function reckon(system: string, { from }: IndicatorDefinition, { byKind, events, city, now }: AtHand): Figure {
  // What belongs to a drill is in no figure of the real city.
  const of = (kind: AssetKind) => (byKind.get(kind) ?? []).filter((asset) => asset.system === system && !asset.drill);
  const isFresh = (asset: Asset, quantity: string) => {
    const value = asset.latest[quantity];
    return value !== undefined && value.quality === 'good' && value.value !== null && now - value.at <= city.staleAfterMs(asset.feedId);
  };
  switch (from.kind) {
    case 'given':
      return unknown;
    case 'count': {
      const assets = of(from.assetKind);
      return assets.length === 0 ? unknown : figure(assets.length, now, assets);
    }
    case 'online': {
      const assets = of(from.assetKind);
      if (assets.length === 0) return unknown;
      const heard = assets.filter((asset) => now - newest(asset) <= city.staleAfterMs(asset.feedId));
      return figure(percent(heard.length, assets.length), Math.max(...assets.map(newest)), assets);
    }
    case 'share': {
      const assets = of(from.assetKind).filter((asset) => isFresh(asset, from.quantity));
      if (assets.length === 0) return unknown;
      const within = assets.filter((asset) => fits(from.where, asset, from.quantity));
      return figure(percent(within.length, assets.length), timeOf(assets, from.quantity), assets);
    }
    case 'ratio': {
      const assets = of(from.assetKind).filter((asset) => isFresh(asset, from.quantity) && wholeOf(asset, from.of) !== null);
      const whole = assets.reduce((sum, asset) => sum + wholeOf(asset, from.of)!, 0);
      if (assets.length === 0 || whole <= 0) return unknown;
      const part = assets.reduce((sum, asset) => sum + numberOf(asset, from.quantity)!, 0);
      return figure(percent(part, whole), timeOf(assets, from.quantity), assets);
    }
    case 'sum':
    case 'mean':
    case 'least':
    case 'most': {
      const assets = of(from.assetKind).filter((asset) => isFresh(asset, from.quantity) && numberOf(asset, from.quantity) !== null);
      if (assets.length === 0) return unknown;
      const values = assets.map((asset) => numberOf(asset, from.quantity)!);
      return figure(put(from.kind, values), timeOf(assets, from.quantity), assets);
    }
    case 'events': {
      const inClass = events.filter(
        (event) => event.system === system && !event.drill && (event.class === from.class || event.class.startsWith(`${from.class}.`)),
      );
      if (inClass.length === 0) return unknown;
      const midnight = city.midnight(now);
      const counted = inClass.filter((event) => (from.count === 'open' ? event.status === 'open' : event.at >= midnight));
      return figure(counted.length, Math.max(...inClass.map(({ receivedAt }) => receivedAt)), inClass);
    }
    case 'cameras':
      return ofCameras(from, city, now);
  }
}

function ofCameras(from: Extract<IndicatorFrom, { kind: 'cameras' }>, city: CityAtHand, now: EpochMs): Figure {
  const cameras = city.cameras();
  if (!cameras || cameras.total === 0) return unknown;
  const { total, online, districts, districtsCovered } = cameras;
  const value =
    from.what === 'count'
      ? total
      : from.what === 'online-share'
        ? percent(online, total)
        : districts === 0
          ? null
          : percent(districtsCovered, districts);
  return { value, at: now, source: null, ofSimulated: false };
}

function figure(value: number, at: EpochMs, from: readonly { readonly feedId: string; readonly simulated: boolean }[]): Figure {
  const feeds = new Set(from.map(({ feedId }) => feedId));
  return {
    value: Math.round(value * 1000) / 1000,
    at: Number.isFinite(at) ? at : null,
    source: feeds.size === 1 ? [...feeds][0]! : null,
    ofSimulated: from.some(({ simulated }) => simulated),
  };
}

function put(how: 'sum' | 'mean' | 'least' | 'most', values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (how === 'sum') return sum;
  if (how === 'mean') return sum / values.length;
  return values.reduce((best, value) => (how === 'least' ? Math.min(best, value) : Math.max(best, value)));
}

const percent = (part: number, whole: number) => (100 * part) / whole;
const newest = (asset: Asset) => Object.values(asset.latest).reduce((latest, { at }) => Math.max(latest, at), -Infinity);
const timeOf = (assets: readonly Asset[], quantity: string) =>
  assets.reduce((latest, asset) => Math.max(latest, asset.latest[quantity]!.at), 0);

function numberOf(asset: Asset, quantity: string): number | null {
  const value = asset.latest[quantity]?.value;
  return typeof value === 'number' ? value : null;
}

/** A whole may be observed, or be a property that does not change. */
function wholeOf(asset: Asset, quantity: string): number | null {
  const property = asset.properties[quantity];
  return numberOf(asset, quantity) ?? (typeof property === 'number' ? property : null);
}

function fits(where: Limit | { readonly is: readonly (string | boolean)[] }, asset: Asset, quantity: string): boolean {
  const value = asset.latest[quantity]!.value;
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
