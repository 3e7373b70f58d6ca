import { delayedCondition } from './delayed-condition.ts';
import type { Condition, ConditionContext } from './condition.ts';
import { limitOf, numberOf, sideOf } from './limit.ts';
import type { RuleCondition } from './rule.ts';

/** A value beyond its limit for a time; over when it is back by the dead band for a time. */
export function threshold(when: Extract<RuleCondition, { kind: 'threshold' }>, context: ConditionContext): Condition {
  const { quantity, assetKind, limit, deadBand } = when;
  return delayedCondition(
    { kind: 'quantity', quantity, assetKind },
    when,
    (observation) => {
      const value = numberOf(observation);
      const bound = limitOf(limit, observation.asset);
      if (value === null || bound === null) return null;
      return { side: sideOf(limit.op, value, bound, deadBand), reading: { quantity, value, limit: bound, unit: observation.unit } };
    },
    context,
  );
}
