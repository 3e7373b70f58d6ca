import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert } from '../contract.ts';
import { deaf, thingOfAsset, type Condition, type ConditionContext, type Hears, type Thing } from './condition.ts';
import { DueTimes } from './due-times.ts';
import { KeptStates } from './kept-states.ts';
import { delayedTime, delayedValue, type Delays, type DelayState, type DelayStep } from './on-off-delay.ts';
import type { SeenObservation } from './rule.ts';

/** On which side of what is good a value is; null: it says nothing. */
export interface Judged {
  readonly side: 'beyond' | 'between' | 'back';
  readonly reading: Alert['reading'];
}

interface Kept {
  readonly delay: DelayState;
  readonly thing: Thing;
  readonly reading: Alert['reading'];
}

/** A condition on one value of an asset that must hold for a time: what a threshold and a state are built on. */
export function delayedCondition(
  hears: Extract<Hears, { kind: 'quantity' }>,
  delays: Delays,
  judge: (observation: SeenObservation) => Judged | null,
  { budget, steady }: ConditionContext,
): Condition {
  const states = new KeptStates<Kept>(budget);
  const due = new DueTimes();

  /** Keeps what a step left; false when there was no place for it. */
  const keep = (key: string, { state, dueAt }: DelayStep, thing: Thing, reading: Alert['reading']): boolean => {
    if (state === undefined) states.delete(key);
    else if (!states.set(key, { delay: state, thing, reading })) return false;
    if (dueAt === null) due.delete(key);
    else due.set(key, dueAt);
    return true;
  };

  return {
    ...deaf,
    hears: [hears],
    observe(observation, now, say) {
      const { asset, quantity, at } = observation;
      if (quantity !== hears.quantity || (hears.assetKind !== null && asset.assetKind !== hears.assetKind)) return;
      const judged = judge(observation);
      if (judged === null) return;
      const kept = states.get(asset.id);
      const { side } = judged;
      if (kept === undefined && side !== 'beyond') return;
      const step = delayedValue(kept?.delay, { side, at, heardAt: steady(now) }, delays);
      const thing = thingOfAsset(asset);
      if (!keep(asset.id, step, thing, judged.reading) || step.says === null) return;
      const since = step.state?.at ?? at;
      say({ kind: step.says, thing, at: since, reading: judged.reading, severity: null });
    },
    gone(id, now, say) {
      const kept = states.get(id);
      if (kept === undefined) return;
      states.delete(id);
      due.delete(id);
      if (kept.delay.phase === 'holds') say({ kind: 'clear', thing: kept.thing, at: now, reading: kept.reading, severity: null });
    },
    tick(now, say) {
      const time = steady(now);
      for (let key = due.next(time); key !== undefined; key = due.next(time)) {
        const kept = states.get(key)!;
        const step = delayedTime(kept.delay, time, delays);
        keep(key, step, kept.thing, kept.reading);
        if (step.says !== null) say({ kind: step.says, thing: kept.thing, at: timeOf(step, now), reading: kept.reading, severity: null });
      }
    },
    adopt(thing, since) {
      return keep(thing.subject.id, { state: { phase: 'holds', at: since, back: null }, says: null, dueAt: null }, thing, null);
    },
  };
}

const timeOf = (step: DelayStep, now: EpochMs): EpochMs => (step.says === 'raise' ? step.state!.at : now);
