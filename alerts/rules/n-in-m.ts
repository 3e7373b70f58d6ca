import type { EpochMs } from '../../main/contract/time.ts';
import { deaf, thingOfAsset, type Condition, type ConditionContext, type Thing } from './condition.ts';
import { KeptStates } from './kept-states.ts';
import { isBeyond, limitOf, numberOf } from './limit.ts';
import type { RuleCondition } from './rule.ts';

interface Kept {
  readonly values: readonly { readonly at: EpochMs; readonly beyond: boolean }[];
  readonly holds: boolean;
  readonly thing: Thing;
}

/** `n` of the last `m` values beyond the limit, none of them older than `withinMs`. Values alone change it: silence says nothing. */
export function nInM(when: Extract<RuleCondition, { kind: 'n-in-m' }>, { budget }: ConditionContext): Condition {
  const { quantity, assetKind, limit, n, m, withinMs } = when;
  const states = new KeptStates<Kept>(budget);

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
      const beyond = isBeyond(limit.op, value, bound);
      if (kept === undefined && !beyond) return;
      const values = [...(kept?.values ?? []), { at, beyond }].slice(-m).filter((one) => at - one.at <= withinMs);
      const count = values.filter((one) => one.beyond).length;
      const holds = count >= n;
      const thing = thingOfAsset(asset);
      if (count === 0) states.delete(asset.id);
      else if (!states.set(asset.id, { values, holds, thing })) return;
      if (holds === (kept?.holds ?? false)) return;
      const reading = { quantity, value, limit: bound, unit: observation.unit };
      say({ kind: holds ? 'raise' : 'clear', thing, at, reading, severity: null });
    },
    gone(id, now, say) {
      const kept = states.get(id);
      states.delete(id);
      if (kept?.holds === true) say({ kind: 'clear', thing: kept.thing, at: now, reading: null, severity: null });
    },
    adopt(thing, _since, now) {
      // The values of before are forgotten; as many as it takes stand for them until others have come.
      const values = Array.from({ length: n }, () => ({ at: now, beyond: true }));
      return states.set(thing.subject.id, { values, holds: true, thing });
    },
  };
}
