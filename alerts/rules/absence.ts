import type { EpochMs } from '../../main/contract/time.ts';
import { deaf, thingOfAsset, type Condition, type ConditionContext, type Thing } from './condition.ts';
import { DueTimes } from './due-times.ts';
import { KeptStates } from './kept-states.ts';
import type { RuleCondition, SeenObservation } from './rule.ts';

interface Kept {
  readonly thing: Thing;
  /** When it was heard, or when it was first known to be there; steady time. */
  readonly heardAt: EpochMs;
  readonly missing: boolean;
}

/**
 * Nothing was heard of an asset for so long. Of an asset as a whole whatever comes counts, late values too: it is there. Of one quantity only values count that are
 * some.
 */
export function absence(when: Extract<RuleCondition, { kind: 'absence' }>, { budget, steady }: ConditionContext): Condition {
  const { assetKind, quantity, afterMs } = when;
  const states = new KeptStates<Kept>(budget);
  const due = new DueTimes();
  const reading = (silentMs: number) => ({
    quantity: quantity ?? 'silence',
    value: Math.round(silentMs / 1000),
    limit: Math.round(afterMs / 1000),
    unit: 's',
  });

  const counts = (observation: SeenObservation): boolean =>
    observation.asset.assetKind === assetKind &&
    (quantity === null || (observation.quantity === quantity && observation.value !== null && observation.quality !== 'no-data'));

  return {
    ...deaf,
    hears: [{ kind: 'assets', assetKind }],
    observe(observation, now, say) {
      if (!counts(observation)) return;
      const { asset } = observation;
      const kept = states.get(asset.id);
      const thing = thingOfAsset(asset);
      if (!states.set(asset.id, { thing, heardAt: steady(now), missing: false })) return;
      due.set(asset.id, steady(now) + afterMs);
      if (kept?.missing === true) say({ kind: 'clear', thing, at: observation.receivedAt, reading: null, severity: null });
    },
    known(asset, now) {
      if (asset.assetKind !== assetKind || states.get(asset.id) !== undefined) return;
      if (states.set(asset.id, { thing: thingOfAsset(asset), heardAt: steady(now), missing: false }))
        due.set(asset.id, steady(now) + afterMs);
    },
    gone(id, now, say) {
      const kept = states.get(id);
      if (kept === undefined) return;
      states.delete(id);
      due.delete(id);
      if (kept.missing) say({ kind: 'clear', thing: kept.thing, at: now, reading: null, severity: null });
    },
    tick(now, say) {
      const time = steady(now);
      for (let key = due.next(time); key !== undefined; key = due.next(time)) {
        const kept = states.get(key)!;
        states.set(key, { ...kept, missing: true });
        const silentMs = time - kept.heardAt;
        say({ kind: 'raise', thing: kept.thing, at: now - silentMs, reading: reading(silentMs), severity: null });
      }
    },
    adopt(thing, since) {
      const key = thing.subject.id;
      due.delete(key);
      return states.set(key, { thing, heardAt: since, missing: true });
    },
  };
}
