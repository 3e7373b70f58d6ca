/** How a day goes in the demo city, each from 0 to 1. */
export interface DayCurves {
  /** Hours since midnight of the city (UTC+8), with a fraction. */
  readonly hour: number;
  readonly isWeekend: boolean;
  /** Roads: before work and after it. */
  readonly rush: number;
  /** Car parks and canteens: the middle of the day. */
  readonly noon: number;
  /** People are about: offices, halls, shops. */
  readonly busy: number;
  /** The sun is up. */
  readonly daylight: number;
}

const hourMs = 3_600_000;

/** Where the day stands at an instant. */
export function dayCurves(at: number): DayCurves {
  const local = at + 8 * hourMs;
  const hour = (local / hourMs) % 24;
  // 1970-01-01 was a Thursday.
  const weekday = (Math.floor(local / (24 * hourMs)) + 4) % 7;
  const isWeekend = weekday === 0 || weekday === 6;
  const morning = hill(hour, 8, 1.3);
  const evening = hill(hour, 17.8, 1.5);
  return {
    hour,
    isWeekend,
    rush: (isWeekend ? 0.45 : 1) * Math.max(morning, evening),
    noon: hill(hour, 12.2, 2),
    busy: (isWeekend ? 0.7 : 1) * Math.max(hill(hour, 10, 2.2), hill(hour, 15, 2.6)),
    daylight: Math.min(1, Math.max(0, Math.sin(((hour - 6) / 13) * Math.PI))),
  };
}

/** A bell around an hour of the day, the night between the days included. */
function hill(hour: number, centre: number, width: number): number {
  const apart = Math.abs(hour - centre);
  return Math.exp(-((Math.min(apart, 24 - apart) / width) ** 2));
}
