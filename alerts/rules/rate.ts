import type { EpochMs } from '../../main/contract/time.ts';
import { deaf, thingOfAsset, type Condition, type ConditionContext, type Thing } from './condition.ts';
import { KeptStates } from './kept-states.ts';
import { isBeyond, limitOf, numberOf } from './limit.ts';
import type { RuleCondition } from './rule.ts';

interface Value {
  readonly at: EpochMs;
  readonly value: number;
}

interface Kept {
  /** Oldest first. */
  readonly values: readonly Value[];
  readonly holds: boolean;
  readonly thing: Thing;
}

/** So many values are kept of a stretch: of a source that sends more often, the most telling one of each part of it. */
const parts = 32;

/**
 * A value that rises by more than so much within `perMs` (`>`), or falls by more (`<`, with a negative limit). Compared with the lowest, or highest, value of the
 * stretch. Values alone change it.
 */
export function rate(when: Extract<RuleCondition, { kind: 'rate' }>, { budget }: ConditionContext): Condition {
  const { quantity, assetKind, limit, perMs } = when;
  const rises = limit.op === '>' || limit.op === '>=';
  const states = new KeptStates<Kept>(budget);
  /** From where it changed most: the lowest value of a rise, the highest of a fall. */
  const moreTelling = (one: Value, other: Value): Value => ((rises ? one.value <= other.value : one.value >= other.value) ? one : other);
  const partOf = ({ at }: Value): number => Math.floor((at / perMs) * parts);

  const withNext = (values: readonly Value[], next: Value): readonly Value[] => {
    const recent = values.filter(({ at }) => next.at - at <= perMs);
    const last = recent.at(-1);
    if (last !== undefined && partOf(last) === partOf(next)) return [...recent.slice(0, -1), moreTelling(last, next)];
    return [...recent, next];
  };

  return {
    ...deaf,
    hears: [{ kind: 'quantity', quantity, assetKind }],
    observe(observation, _now, say) {
      const { asset, at } = observation;
      if (observation.quantity !== quantity || (assetKind !== null && asset.assetKind !== assetKind)) return;
      const value = numberOf(observation);
      const bound = limitOf(limit, asset);
      if (value === null || bound === null) return;
      const kept = states.get(asset.id);
      const all = kept?.values ?? [];
      const base = all.filter((one) => at - one.at <= perMs);
      // After a gap the last value of before tells at least that it did not change so much; that it did, within the stretch, nobody knows.
      const before = base.length > 0 ? base.reduce(moreTelling) : all.at(-1);
      const change = before === undefined ? null : value - before.value;
      const isMore = change !== null && isBeyond(limit.op, change, bound);
      const holds = base.length > 0 ? isMore : (kept?.holds ?? false) && (change === null || isMore);
      const thing = thingOfAsset(asset);
      if (!states.set(asset.id, { values: withNext(base, { at, value }), holds, thing })) return;
      if (holds === (kept?.holds ?? false)) return;
      const reading = { quantity, value: change ?? value, limit: bound, unit: observation.unit };
      say({ kind: holds ? 'raise' : 'clear', thing, at, reading, severity: null });
    },
    gone(id, now, say) {
      const kept = states.get(id);
      states.delete(id);
      if (kept?.holds === true) say({ kind: 'clear', thing: kept.thing, at: now, reading: null, severity: null });
    },
    adopt: (thing) => states.set(thing.subject.id, { values: [], holds: true, thing }),
  };
}
