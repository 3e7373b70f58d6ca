import { expect, test } from 'vitest';
import { dueTimers, nextTimerAt } from './due-timers.ts';
import { at, calendar, Desk, friday } from './testdata/desk.ts';

const tick = (desk: Desk, now: number) => {
  desk.now = now;
  const due = dueTimers(desk.incident, now, calendar);
  desk.write(due);
  return due.map(({ body }) => body);
};

test('each part of a limit is told once, to whoever it concerns', () => {
  // A traffic accident of level IV is accepted within three minutes.
  const desk = new Desk({ level: 'IV' });
  expect(nextTimerAt(desk.incident, calendar)).toBe(friday + 90_000);
  expect(tick(desk, friday + 89_999)).toEqual([]);
  const mine = (now: number) => tick(desk, now).filter((body) => 'timerId' in body && body.timerId === 'accepted-1');
  expect(mine(friday + 90_000)).toEqual([{ timerId: 'accepted-1', percents: [50], tell: 'owner', dueAt: friday + 180_000 }]);
  expect(mine(friday + 90_000)).toEqual([]);
  // The clock was set back: nothing is told again.
  expect(mine(friday - 3_600_000)).toEqual([]);
  // Nobody looked for a while: one entry says all that was missed.
  expect(mine(friday + 200_000)).toEqual([{ timerId: 'accepted-1', percents: [80, 100], tell: 'supervisor', dueAt: friday + 180_000 }]);
  expect(mine(friday + 270_000)).toEqual([{ timerId: 'accepted-1', percents: [150], tell: 'leader', dueAt: friday + 180_000 }]);
  expect(mine(friday + 86_400_000 * 9)).toEqual([]);
});

test('what is met, suspended or over is told no more', () => {
  const desk = new Desk({ level: 'IV' });
  desk.advance('accept');
  expect(tick(desk, friday + 80_000)).toEqual([]);
  const suspended = new Desk({ level: 'IV' });
  suspended.advance('accept');
  suspended.advance('suspend');
  expect(nextTimerAt(suspended.incident, calendar)).toBeNull();
  expect(tick(suspended, friday + 86_400_000)).toEqual([]);
  const over = new Desk({ level: 'IV' });
  over.advance('reject');
  expect(nextTimerAt(over.incident, calendar)).toBeNull();
  expect(tick(over, friday + 86_400_000)).toEqual([]);
});

test('an acknowledgement of nobody: the limit waits for the state, not for having been told', () => {
  const desk = new Desk({ level: 'IV' });
  tick(desk, friday + 90_000);
  desk.write([{ kind: 'note', at: desk.now, corrects: null, body: { text: 'I have seen it' } }]);
  expect(tick(desk, friday + 180_000).map((body) => 'timerId' in body && body.timerId)).toContain('accepted-1');
});

test('working time passes in working time', () => {
  const desk = new Desk({ type: 'urban', level: 'IV' }, { now: at('2026-11-27 17:00') });
  // Two hours of work: half an hour today, the rest on Monday.
  expect(tick(desk, at('2026-11-29 23:00'))).toEqual([]);
  expect(nextTimerAt(desk.incident, calendar)).toBe(at('2026-11-30 09:00'));
  expect(tick(desk, at('2026-11-30 09:00'))).toMatchObject([{ timerId: 'accepted-1', percents: [50], dueAt: at('2026-11-30 10:00') }]);
});

test('to look when it is said to be worth it misses nothing', () => {
  const desk = new Desk({ level: 'II' });
  const told: number[] = [];
  for (let looks = 0; looks < 100; looks++) {
    const next = nextTimerAt(desk.incident, calendar);
    if (next === null) break;
    const due = tick(desk, next);
    expect(due.length).toBeGreaterThan(0);
    told.push(...due.flatMap((body) => ('percents' in body ? body.percents : [])));
  }
  // Four limits, four parts of each.
  expect(told).toHaveLength(4 * 4);
});
