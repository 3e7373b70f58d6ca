import { deaf, type Condition, type ConditionContext, type Thing } from './condition.ts';
import { DueTimes } from './due-times.ts';
import { KeptStates } from './kept-states.ts';
import { delayedTime, delayedValue, type DelayState, type DelayStep } from './on-off-delay.ts';
import type { RuleCondition } from './rule.ts';

interface Kept {
  readonly delay: DelayState;
  readonly thing: Thing;
}

/** A feed is in one of these states for a time. One that waits for its first record says nothing of itself. */
export function feed(when: Extract<RuleCondition, { kind: 'feed' }>, { budget, steady }: ConditionContext): Condition {
  const bad = new Set(when.states);
  const delays = { forMs: when.forMs, clearForMs: 0 };
  const states = new KeptStates<Kept>(budget);
  const due = new DueTimes();

  const keep = ({ state, dueAt }: DelayStep, thing: Thing): boolean => {
    const { id } = thing.subject;
    if (state === undefined) states.delete(id);
    else if (!states.set(id, { delay: state, thing })) return false;
    if (dueAt === null) due.delete(id);
    else due.set(id, dueAt);
    return true;
  };

  return {
    ...deaf,
    hears: [{ kind: 'feeds' }],
    feed({ id, name, simulated, drill }, told, now, say) {
      if (told === 'waiting') return;
      const kept = states.get(id);
      const isBad = bad.has(told);
      if (kept === undefined && !isBad) return;
      const thing: Thing = {
        subject: { kind: 'feed', id, name },
        place: { lat: null, lon: null, datum: 'wgs84', district: null, text: null },
        labels: { feed: id },
        simulated,
        drill,
      };
      const step = delayedValue(kept?.delay, { side: isBad ? 'beyond' : 'back', at: steady(now), heardAt: steady(now) }, delays);
      if (!keep(step, thing) || step.says === null) return;
      say({ kind: step.says, thing, at: now, reading: { quantity: 'state', value: told, limit: null, unit: '' }, severity: null });
    },
    gone(id, now, say) {
      const kept = states.get(id);
      states.delete(id);
      due.delete(id);
      if (kept?.delay.phase === 'holds') say({ kind: 'clear', thing: kept.thing, at: now, reading: null, severity: null });
    },
    tick(now, say) {
      const time = steady(now);
      for (let id = due.next(time); id !== undefined; id = due.next(time)) {
        const kept = states.get(id)!;
        const step = delayedTime(kept.delay, time, delays);
        keep(step, kept.thing);
        if (step.says !== null) say({ kind: step.says, thing: kept.thing, at: now, reading: null, severity: null });
      }
    },
    adopt: (thing, since) => keep({ state: { phase: 'holds', at: since, back: null }, says: null, dueAt: null }, thing),
  };
}
