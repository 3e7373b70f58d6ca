import { expect, test } from 'vitest';
import { userState } from './user-state.ts';

/** Thursday, 26 November 2026, on the clock of this machine. */
const thursday = (hour: number, minute = 0) => new Date(2026, 10, 26, hour, minute).getTime();
const free = { disabled: false, lockedUntil: null, shift: null };
const shift = (days: number[], from: string, to: string) => ({ ...free, shift: [{ days, from, to }] });

test.each([
  ['works at any time', free, thursday(3), 'active'],
  ['is disabled', { ...free, disabled: true, lockedUntil: thursday(20) }, thursday(12), 'disabled'],
  ['is locked', { ...free, lockedUntil: thursday(13) }, thursday(12), 'locked'],
  ['was locked', { ...free, lockedUntil: thursday(12) }, thursday(12), 'active'],
  ['is within the day shift', shift([4], '08:00', '20:00'), thursday(8), 'active'],
  ['is before it', shift([4], '08:00', '20:00'), thursday(7, 59), 'outside-shift'],
  ['is at its end', shift([4], '08:00', '20:00'), thursday(20), 'outside-shift'],
  ['works on another day', shift([5], '08:00', '20:00'), thursday(12), 'outside-shift'],
  ['began the night shift today', shift([4], '20:00', '08:00'), thursday(23), 'active'],
  ['began the night shift yesterday', shift([3], '20:00', '08:00'), thursday(7), 'active'],
  ['begins the night shift only tonight', shift([4], '20:00', '08:00'), thursday(7), 'outside-shift'],
  ['works around the clock', shift([4], '00:00', '00:00'), thursday(15), 'active'],
])('who %s', (_who, user, now, kind) => {
  expect(userState(user, now).kind).toBe(kind);
});

test('the week begins on Monday and Sunday is its seventh day', () => {
  const sunday = new Date(2026, 10, 29, 23).getTime();
  const mondayMorning = new Date(2026, 10, 30, 2).getTime();
  const night = shift([7], '22:00', '06:00');
  expect([userState(night, sunday).kind, userState(night, mondayMorning).kind]).toEqual(['active', 'active']);
});
