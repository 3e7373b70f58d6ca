import { describe, expect, test } from 'vitest';
import { aTask, aUnit } from '../incidents/testdata/an-incident.ts';
import { chosenUnits, queueableUnits } from './dispatch-choice.ts';
import { overStaysMs, taskSince, tasksByState, tasksByUnit, type TaskFilter } from './task-board.ts';

const now = 1_800_000_000_000;
const any: TaskFilter = { text: '', wordsOf: () => '' };

describe('tasks by state', () => {
  const tasks = [
    aTask({ id: 'a', sentAt: now - 1000 }),
    aTask({ id: 'b', sentAt: now - 9000 }),
    aTask({ id: 'c', state: 'onScene', since: now - 5000 }),
    aTask({ id: 'd', state: 'done', since: now - 1000 }),
    aTask({ id: 'e', state: 'refused', since: now - 500 }),
    aTask({ id: 'f', state: 'cancelled', since: now - overStaysMs - 1 }),
  ];
  const ids = (filter: TaskFilter = any) =>
    Object.fromEntries(
      Object.entries(tasksByState(tasks, filter, now)).map(([column, list]) => [column, list.map(({ id }) => id).join('')]),
    );

  test('the longest waiting first; what is over is left an hour, the latest first', () => {
    expect(ids()).toEqual({ sent: 'ba', accepted: '', enRoute: '', onScene: 'c', over: 'ed' });
  });
  test('by words of the task or of its unit', () => {
    expect(ids({ text: 'j01 解放', wordsOf: ({ id }) => (id === 'b' ? 'J01' : 'J02') })).toMatchObject({ sent: 'b', onScene: '' });
  });
  test('since when a task is where it is', () => {
    expect(taskSince(aTask({ state: 'enRoute', sentAt: 1, since: 7 }))).toBe(7);
  });
});

test('units with tasks come first, each with what waits behind it', () => {
  const waiting = aTask({ id: 't2' });
  const units = [
    aUnit({ id: 'u9', number: 'J09' }),
    aUnit({ id: 'u2', number: 'J10', task: 't1' as never, queued: ['t2' as never, 'gone' as never] }),
  ];
  const rows = tasksByUnit(units, (id) => ({ t1: aTask({ id: 't1' }), t2: waiting })[id], any);
  expect(rows.map(({ unit, active, waiting: behind }) => [unit.number, active?.id ?? null, behind.map(({ id }) => id)])).toEqual([
    ['J10', 't1', ['t2']],
    ['J09', null, []],
  ]);
  expect(tasksByUnit(units, () => undefined, { ...any, text: 'j09' }).map(({ unit }) => unit.id)).toEqual(['u9']);
});

describe('what a recommendation marks', () => {
  const row = (unitId: string, ...codes: string[]) => ({
    unitId: unitId as never,
    reasons: codes.map((code) => ({ code: code as never, params: {} })),
  });
  test('those it chose itself', () => {
    const ranked = [row('a', 'chosen', 'distance'), row('b', 'distance')].map((one) => ({
      ...one,
      covers: [],
      distanceM: 1,
      positionAgeMs: 1,
      stale: false,
    }));
    expect([...chosenUnits({ ranked })]).toEqual(['a']);
  });
  test('a unit that is only busy can be queued; one that has no room, or cannot do it, cannot', () => {
    const excluded = [row('a', 'busy'), row('b', 'busy', 'queue-full'), row('c', 'capability-missing', 'busy'), row('d', 'not-available')];
    expect([...queueableUnits({ excluded })]).toEqual(['a']);
  });
});
