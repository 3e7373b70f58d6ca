import { calendarData, chinaCalendar, type CalendarData } from '../../../alerts/index.ts';
import { readSettingsFile } from './read-settings-file.ts';

/**
 * When a city works: what its file says, and where that says nothing, China's working hours, holidays and make-up days. The clocks are those of the
 * configuration. Throws as `readSettingsFile`.
 */
export function readCalendar(file: string | undefined, timeZone: string): CalendarData {
  const usual = { ...chinaCalendar, timeZone };
  if (file === undefined) return usual;
  return readSettingsFile(file, 'cases.calendarFile', (document) =>
    calendarData.safeParse(typeof document === 'object' && document !== null ? { ...usual, ...document, timeZone } : document),
  );
}
