import { z } from 'zod';

const day = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/);

/** When a city works: what a calendar is made of. A city may replace all of it. */
export const calendarData = z
  .object({
    /** IANA name. */
    timeZone: z.string().max(64).refine(isTimeZone, 'no such time zone'),
    /** The stretches of a working day, in order, none of them empty and none over another. */
    workingHours: z
      .array(z.tuple([timeOfDay, timeOfDay]))
      .min(1)
      .max(6)
      .refine((stretches) => {
        const times = stretches.flat();
        return times.every((time, index) => index === 0 || (index % 2 === 1 ? times[index - 1]! < time : times[index - 1]! <= time));
      }, 'the stretches of a working day are in order'),
    /** 1 is Monday, 7 is Sunday (ISO 8601). */
    workingWeekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7),
    /** Days off although they are working weekdays. */
    holidays: z.array(day).max(2000),
    /** Days that are worked although they are not. */
    makeUpDays: z.array(day).max(500),
    /** The last day that holidays and make-up days are known for; after it weekdays alone count, and whoever shows a date says so. */
    knownUntil: day,
  })
  .strict()
  .refine(({ holidays, makeUpDays }) => !makeUpDays.some((one) => holidays.includes(one)), 'no day is both a holiday and a make-up day');
export type CalendarData = z.output<typeof calendarData>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
