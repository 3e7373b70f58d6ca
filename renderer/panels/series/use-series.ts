import { computed, type ComputedRef } from 'vue';
import type { SeriesRef } from '../../../layouts/contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import type { Indicator } from '../../../streams/feed-contract.ts';
import { isQuantity, quantities } from '../../../streams/systems/quantities.ts';
import { currentLocale, text } from '../../i18n/index.ts';
import { useCollection } from '../../stores/hub.ts';

/** What is known of a value now, in the page's language. */
export interface SeriesNow {
  readonly name: string;
  readonly unit: string;
  /** Digits behind the point that mean something. */
  readonly digits: number;
  /** Null is unknown. */
  readonly value: number | null;
  readonly at: EpochMs | null;
  readonly target: Indicator['target'];
  /** How long a value holds; null where nobody says. */
  readonly holdsMs: number | null;
  readonly source: string | null;
  readonly simulated: boolean;
  readonly drill: boolean;
  /** False: the hub knows nothing of this name, or not for us. */
  readonly known: boolean;
}

export interface SeriesView {
  readonly now: ComputedRef<readonly SeriesNow[]>;
  readonly state: ComputedRef<'reading' | 'refused' | 'ready'>;
}

/** Follows values, in the order in which they are named, for as long as the calling scope lives. */
export function useSeries(refs: readonly SeriesRef[]): SeriesView {
  const indicatorKeys = refs.flatMap((ref) => ('indicator' in ref ? [ref.indicator] : []));
  const assetIds = refs.flatMap((ref) => ('asset' in ref ? [ref.asset] : []));
  const indicators = indicatorKeys.length === 0 ? null : useCollection('indicators', { ids: indicatorKeys });
  const assets = assetIds.length === 0 ? null : useCollection('assets', { ids: assetIds });
  const state = computed(() => {
    const states = [indicators, assets].flatMap((view) => (view ? [view.state.value.kind] : []));
    return states.includes('refused') ? 'refused' : states.includes('waiting') ? 'reading' : 'ready';
  });

  const ofIndicator = (key: string): SeriesNow => {
    const found = indicators?.items.get(key);
    if (!found) return unknown(key);
    const { name, unit, value, at, target, staleAfterSeconds, source, sourceName, ofSimulated, simulated, drill } = found;
    const digits = value !== null && Math.abs(value) < 10 ? 2 : 1;
    return {
      name: currentLocale.value === 'en' ? name.en : name.zh,
      unit,
      digits,
      value,
      at,
      target,
      holdsMs: staleAfterSeconds * 1000,
      source: sourceName ?? source,
      simulated: simulated || ofSimulated,
      drill,
      known: true,
    };
  };
  const ofAsset = (id: string, quantity: string): SeriesNow => {
    const found = assets?.items.get(id);
    const words = isQuantity(quantity) ? quantities[quantity] : null;
    const called = words ? (currentLocale.value === 'en' ? words.en : words.zh) : quantity;
    if (!found) return unknown(`${id} · ${called}`);
    const latest = found.latest[quantity];
    const value = latest && latest.quality === 'good' && typeof latest.value === 'number' ? latest.value : null;
    return {
      name: text('panels.chart.asset', { name: found.name, quantity: called }),
      unit: words?.unit ?? '',
      digits: words?.digits ?? 2,
      value,
      at: latest?.at ?? null,
      target: null,
      holdsMs: null,
      source: found.feedId,
      simulated: found.simulated,
      drill: found.drill,
      known: true,
    };
  };
  const now = computed(() => {
    void indicators?.version.value;
    void assets?.version.value;
    return refs.map((ref) => ('indicator' in ref ? ofIndicator(ref.indicator) : ofAsset(ref.asset, ref.quantity)));
  });
  return { now, state };
}

const unknown = (name: string): SeriesNow => ({
  name,
  unit: '',
  digits: 1,
  value: null,
  at: null,
  target: null,
  holdsMs: null,
  source: null,
  simulated: false,
  drill: false,
  known: false,
});
