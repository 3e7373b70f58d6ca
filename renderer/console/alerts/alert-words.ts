import type { Alert } from '../../../alerts/contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { isQuantity, quantities } from '../../../streams/systems/quantities.ts';
import { currentLocale, text } from '../../i18n/index.ts';
import { momentText } from '../handover/moment-text.ts';

/** Words that an alert brings, in the reader's language. */
export function ownWords(words: { readonly zh: string; readonly en: string }): string {
  return currentLocale.value === 'en' ? words.en : words.zh;
}

/** Why an alert disturbs nobody, and until when; null when it does. `titleOf`: the words of another alert, when it is known. */
export function heldWords(
  { held, shelved }: Pick<Alert, 'held' | 'shelved'>,
  titleOf: (id: string) => string | null,
  now: EpochMs,
): string | null {
  if (held === null && shelved === null) return null;
  const until = shelved?.until ?? held?.until ?? null;
  const end = until === null ? text('alerts.held.open') : text('alerts.held.until', { time: momentText(until, now) });
  return `${why(held, shelved, titleOf)} · ${end}`;
}

function why(held: Alert['held'], shelved: Alert['shelved'], titleOf: (id: string) => string | null): string {
  if (shelved !== null) return `${text('alerts.held.shelve', { by: shelved.by })}: ${shelved.reason}`;
  if (held === null) return '';
  if (held.by === 'inhibit') {
    const title = titleOf(held.what);
    return title === null ? text('alerts.held.inhibitUnknown') : text('alerts.held.inhibit', { title });
  }
  return text(`alerts.held.${held.by}`, { by: held.what });
}

/** What was measured, and its value with its unit; what is not known is said to be so. */
export function readingWords(reading: NonNullable<Alert['reading']>): string {
  const { quantity, value, unit, limit } = reading;
  const said =
    value === null
      ? text('alerts.detail.unknown')
      : typeof value === 'boolean'
        ? text(value ? 'alerts.detail.yes' : 'alerts.detail.no')
        : `${typeof value === 'number' ? Number(value.toFixed(3)) : value} ${unit}`.trim();
  const named = isQuantity(quantity) ? `${currentLocale.value === 'en' ? quantities[quantity].en : quantities[quantity].zh} ${said}` : said;
  return limit === null ? named : `${named}${text('alerts.detail.limit', { limit: Number(limit.toFixed(3)) })}`;
}
