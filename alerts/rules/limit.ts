import type { SeenObservation, Limit } from './rule.ts';

/** The number that a limit is for this asset; null where the asset does not say: then nothing is known. */
export function limitOf({ value }: Limit, { properties }: SeenObservation['asset']): number | null {
  if (typeof value === 'number') return value;
  const property = properties[value.property];
  return typeof property === 'number' && Number.isFinite(property) ? property * (value.factor ?? 1) : null;
}

/** True when the value is on the bad side. */
export function isBeyond(op: Limit['op'], value: number, limit: number): boolean {
  switch (op) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
  }
}

/** Where a value is: beyond its limit, back on the good side by the dead band at least, or between. A negative dead band counts as none. */
export function sideOf(op: Limit['op'], value: number, limit: number, deadBand: number): 'beyond' | 'between' | 'back' {
  if (isBeyond(op, value, limit)) return 'beyond';
  const inside = op === '>' || op === '>=' ? limit - value : value - limit;
  return inside >= deadBand ? 'back' : 'between';
}

/** The value as a number that counts: only good ones do, so that what is not known neither raises nor clears. Null for every other. */
export function numberOf({ value, quality, late }: SeenObservation): number | null {
  return quality === 'good' && !late && typeof value === 'number' && Number.isFinite(value) ? value : null;
}
