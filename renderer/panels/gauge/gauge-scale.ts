import type { Indicator } from '../../../streams/feed-contract.ts';

/** The ends of a gauge. */
export interface GaugeScale {
  readonly min: number;
  readonly max: number;
}

/**
 * What a gauge's scale reaches from and to: what somebody set, else 0 to 100 for shares, else from 0 to a round number beyond value and target. A scale that somebody set the
 * wrong way round is turned.
 */
export function gaugeScale(
  set: { readonly min?: number | undefined; readonly max?: number | undefined },
  { value, unit, target }: { readonly value: number | null; readonly unit: string; readonly target: Indicator['target'] },
): GaugeScale {
  const reach = Math.max(Math.abs(value ?? 0), Math.abs(target?.value ?? 0));
  const least = Math.min(0, value ?? 0);
  const min = set.min ?? (least < 0 ? -roundUp(-least) : 0);
  const max = set.max ?? (unit === '%' && reach <= 100 ? 100 : roundUp(reach * 1.2));
  if (min === max) return { min, max: min + 1 };
  return min < max ? { min, max } : { min: max, max: min };
}

/** The part of the scale where the target is reached; null without a target, or where one point alone would do. */
export function goodPart(target: Indicator['target'], { min, max }: GaugeScale): { readonly from: number; readonly to: number } | null {
  if (target === null || target.op === '=') return null;
  const at = Math.min(max, Math.max(min, target.value));
  return target.op === '>=' || target.op === '>' ? { from: at, to: max } : { from: min, to: at };
}

/** The next number that is 1, 2, 2.5 or 5 times a power of ten; 1 for nothing, or next to nothing. */
function roundUp(value: number): number {
  if (!(value > 1e-12)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((part) => part * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}
