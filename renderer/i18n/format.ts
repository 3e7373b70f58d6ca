import { computed } from 'vue';
import type { EpochMs } from '../../main/contract/time.ts';
import { currentLocale, text } from './index.ts';

/** Kept, for a page of counts: one is dearer to make than a thousand are to write. */
const numberFormat = computed(() => new Intl.NumberFormat(currentLocale.value));

/** A length of time in one unit, rounded up so that a wait is never understated: "3 s", "2 min". */
export function durationText(ms: number): string {
  if (ms < 1000) return text('common.duration.ms', { n: Math.max(0, Math.round(ms)) });
  if (ms < 100_000) return text('common.duration.s', { n: Math.ceil(ms / 1000) });
  if (ms < 5_400_000) return text('common.duration.min', { n: Math.ceil(ms / 60_000) });
  if (ms < 172_800_000) return text('common.duration.h', { n: Math.ceil(ms / 3_600_000) });
  return text('common.duration.d', { n: Math.ceil(ms / 86_400_000) });
}

/** How long ago, rounded down: an age is never overstated. Below a second it is "0 s". */
export function ageText(ms: number): string {
  if (ms < 100_000) return text('common.duration.s', { n: Math.max(0, Math.floor(ms / 1000)) });
  if (ms < 5_400_000) return text('common.duration.min', { n: Math.floor(ms / 60_000) });
  if (ms < 172_800_000) return text('common.duration.h', { n: Math.floor(ms / 3_600_000) });
  return text('common.duration.d', { n: Math.floor(ms / 86_400_000) });
}

/** A time of day with seconds, 24 hours, in the reader's time zone. */
export function timeText(at: EpochMs): string {
  return new Date(at).toLocaleTimeString('zh-CN', { hour12: false });
}

/** A date with its weekday. */
export function dateText(at: EpochMs): string {
  return new Date(at).toLocaleDateString(currentLocale.value, { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' });
}

/** A whole number with group separators. */
export function numberText(value: number): string {
  return numberFormat.value.format(value);
}
