import type { EpochMs } from '../../main/contract/time.ts';
import type { CityEvent } from '../../streams/feed-contract.ts';
import { thingOfAsset, type Condition, type ConditionContext, type Finding, type Say, type Thing } from './condition.ts';
import { DueTimes } from './due-times.ts';
import { KeptStates } from './kept-states.ts';
import type { RuleCondition, SeenObservation } from './rule.ts';

interface Part {
  /** The things of this group of which it holds now. */
  readonly things: Set<string>;
  /** Until when it counts although it holds no more; null: it never held. */
  countsUntil: EpochMs | null;
  /** It held before a restart, and nothing has been heard since that could tell. */
  assumed: boolean;
}

interface Group {
  readonly parts: readonly Part[];
  readonly thing: Thing;
  holds: boolean;
}

/**
 * All of several conditions at the same asset or in the same district. One that holds no more counts for `withinMs` after, so that they need not hold at the same
 * moment. What is in no district cannot be in the same one. Exercises and simulated things are kept apart from real ones.
 */
export function all(
  when: Extract<RuleCondition, { kind: 'all' }>,
  system: string,
  context: ConditionContext,
  /** Makes its parts. */
  make: (part: RuleCondition) => Condition,
): Condition {
  const { same, withinMs } = when;
  const parts = when.of.map(make);
  /** Events are told again after a restart: of them it is known whether they hold. */
  const isTold = when.of.map(({ kind }) => kind === 'event' || kind === 'cluster');
  const groups = new KeptStates<Group>(context.budget);
  const due = new DueTimes();

  const groupKey = ({ subject, place, drill, simulated }: Thing): string | null => {
    if (same === 'asset') return subject.id;
    return place.district === null ? null : `${system}:${place.district}${drill ? ':drill' : simulated ? ':simulated' : ''}`;
  };

  const groupThing = (thing: Thing, key: string): Thing => {
    if (same === 'asset') return thing;
    const { district } = thing.place;
    return {
      subject: { kind: 'system', id: key, name: district ?? '' },
      place: { lat: null, lon: null, datum: 'wgs84', district, text: null },
      labels: district === null ? {} : { district },
      simulated: thing.simulated,
      drill: thing.drill,
    };
  };

  const newParts = (): Part[] => parts.map(() => ({ things: new Set<string>(), countsUntil: null, assumed: false }));
  const counts = (part: Part, now: EpochMs): boolean =>
    part.things.size > 0 || part.assumed || (part.countsUntil !== null && context.steady(now) <= part.countsUntil);

  const settle = (key: string, group: Group, now: EpochMs, finding: Omit<Finding, 'kind' | 'thing'>, say: Say): void => {
    const holds = group.parts.every((part) => counts(part, now));
    const changed = holds !== group.holds;
    group.holds = holds;
    const waiting = group.parts.flatMap(({ things, countsUntil }) => (things.size === 0 && countsUntil !== null ? [countsUntil + 1] : []));
    const next = waiting.filter((at) => at > context.steady(now));
    if (next.length > 0) due.set(key, Math.min(...next));
    else due.delete(key);
    if (!holds && next.length === 0 && group.parts.every(({ things, assumed }) => things.size === 0 && !assumed)) groups.delete(key);
    if (changed) say({ ...finding, kind: holds ? 'raise' : 'clear', thing: group.thing });
  };

  const hear = (index: number, finding: Finding, now: EpochMs, say: Say): void => {
    const key = groupKey(finding.thing);
    if (key === null) return;
    let group = groups.get(key);
    if (group === undefined) {
      if (finding.kind === 'clear') return;
      group = { parts: newParts(), thing: groupThing(finding.thing, key), holds: false };
      if (!groups.set(key, group)) return;
    }
    const part = group.parts[index]!;
    part.assumed = false;
    if (finding.kind === 'raise') part.things.add(finding.thing.subject.id);
    else if (part.things.delete(finding.thing.subject.id) && part.things.size === 0)
      part.countsUntil = context.steady(Math.min(now, finding.at)) + withinMs;
    settle(key, group, now, finding, say);
  };

  /** What an input could have told of a part that is only assumed: it counts for as long as one that held at this moment. */
  const doubt = (thing: Thing, concerns: (index: number) => boolean, now: EpochMs, say: Say): void => {
    const key = groupKey(thing);
    const group = key === null ? undefined : groups.get(key);
    if (key === null || group === undefined || !group.parts.some(({ assumed }) => assumed)) return;
    group.parts.forEach((part, index) => {
      if (!part.assumed || !concerns(index)) return;
      part.assumed = false;
      part.countsUntil = context.steady(now) + withinMs;
    });
    settle(key, group, now, { at: now, reading: null, severity: null }, say);
  };

  const each = (tell: (part: Condition, say: Say) => void, now: EpochMs, say: Say): void =>
    parts.forEach((part, index) => tell(part, (finding) => hear(index, finding, now, say)));

  const hearsQuantity =
    ({ asset, quantity }: SeenObservation) =>
    (index: number) =>
      parts[index]!.hears.some((one) =>
        one.kind === 'quantity'
          ? one.quantity === quantity && (one.assetKind === null || one.assetKind === asset.assetKind)
          : one.kind === 'assets' && one.assetKind === asset.assetKind,
      );

  return {
    hears: parts.flatMap(({ hears }) => hears),
    observe(observation, now, say) {
      each((part, hearPart) => part.observe(observation, now, hearPart), now, say);
      const { asset, late, quality } = observation;
      if (same === 'district' && !late && quality === 'good') doubt(thingOfAsset(asset), hearsQuantity(observation), now, say);
    },
    event(event: CityEvent, now, say) {
      each((part, hearPart) => part.event(event, now, hearPart), now, say);
    },
    known: (asset, now) => parts.forEach((part) => part.known(asset, now)),
    feed(feed, state, now, say) {
      each((part, hearPart) => part.feed(feed, state, now, hearPart), now, say);
    },
    gone(id, now, say) {
      each((part, hearPart) => part.gone(id, now, hearPart), now, say);
    },
    tick(now, say) {
      each((part, hearPart) => part.tick(now, hearPart), now, say);
      const time = context.steady(now);
      for (let key = due.next(time); key !== undefined; key = due.next(time)) {
        const group = groups.get(key);
        if (group !== undefined) settle(key, group, now, { at: now, reading: null, severity: null }, say);
      }
    },
    adopt(thing, since, now) {
      const key = thing.subject.id;
      const group = groups.get(key) ?? { parts: newParts(), thing, holds: true };
      group.holds = true;
      group.parts.forEach((part, index) => {
        if (isTold[index]!) return;
        part.assumed = part.things.size === 0;
        if (same === 'asset' && parts[index]!.adopt(thing, since, now)) {
          part.things.add(key);
          part.assumed = false;
        }
      });
      const holds = group.parts.every((part) => counts(part, now));
      if (!holds) {
        group.holds = false;
        return false;
      }
      return groups.set(key, group);
    },
  };
}
