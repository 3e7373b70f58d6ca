import type { EpochMs } from '../../../main/contract/time.ts';

/** A moment as date and time with seconds, in the reader's time zone and the same in every language: `2026-11-26 17:23:53`. */
export function stampText(at: EpochMs): string {
  return new Date(at).toLocaleString('sv-SE', { hour12: false });
}

/** What `<input type="datetime-local" step="1">` holds for a moment. */
export function localInputOf(at: EpochMs): string {
  return stampText(at).replace(' ', 'T');
}

/** The moment that such a field names, in the reader's time zone; null when it is empty or names none. */
export function momentOf(input: string): EpochMs | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?$/.test(input)) return null;
  const at = new Date(input).getTime();
  return Number.isNaN(at) || at < 0 ? null : at;
}

/** The last moment that such a field names: a period that ends at 10:05 takes all of that minute in. */
export function endOf(input: string): EpochMs | null {
  const at = momentOf(input);
  if (at === null) return null;
  const [, seconds, part] = /T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.exec(input)!;
  return at + (part !== undefined ? 0 : seconds !== undefined ? 999 : 59_999);
}

/** The period that two such fields name, either of them empty or not; null when one names no moment or it ends before it begins. */
export function periodOf(form: { readonly from: string; readonly to: string }): { readonly from?: EpochMs; readonly to?: EpochMs } | null {
  const [from, to] = [momentOf(form.from), endOf(form.to)];
  if ((form.from !== '' && from === null) || (form.to !== '' && to === null)) return null;
  if (from !== null && to !== null && to < from) return null;
  return { ...(from !== null && { from }), ...(to !== null && { to }) };
}
