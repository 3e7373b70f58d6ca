/** What people call an incident: the city's day and which of that day it is, `2026-1127-0042`. */
export interface IncidentNumber {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly count: number;
}

/** The parts of a number; null: it is none. */
export function parseNumber(text: string): IncidentNumber | null {
  const parts = /^(\d{4})-(\d{2})(\d{2})-(\d{4,9})$/.exec(text);
  if (parts === null) return null;
  const [, year, month, day, count] = parts as unknown as [string, string, string, string, string];
  return { day: `${year}-${month}-${day}`, count: Number(count) };
}

export function formatNumber({ day, count }: IncidentNumber): string {
  return `${day.slice(0, 4)}-${day.slice(5, 7)}${day.slice(8)}-${String(count).padStart(4, '0')}`;
}

/**
 * The number after the last that was given. Each day counts from 1; when the clock was set back into an earlier day the later day goes on, because a number is
 * given once for ever. @param last null: there was none @param today the city's day, `YYYY-MM-DD`
 */
export function nextNumber(last: string | null, today: string): string {
  const before = last === null ? null : parseNumber(last);
  if (before === null || before.day < today) return formatNumber({ day: today, count: 1 });
  return formatNumber({ day: before.day, count: before.count + 1 });
}
