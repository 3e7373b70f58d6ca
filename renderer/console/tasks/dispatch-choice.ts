import type { CommandResult } from '../../../main/contract/catalog.ts';

type Recommendation = CommandResult<'unit.recommend'>;

/** The units that a recommendation chose itself: what is marked before a person has said anything. */
export function chosenUnits({ ranked }: Pick<Recommendation, 'ranked'>): ReadonlySet<string> {
  return new Set(ranked.filter(({ reasons }) => reasons.some(({ code }) => code === 'chosen')).map(({ unitId }) => unitId));
}

/** Of those that stand outside the ranks: units that can take the task behind the one that they have. */
export function queueableUnits({ excluded }: Pick<Recommendation, 'excluded'>): ReadonlySet<string> {
  return new Set(
    excluded
      .filter(({ reasons }) => reasons.some(({ code }) => code === 'busy') && reasons.every(({ code }) => code === 'busy'))
      .map(({ unitId }) => unitId),
  );
}
