import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chinaCalendar, createCityCalendar } from '../../../alerts/index.ts';
import { ProblemError } from '../../contract/errors.ts';
import { temporaryFolder } from '../hub-rig.ts';
import { readCalendar } from './read-calendar.ts';

const folder = temporaryFolder('calendar');
afterAll(() => folder.dispose());
const file = join(folder.path, 'calendar.json');

test('without a file it is that of China, by the clocks of the city', () => {
  expect(readCalendar(undefined, 'Asia/Urumqi')).toEqual({ ...chinaCalendar, timeZone: 'Asia/Urumqi' });
});

test('what the file says counts, and what it leaves out is the usual', () => {
  const said = { holidays: ['2027-02-05'], makeUpDays: ['2027-02-14'], knownUntil: '2027-12-31' };
  writeFileSync(file, JSON.stringify({ ...said, timeZone: 'UTC' }));
  const data = readCalendar(file, 'Asia/Shanghai');
  expect(data).toEqual({ ...chinaCalendar, ...said });
  const calendar = createCityCalendar(data);
  expect(['2027-02-05', '2027-02-14', '2027-02-08'].map(calendar.isWorkingDay)).toEqual([false, true, true]);
  expect(calendar.isKnown('2027-06-01')).toBe(true);
});

test.each([
  ['[1]', /./],
  ['null', /./],
  ['{"holidays":["tomorrow"]}', /holidays\.0/],
  ['{"workingHours":[]}', /workingHours/],
  ['{"moon":"full"}', /moon/],
  ['{', 'is no JSON'],
])('%s is refused, and what is wrong with it said', (text, message) => {
  writeFileSync(file, text);
  try {
    readCalendar(file, 'Asia/Shanghai');
    expect.unreachable();
  } catch (cause) {
    expect((cause as ProblemError).problem).toMatchObject({ code: 'config-invalid', params: { file, key: 'cases.calendarFile' } });
    expect(String((cause as ProblemError).problem.params['message'])).toMatch(message);
  }
});
