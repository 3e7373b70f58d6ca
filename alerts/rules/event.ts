import type { EpochMs } from '../../main/contract/time.ts';
import type { CityEvent } from '../../streams/feed-contract.ts';
import { covers, deaf, thingOfEvent, type Condition, type ConditionContext, type Thing } from './condition.ts';
import { DueTimes } from './due-times.ts';
import { KeptStates } from './kept-states.ts';
import type { RuleCondition } from './rule.ts';
import { severityRank } from './severity-rank.ts';

/** An event of a class or below it, at least so severe, that is open. Each version of it says so again. Over with its event, or when that has become less. */
export function event(when: Extract<RuleCondition, { kind: 'event' }>, { budget }: ConditionContext): Condition {
  const states = new KeptStates<Thing>(budget);
  const due = new DueTimes();
  const holds = (told: CityEvent, now: EpochMs): boolean =>
    told.status === 'open' &&
    covers(when.class, told.class) &&
    severityRank(told.severity) >= severityRank(when.atLeast) &&
    (told.endsAt === null || told.endsAt > now);

  return {
    ...deaf,
    hears: [{ kind: 'class', class: when.class }],
    event(told, now, say) {
      const { id, at, endsAt, severity } = told;
      const thing = thingOfEvent(told);
      const before = states.get(id);
      if (holds(told, now)) {
        if (!states.set(id, thing)) return;
        if (endsAt === null) due.delete(id);
        else due.set(id, endsAt);
        say({ kind: 'raise', thing, at, reading: null, severity: severity === 'information' ? 'low' : severity });
      } else if (before !== undefined) {
        states.delete(id);
        due.delete(id);
        say({ kind: 'clear', thing, at, reading: null, severity: null });
      }
    },
    gone(id, now, say) {
      const thing = states.get(id);
      if (thing === undefined) return;
      states.delete(id);
      due.delete(id);
      say({ kind: 'clear', thing, at: now, reading: null, severity: null });
    },
    tick(now, say) {
      for (let id = due.next(now); id !== undefined; id = due.next(now)) {
        const thing = states.get(id)!;
        states.delete(id);
        say({ kind: 'clear', thing, at: now, reading: null, severity: null });
      }
    },
    adopt: (thing) => states.get(thing.subject.id) !== undefined,
  };
}
