import { ageText, durationText } from '../i18n/format.ts';
import { currentLocale, text } from '../i18n/index.ts';

/** A time of day, with its date when that is another day than `now`. */
export function momentWords(at: number, now: number): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return new Date(at).toLocaleString(currentLocale.value === 'en' ? 'en-GB' : 'zh-CN', {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    ...(!sameDay && { month: 'short', day: 'numeric' }),
  });
}

/** Until when something has to be done, how much of it is left, and how pressing that is. `now` is the hub's. */
export function dueWords(
  dueAt: number,
  now: number,
): { readonly by: string; readonly left: string; readonly pressing: 'no' | 'soon' | 'over' } {
  const leftMs = dueAt - now;
  const by = text('unit.dueAt', { time: momentWords(dueAt, now) });
  if (leftMs <= 0) return { by, left: text('unit.dueOver', { over: ageText(-leftMs) }), pressing: 'over' };
  return { by, left: text('unit.dueLeft', { left: durationText(leftMs) }), pressing: leftMs < 600_000 ? 'soon' : 'no' };
}
