import type { EpochMs } from '../../main/contract/time.ts';

const pattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * A time as ISO 8601 writes it: a date, and a time of day with a T or a space before it. `assumed` is the offset of what tells none, null where such a thing is no instant. Null for
 * what is no time: the calendar is asked, for a 30th of February is not the 2nd of March. Never the zone of this machine.
 */
export function isoInstant(text: string, assumed: 'Z' | null): EpochMs | null {
  const found = pattern.exec(text.trim());
  if (!found) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', told] = found;
  const offset = offsetMs(told ?? assumed);
  if (offset === null) return null;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [number, number, number, number, number, number];
  const midnight = Date.UTC(y, mo - 1, d);
  // A day that a month does not have is one of another month.
  const back = new Date(midnight);
  // The end of a day may be written as its 24th hour.
  const isTime = (h < 24 || (h === 24 && mi === 0 && s === 0)) && mi < 60 && s < 60;
  if (!isTime || back.getUTCMonth() !== mo - 1 || y < 1970) return null;
  const at = midnight + ((h * 60 + mi) * 60 + s) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset;
  return at < 0 ? null : at;
}

function offsetMs(written: string | null): number | null {
  if (written === null) return null;
  if (/^z$/i.test(written)) return 0;
  const [, sign, hours, minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(written)!;
  if (Number(hours) > 14 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
