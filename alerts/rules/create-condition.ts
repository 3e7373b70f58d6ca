import { absence } from './absence.ts';
import { all } from './all.ts';
import { cluster } from './cluster.ts';
import type { Condition, ConditionContext } from './condition.ts';
import { event } from './event.ts';
import { feed } from './feed.ts';
import { nInM } from './n-in-m.ts';
import { rate } from './rate.ts';
import type { RuleCondition } from './rule.ts';
import { state } from './state.ts';
import { threshold } from './threshold.ts';

/** Makes what a rule's `when` says; `system` names the groups of conditions that hold in a district. */
export function createCondition(when: RuleCondition, system: string, context: ConditionContext): Condition {
  switch (when.kind) {
    case 'threshold':
      return threshold(when, context);
    case 'state':
      return state(when, context);
    case 'n-in-m':
      return nInM(when, context);
    case 'absence':
      return absence(when, context);
    case 'rate':
      return rate(when, context);
    case 'event':
      return event(when, context);
    case 'cluster':
      return cluster(when, context);
    case 'feed':
      return feed(when, context);
    case 'all':
      return all(when, system, context, (part) => createCondition(part, system, context));
  }
}
