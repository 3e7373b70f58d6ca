import { expect, test } from 'vitest';
import type { Timer } from '../incident-contract.ts';
import { chinaCalendar } from './china-calendar.ts';
import { createCityCalendar } from './city-calendar.ts';
import { dueAt } from './due-at.ts';
import { extendTimer } from './extend-timer.ts';
import { pauseTimer, resumeTimer } from './hold-timer.ts';
import { measure, moveInstant, spanMs, type Span } from './move-instant.ts';
import { nextWarningAt, warningAt, warningsDue } from './warnings.ts';

const calendar = createCityCalendar(chinaCalendar);
const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`);
const shown = calendar.minuteOf;

/** A limit that begins then. */
const timerOf = (startedAt: string, span: Span, more: Partial<Timer> = {}): Timer => ({
  id: 'resolved-1',
  until: 'resolved',
  step: null,
  startedAt: at(startedAt),
  dueAt: dueAt(at(startedAt), span, calendar),
  unit: span.unit,
  limitMs: spanMs(span, calendar),
  pausedAt: null,
  metAt: null,
  warned: [],
  ...more,
});

test.each<[string, Span, string]>([
  ['2026-11-27 16:00', { value: 4, unit: 'hours' }, '2026-11-27 20:00'],
  ['2026-11-27 16:00', { value: 0.5, unit: 'hours' }, '2026-11-27 16:30'],
  ['2026-11-27 16:00', { value: 4, unit: 'working-hours' }, '2026-11-30 11:00'],
  ['2026-11-27 16:00', { value: 1, unit: 'working-days' }, '2026-11-30 16:00'],
  ['2026-09-30 16:00', { value: 1, unit: 'working-days' }, '2026-10-08 16:00'],
  ['2026-09-30 16:00', { value: 3, unit: 'working-days' }, '2026-10-10 16:00'],
])('what began %s and may take %o is due %s', (from, span, due) => {
  expect(shown(dueAt(at(from), span, calendar))).toBe(due);
});

test('a span is at least a millisecond, and a measure says which of two is earlier', () => {
  expect(spanMs({ value: 1e-12, unit: 'hours' }, calendar)).toBe(1);
  expect(measure(at('2026-11-27 09:00'), at('2026-11-27 08:30'), 'working-hours', calendar)).toBe(-1_800_000);
  expect(measure(at('2026-11-27 09:00'), at('2026-11-27 08:30'), 'hours', calendar)).toBe(-1_800_000);
  expect(moveInstant(5, -3, 'hours', calendar)).toBe(2);
});

test.each<[string, string, Span, string, string, string]>([
  ['over the night, in hours', '2026-11-26 09:00', { value: 4, unit: 'hours' }, '2026-11-26 10:00', '2026-11-27 10:00', '2026-11-27 13:00'],
  [
    'over the night, in working hours',
    '2026-11-26 09:00',
    { value: 4, unit: 'working-hours' },
    '2026-11-26 10:00',
    '2026-11-27 10:00',
    '2026-11-27 15:00',
  ],
  ['over a holiday', '2026-09-30 08:30', { value: 1, unit: 'working-days' }, '2026-09-30 09:00', '2026-10-08 09:00', '2026-10-08 17:30'],
  [
    'when it was late already',
    '2026-11-26 09:00',
    { value: 1, unit: 'working-hours' },
    '2026-11-26 11:00',
    '2026-11-27 11:00',
    '2026-11-27 10:00',
  ],
  [
    'when it was late already, in hours',
    '2026-11-26 09:00',
    { value: 1, unit: 'hours' },
    '2026-11-26 11:00',
    '2026-11-27 11:00',
    '2026-11-27 10:00',
  ],
  [
    'when it had become due with the end of work',
    '2026-11-26 08:30',
    { value: 7, unit: 'working-hours' },
    '2026-11-26 20:00',
    '2026-11-27 12:00',
    '2026-11-26 17:30',
  ],
  [
    'at night, late by six hours of work',
    '2026-11-26 08:30',
    { value: 8, unit: 'working-hours' },
    '2026-11-27 20:00',
    '2026-11-30 15:00',
    '2026-11-27 16:00',
  ],
])('paused %s, it goes on as it was', (_name, started, span, paused, resumed, due) => {
  const timer = timerOf(started, span);
  const still = pauseTimer(timer, at(paused));
  expect(still).toEqual({ ...timer, pausedAt: at(paused) });
  expect(warningsDue(still, at('2027-01-04 10:00'), calendar)).toEqual([]);
  expect(nextWarningAt(still, calendar)).toBeNull();
  expect(pauseTimer(still, at(resumed))).toBe(still);
  const going = resumeTimer(still, at(resumed), calendar);
  expect(going).toEqual({ ...timer, dueAt: going.dueAt });
  expect(shown(going.dueAt)).toBe(due);
});

test('a pause that the clock was set back in moves nothing back, and neither does one of a limit that is met', () => {
  const timer = timerOf('2026-11-26 09:00', { value: 4, unit: 'hours' });
  const still = pauseTimer(timer, at('2026-11-26 10:00'));
  expect(resumeTimer(still, at('2026-11-26 09:30'), calendar)).toEqual(timer);
  const met = { ...timer, metAt: at('2026-11-26 09:30') };
  expect(pauseTimer(met, at('2026-11-26 10:00'))).toBe(met);
  expect(resumeTimer(met, at('2026-11-26 10:00'), calendar)).toBe(met);
});

test('the parts of a limit are told when they are used up, also at night, after holidays and all at once', () => {
  const timer = timerOf('2026-11-26 08:30', { value: 2, unit: 'working-days' });
  expect([50, 80, 100, 150].map((percent) => shown(warningAt(timer, percent, calendar)))).toEqual([
    '2026-11-27 08:30',
    '2026-11-27 14:42',
    '2026-11-27 17:30',
    '2026-11-30 17:30',
  ]);
  const due = (text: string, warned: number[] = []) => warningsDue({ ...timer, warned }, at(text), calendar).map(({ percent }) => percent);
  expect(due('2026-11-27 08:29')).toEqual([]);
  expect(due('2026-11-27 08:30')).toEqual([50]);
  expect(due('2026-11-27 18:00')).toEqual([50, 80, 100]);
  expect(due('2026-11-27 18:00', [50, 80])).toEqual([100]);
  expect(due('2026-12-24 18:00', [50, 80, 100, 150])).toEqual([]);
  expect(warningsDue({ ...timer, metAt: 1 }, at('2026-12-24 18:00'), calendar)).toEqual([]);
  expect(nextWarningAt({ ...timer, warned: [50] }, calendar)).toBe(at('2026-11-27 14:42'));
  expect(nextWarningAt({ ...timer, warned: [50, 80, 100, 150] }, calendar)).toBeNull();
  expect(nextWarningAt({ ...timer, metAt: 1 }, calendar)).toBeNull();
});

test('the leader of the centre is told last', () => {
  const timer = timerOf('2026-11-26 09:00', { value: 1, unit: 'hours' });
  expect(warningsDue(timer, at('2026-11-26 10:30'), calendar).map(({ tell }) => tell)).toEqual(['owner', 'owner', 'supervisor', 'leader']);
});

test.each<[string, Span, Span, string, number]>([
  ['in its own unit', { value: 2, unit: 'working-days' }, { value: 1, unit: 'working-days' }, '2026-11-30 17:30', 3 * 7],
  ['by working hours', { value: 2, unit: 'working-days' }, { value: 4, unit: 'working-hours' }, '2026-11-30 14:30', 2 * 7 + 4],
  [
    'hours of a working limit are working hours',
    { value: 2, unit: 'working-days' },
    { value: 4, unit: 'hours' },
    '2026-11-30 14:30',
    2 * 7 + 4,
  ],
  ['a limit by the clock, by a working day', { value: 24, unit: 'hours' }, { value: 1, unit: 'working-days' }, '2026-11-27 17:30', 33],
  ['a limit by the clock, by hours', { value: 24, unit: 'hours' }, { value: 24, unit: 'hours' }, '2026-11-28 08:30', 48],
])('extended %s', (_name, span, by, due, limitHours) => {
  const timer = timerOf('2026-11-26 08:30', span, { warned: [50, 80, 100] });
  const longer = extendTimer(timer, by, at('2026-11-27 17:30'), calendar);
  expect([shown(longer.dueAt), longer.limitMs / 3_600_000]).toEqual([due, limitHours]);
});

test('what lies ahead after an extension is told again, and what does not is not', () => {
  const timer = timerOf('2026-11-26 08:30', { value: 2, unit: 'working-days' }, { warned: [50, 80, 100] });
  const longer = extendTimer(timer, { value: 1, unit: 'working-days' }, at('2026-11-27 17:30'), calendar);
  expect(longer.warned).toEqual([50]);
  expect(warningsDue(longer, at('2026-11-27 17:30'), calendar)).toEqual([]);
  expect(warningsDue(longer, at('2026-11-30 12:00'), calendar).map(({ percent }) => percent)).toEqual([80]);
});
