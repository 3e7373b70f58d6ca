import type { Place } from '../../main/contract/place.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { AssetKind, CityEvent } from '../../streams/feed-contract.ts';
import type { Alert, Labels, Severity } from '../contract.ts';
import type { StateBudget } from './kept-states.ts';
import type { RuleInput, SeenObservation } from './rule.ts';

/** What a condition speaks of: a thing with all that an alert says of it. Its key is the id of its subject. */
export interface Thing {
  readonly subject: Alert['subject'];
  readonly place: Place;
  /** Of the thing alone; the rule adds its own. */
  readonly labels: Labels;
  readonly simulated: boolean;
  readonly drill: boolean;
}

/** What a condition says: it holds of this thing, or does no more. `raise` again: it holds anew or more than before. */
export interface Finding {
  readonly kind: 'raise' | 'clear';
  readonly thing: Thing;
  /** The source's time. */
  readonly at: EpochMs;
  readonly reading: Alert['reading'];
  /** An event's own; null where the rule alone says how bad it is. */
  readonly severity: Severity | null;
}

/** Takes what a condition says, in order. */
export type Say = (finding: Finding) => void;

/** What a condition wants to be told. */
export type Hears =
  | { readonly kind: 'quantity'; readonly quantity: string; readonly assetKind: AssetKind | null }
  /** Whatever comes of assets of a kind. */
  | { readonly kind: 'assets'; readonly assetKind: AssetKind }
  /** Events of a class or below it. */
  | { readonly kind: 'class'; readonly class: string }
  | { readonly kind: 'feeds' };

export type FeedInput = Extract<RuleInput, { kind: 'feed' }>;

/**
 * One condition of one rule, over all the things that it looks at. It is told everything in order and keeps no time of its own: `now` is the hub's time of
 * what it is told. What does not concern it changes nothing. It remembers only where something is not as it should be.
 */
export interface Condition {
  readonly hears: readonly Hears[];
  observe(observation: SeenObservation, now: EpochMs, say: Say): void;
  event(event: CityEvent, now: EpochMs, say: Say): void;
  /** An asset is known to be there. */
  known(asset: SeenObservation['asset'], now: EpochMs): void;
  feed(feed: FeedInput['feed'], state: FeedInput['state'], now: EpochMs, say: Say): void;
  /** An asset, an event or a feed is known no more. */
  gone(id: string, now: EpochMs, say: Say): void;
  /** Time has passed. */
  tick(now: EpochMs, say: Say): void;
  /**
   * After a restart: an alert of this says that it held. True: it is taken to hold until the opposite is known. False: what is known says that it does not.
   * Everything that is durable (events, known assets) was told before.
   */
  adopt(thing: Thing, since: EpochMs, now: EpochMs): boolean;
}

/** What conditions are made with. */
export interface ConditionContext {
  /** Shared by all of them. */
  readonly budget: StateBudget;
  /** The hub's time without the jumps of its clock, for stretches of time: nobody fell silent because the clock was set. */
  steady(now: EpochMs): EpochMs;
}

/** A condition that is told nothing: what each is built on. */
export const deaf: Omit<Condition, 'hears'> = {
  observe() {},
  event() {},
  known() {},
  feed() {},
  gone() {},
  tick() {},
  adopt: () => false,
};

/** Made once for each asset as it is: many values of it come, and many conditions keep it. */
const things = new WeakMap<SeenObservation['asset'], Thing>();

/** The asset that a value is of. */
export function thingOfAsset(asset: SeenObservation['asset']): Thing {
  const known = things.get(asset);
  if (known !== undefined) return known;
  const thing = newThing(asset);
  things.set(asset, thing);
  return thing;
}

function newThing(asset: SeenObservation['asset']): Thing {
  return {
    subject: { kind: 'asset', id: asset.id, name: asset.name },
    place: asset.place,
    labels: {
      feed: asset.feedId,
      'asset-kind': asset.assetKind,
      ...(asset.place.district === null ? {} : { district: asset.place.district }),
    },
    simulated: asset.simulated,
    drill: asset.drill,
  };
}

/** What happened. An exercise is a drill, whoever announces it. */
export function thingOfEvent(event: CityEvent): Thing {
  return {
    subject: { kind: 'event', id: event.id, name: event.title },
    place: event.place,
    labels: { feed: event.feedId, class: event.class, ...(event.place.district === null ? {} : { district: event.place.district }) },
    simulated: event.simulated,
    drill: event.drill || event.exercise,
  };
}

/** True for a class and all below it: `weather` covers `weather.rainstorm`. */
export function covers(wide: string, narrow: string): boolean {
  return narrow === wide || (narrow.startsWith(wide) && narrow[wide.length] === '.');
}
