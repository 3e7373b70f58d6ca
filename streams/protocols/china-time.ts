/** China has one time, UTC+8, all the year. */
const offsetMs = 8 * 3_600_000;

/**
 * Milliseconds since 1970 of a time of China that is written in digits, `yyyyMMddHHmmss` with or without milliseconds; missing parts from the hours on are nought.
 * Null for what is no time: a 31st of February, an hour 25.
 */
export function readChinaTime(digits: string): number | null {
  const parts = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\d{3})?)?)?)?$/.exec(digits);
  if (!parts) return null;
  const [year, month, day, hour, minute, second, ms] = parts.slice(1).map((part) => Number(part ?? '0')) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const at = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const back = new Date(at);
  const isSame =
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    back.getUTCHours() === hour &&
    back.getUTCMinutes() === minute &&
    back.getUTCSeconds() === second;
  // Of the years before 100 Date.UTC makes others.
  return isSame && year >= 1970 ? at - offsetMs : null;
}

/** The same in 14 digits, or in 17 with the milliseconds. */
export function writeChinaTime(at: number, withMs = false): string {
  const digits = new Date(at + offsetMs).toISOString().replaceAll(/\D/g, '');
  return digits.slice(0, withMs ? 17 : 14);
}
