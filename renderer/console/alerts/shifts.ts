import type { EpochMs } from '../../../main/contract/time.ts';

/** Three shifts a day, of eight hours each, by the clock of the desk. */
const hours = 8;

/** One shift: from its beginning until its end, or until now. */
export interface Shift {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** The shift that runs now and those before it, the latest first. They begin at 0, 8 and 16 o'clock of the desk's time zone. */
export function latestShifts(now: EpochMs, count: number): Shift[] {
  const begin = new Date(now);
  begin.setHours(Math.floor(begin.getHours() / hours) * hours, 0, 0, 0);
  const shifts: Shift[] = [];
  let to = now;
  for (let index = 0; index < count; index += 1) {
    shifts.push({ from: begin.getTime(), to });
    to = begin.getTime();
    begin.setHours(begin.getHours() - hours);
  }
  return shifts;
}
