/** The parts of a time as a clock on the wall shows it. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Zones come from mapping documents: a few, and no more than this is kept. */
const formatsAtMost = 64;

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known) return known;
  try {
    const made = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    if (formats.size < formatsAtMost) formats.set(zone, made);
    return made;
  } catch {
    return null;
  }
}

/** Offsets change at quarters of an hour alone: what was asked for in one of them is known for all of it. A few thousand are kept. */
const quarterMs = 900_000;
const offsets = new Map<string, number>();
const offsetsAtMost = 4096;

function offsetAt(at: number, zone: string, format: Intl.DateTimeFormat): number {
  const quarter = Math.floor(at / quarterMs);
  const key = `${quarter}/${zone}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const start = quarter * quarterMs;
  const parts = Object.fromEntries(format.formatToParts(start).map(({ type, value }) => [type, Number(value)])) as unknown as WallTime;
  const offset = utcOf(parts) - start;
  if (offsets.size >= offsetsAtMost) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

const utcOf = ({ year, month, day, hour, minute, second }: WallTime) => Date.UTC(year, month - 1, day, hour, minute, second);

/**
 * The instant at which a clock in this zone (IANA name) shows this time; null when there is no such day or no such zone. Where a time is shown twice it is the first of them; one
 * that is left out in spring is the instant after.
 */
export function zonedInstant(shown: WallTime, zone: string): number | null {
  const wanted = utcOf(shown);
  const read = new Date(wanted);
  const isReal =
    read.getUTCMonth() === shown.month - 1 && read.getUTCDate() === shown.day && shown.hour < 24 && shown.minute < 60 && shown.second < 60;
  const format = formatOf(zone);
  if (!isReal || Number.isNaN(wanted) || !format) return null;
  // An offset changes at most once within a day: the one before and the one after cover both.
  const candidates = [wanted - offsetAt(wanted - 86_400_000, zone, format), wanted - offsetAt(wanted + 86_400_000, zone, format)];
  return candidates.sort((a, b) => a - b).find((at) => at + offsetAt(at, zone, format) === wanted) ?? candidates[0]!;
}
