import type { Condition, ConditionContext } from './condition.ts';
import { delayedCondition } from './delayed-condition.ts';
import type { RuleCondition } from './rule.ts';

/** A value that is one of these words, or a yes/no that is this, for a time. Over with the first other value. */
export function state(when: Extract<RuleCondition, { kind: 'state' }>, context: ConditionContext): Condition {
  const { quantity, assetKind, forMs } = when;
  const bad = new Set<string | boolean>(when.is);
  return delayedCondition(
    { kind: 'quantity', quantity, assetKind },
    { forMs, clearForMs: 0 },
    ({ value, quality, late, unit }) => {
      if (quality !== 'good' || late || (typeof value !== 'string' && typeof value !== 'boolean')) return null;
      return { side: bad.has(value) ? 'beyond' : 'back', reading: { quantity, value, limit: null, unit } };
    },
    context,
  );
}
