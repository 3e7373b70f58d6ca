import type { EpochMs } from '../../main/contract/time.ts';
import type { Asset, AssetKind, CityEvent, Feed, FeedStatus, ObservationFact } from '../../streams/feed-contract.ts';
import type { Alert, Labels, Severity } from '../contract.ts';

interface Words {
  readonly zh: string;
  readonly en: string;
}

/** A comparison with a limit. */
export interface Limit {
  readonly op: '>' | '>=' | '<' | '<=';
  /** A number, or the name of a property of the asset that has it (`danger-level`, `capacity`), times `factor`. */
  readonly value: number | { readonly property: string; readonly factor?: number };
}

/** What a rule looks at. Times in milliseconds. */
export type RuleCondition =
  /** A value beyond its limit for `forMs`; over when it is back by `deadBand` for `clearForMs`. */
  | {
      readonly kind: 'threshold';
      readonly assetKind: AssetKind | null;
      readonly quantity: string;
      readonly limit: Limit;
      readonly forMs: number;
      readonly deadBand: number;
      readonly clearForMs: number;
    }
  /** A value that is one of these words, or a yes/no that is this. */
  | {
      readonly kind: 'state';
      readonly assetKind: AssetKind | null;
      readonly quantity: string;
      readonly is: readonly (string | boolean)[];
      readonly forMs: number;
    }
  /** `n` of the last `m` values beyond the limit, none of them older than `withinMs`. */
  | {
      readonly kind: 'n-in-m';
      readonly assetKind: AssetKind | null;
      readonly quantity: string;
      readonly limit: Limit;
      readonly n: number;
      readonly m: number;
      readonly withinMs: number;
    }
  /** Nothing was heard of an asset for so long. */
  | { readonly kind: 'absence'; readonly assetKind: AssetKind; readonly quantity: string | null; readonly afterMs: number }
  /** It rises (or falls: a negative limit with `<`) by more than so much within `perMs`. */
  | {
      readonly kind: 'rate';
      readonly assetKind: AssetKind | null;
      readonly quantity: string;
      readonly limit: Limit;
      readonly perMs: number;
    }
  /** An event of this class or below it, at least so severe. It is over with its event. */
  | { readonly kind: 'event'; readonly class: string; readonly atLeast: 'critical' | 'high' | 'medium' | 'low' }
  /** So many events of this class within so many metres and so much time. */
  | { readonly kind: 'cluster'; readonly class: string; readonly count: number; readonly radiusM: number; readonly withinMs: number }
  /** A feed is in one of these states for so long. */
  | { readonly kind: 'feed'; readonly states: readonly FeedStatus['state'][]; readonly forMs: number }
  /** All of these at the same thing or in the same district within so much time. */
  | { readonly kind: 'all'; readonly of: readonly RuleCondition[]; readonly same: 'asset' | 'district'; readonly withinMs: number };

/** A rule as a pack or the city writes it. `{name}`, `{value}`, `{limit}`, `{unit}`, `{place}` in its words are filled in. */
export interface Rule {
  readonly id: string;
  readonly system: string;
  readonly severity: Severity;
  readonly when: RuleCondition;
  readonly title: Words;
  readonly advice: Words | null;
  readonly labels?: Labels;
}

/** A value with what it is of: what the rules see, every one, in the order in which they came. */
export interface SeenObservation extends Omit<ObservationFact, 'kind' | 'at'> {
  readonly asset: Pick<Asset, 'id' | 'feedId' | 'system' | 'assetKind' | 'name' | 'place' | 'properties' | 'simulated' | 'drill'>;
  readonly unit: string;
  /** The source's time; never later than `receivedAt`. */
  readonly at: EpochMs;
  readonly receivedAt: EpochMs;
  /** It came after a newer one: it tells of the past and raises nothing. */
  readonly late: boolean;
}

/** What a rule is told. */
export type RuleInput =
  | { readonly kind: 'observation'; readonly observation: SeenObservation }
  | { readonly kind: 'event'; readonly event: CityEvent }
  /** It is there: from now on it can be missed. */
  | { readonly kind: 'asset'; readonly asset: SeenObservation['asset'] }
  /** An asset, an event or a feed that is known no more: what was said of it is over. */
  | { readonly kind: 'gone'; readonly id: string }
  /** How a feed is, told again and again. */
  | { readonly kind: 'feed'; readonly feed: Pick<Feed, 'id' | 'name' | 'simulated' | 'drill'>; readonly state: FeedStatus['state'] }
  | { readonly kind: 'tick' };

/** What a rule says: this is so now, or is so no more. The pipeline decides what becomes of it. */
export interface AlertSignal {
  readonly rule: Omit<Rule, 'when'>;
  readonly kind: 'raise' | 'clear';
  /** The same for the same rule on the same thing; the id of its subject. */
  readonly key: string;
  /** The rule's; of an event the worse of the rule's and its own. */
  readonly severity: Severity;
  /** The source's time of what raised it, or of what ended it. */
  readonly at: EpochMs;
  readonly subject: Alert['subject'];
  readonly place: Alert['place'];
  readonly reading: Alert['reading'];
  readonly labels: Labels;
  readonly simulated: boolean;
  readonly drill: boolean;
}
