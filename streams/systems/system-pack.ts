import type { Rule, Limit } from '../../alerts/rules/rule.ts';
import type { AssetKind, FeedKind, Indicator } from '../feed-contract.ts';
import type { QuantityName } from './quantities.ts';

/** A name in both languages. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/**
 * How a figure comes about. Shares are per cent. What has no value, a stale one or one that is not good counts as unknown: it is in no share's numerator, and a figure of
 * which nothing is known is unknown.
 */
export type IndicatorFrom =
  /**
   * The system reckons it itself and sends it (feed kind `indicator`, or `indicators` of a mapping). While it has sent none, or none that is fresh, it is reckoned `otherwise`
   * where that can be.
   */
  { readonly kind: 'given'; readonly otherwise?: ReckonedFrom } | ReckonedFrom;

/** How a figure is reckoned here. */
export type ReckonedFrom =
  /** Of the assets of a kind, those that were heard of within their feed's time. */
  | { readonly kind: 'online'; readonly assetKind: AssetKind }
  /** Of the assets whose value is known, those where it is within the limit or one of the words. */
  | {
      readonly kind: 'share';
      readonly assetKind: AssetKind;
      readonly quantity: QuantityName;
      readonly where: Limit | { readonly is: readonly (string | boolean)[] };
    }
  | { readonly kind: 'sum' | 'mean' | 'least' | 'most'; readonly assetKind: AssetKind; readonly quantity: QuantityName }
  /** The sum of one quantity as a share of the sum of another, over the assets that have both. */
  | { readonly kind: 'ratio'; readonly assetKind: AssetKind; readonly quantity: QuantityName; readonly of: QuantityName }
  | { readonly kind: 'count'; readonly assetKind: AssetKind }
  /** Events of a class that are open now, or were opened since midnight of the city. */
  | { readonly kind: 'events'; readonly class: string; readonly count: 'open' | 'today' }
  /** Minutes that events of a class took that ended since midnight of the city: the mean. */
  | { readonly kind: 'duration'; readonly class: string }
  /** Of the cases of a kind that were closed here within a day, those closed in time. */
  | { readonly kind: 'cases-in-time'; readonly of: 'grid' | 'urban' }
  /** Of the camera directory. */
  | { readonly kind: 'cameras'; readonly what: 'online-share' | 'count' | 'districts-covered-share' };

/** A figure of a system. `target` null: the plan names none. */
export interface IndicatorDefinition {
  readonly id: string;
  readonly name: Words;
  readonly unit: string;
  readonly target: Indicator['target'];
  readonly staleAfterSeconds: number;
  readonly from: IndicatorFrom;
}

/** One of the city's systems, whole: a 27th is one more of these. */
export interface SystemPack {
  readonly id: string;
  /** In the city's plan. */
  readonly number: number;
  readonly name: Words;
  readonly department: Words;
  /** What it is usually taken in by. */
  readonly feeds: readonly FeedKind[];
  /** Those that its panel shows, most important first. */
  readonly indicators: readonly IndicatorDefinition[];
  readonly rules: readonly Rule[];
}
