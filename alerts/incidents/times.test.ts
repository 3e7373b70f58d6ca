import { expect, test } from 'vitest';
import { Desk, friday } from './testdata/desk.ts';
import { incidentTimes } from './times.ts';

test('the times of a call are those between its instants', () => {
  const start = friday;
  const called = new Desk({ reportedAt: start - 20_000, answeredAt: start - 8000 });
  const go = (seconds: number, act: () => string | null): void => {
    called.now = start + seconds * 1000;
    expect(act()).toBeNull();
  };
  go(10, () => called.advance('accept'));
  go(20, () => called.advance('file'));
  go(40, () => called.task('a', 'sent'));
  go(60, () => called.task('a', 'accepted'));
  go(100, () => called.task('a', 'enRoute'));
  go(400, () => called.task('a', 'onScene'));
  go(900, () => called.advance('control'));
  go(1800, () => called.task('a', 'done'));
  go(1900, () => called.advance('verify'));
  go(2000, () => called.advance('close'));
  expect(Object.entries(incidentTimes(called.incident.instants)).map(([name, ms]) => [name, ms! / 1000])).toEqual([
    ['answer', 12],
    ['verification', 18],
    ['processing', 48],
    ['acknowledgement', 20],
    ['turnout', 60],
    ['travel', 300],
    ['response', 420],
    ['control', 500],
    ['handling', 1400],
    ['closing', 200],
    ['whole', 2020],
  ]);
});

test('what is not known, or not there yet, has no time', () => {
  const desk = new Desk();
  const start = desk.now;
  desk.now = start + 30_000;
  desk.task('a', 'sent');
  // It says nothing of being on its way.
  desk.now = start + 90_000;
  desk.task('a', 'onScene');
  expect(incidentTimes(desk.incident.instants)).toEqual({
    answer: null,
    verification: null,
    processing: 30_000,
    acknowledgement: null,
    turnout: null,
    travel: null,
    response: 90_000,
    control: null,
    handling: null,
    closing: null,
    whole: null,
  });
});

test('a clock that was set back leaves no negative time', () => {
  const desk = new Desk();
  desk.now -= 60_000;
  desk.advance('accept');
  expect(incidentTimes(desk.incident.instants).verification).toBeNull();
});
