import type { EpochMs } from '../../main/contract/time.ts';
import { text } from '../i18n/index.ts';
import { stampText } from './admin/stamp-text.ts';

/** That a screen has been silent, and since when to the second; with the date where that is not today's. */
export function silenceWords(since: EpochMs, now: EpochMs): string {
  const [date, time] = stampText(since).split(' ') as [string, string];
  const [today] = stampText(now).split(' ');
  return text('console.verdict.overdue', { time: date === today ? time : `${date} ${time}` });
}
