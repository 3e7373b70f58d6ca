import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { taskState, type Task, type TaskState } from '../incident-contract.ts';
import { isOver, reportTask, type TaskReport } from './task-machine.ts';
import { aTask } from './testdata/a-task.ts';

const context = { now: 7, by: 'U-1', source: 'field' as const, active: true };
const says = (state: TaskReport['state'], more: Partial<TaskReport> = {}): TaskReport => ({
  state,
  text: null,
  lat: null,
  lon: null,
  photo: null,
  ...more,
});
const events = ['accepted', 'enRoute', 'onScene', 'done', 'refused', 'cancelled'] as const;

/** By state, what each report does: `+` moves it on, `=` changes nothing, `x` cannot be. */
const table: Readonly<Record<TaskState, string>> = {
  //           acc er os done ref can
  sent: '++++++',
  accepted: '=+++++',
  enRoute: '==++++',
  onScene: '===+x+',
  done: '====xx',
  refused: 'xxxx=x',
  cancelled: 'xxxxx=',
};

describe('every state and every report', () => {
  const rows = taskState.options.flatMap((state) => events.map((event, index) => [state, event, table[state][index]!] as const));
  test.each(rows)('%s, %s: %s', (state, event, expected) => {
    const task = aTask({ state, revision: 3 });
    const told = reportTask(task, says(event, { text: expected === '+' ? 'why' : null }), context);
    if (expected === 'x') expect(told).toMatchObject({ ok: false, error: { code: 'task-event-illegal', params: { state, event } } });
    else if (expected === '=') expect(told).toEqual({ ok: true, value: { task, changed: null } });
    else {
      expect(told).toMatchObject({ ok: true, value: { changed: 'state', task: { state: event, revision: 4 } } });
      expect(told.ok && told.value.task.history.at(-1)).toMatchObject({ state: event, at: 7, by: 'U-1', source: 'field' });
    }
  });
});

test.each([
  ['a refusal has words', aTask(), says('refused'), context, 'reason-required'],
  ['and so has calling it back', aTask(), says('cancelled'), context, 'reason-required'],
  ['what waits behind another cannot be begun', aTask(), says('enRoute'), { ...context, active: false }, 'unit-busy'],
  ['nor ended', aTask(), says('done'), { ...context, active: false }, 'unit-busy'],
])('%s', (_name, task, report, how, code) => {
  expect(reportTask(task, report, how)).toMatchObject({ ok: false, error: { code } });
});

test('what waits can be accepted, refused and called back', () => {
  for (const state of ['accepted', 'refused', 'cancelled'] as const)
    expect(reportTask(aTask(), says(state, { text: 'no crew' }), { ...context, active: false })).toMatchObject({
      ok: true,
      value: { changed: 'state' },
    });
});

test('a note or a photo that is new is kept, the same twice is not', () => {
  const there = aTask({ state: 'onScene' });
  const first = reportTask(there, says('onScene', { text: 'smoke', photo: 'p1' }), context);
  expect(first).toMatchObject({ ok: true, value: { changed: 'note', task: { state: 'onScene', history: { length: 2 } } } });
  const { task } = first.ok ? first.value : { task: there };
  expect(reportTask(task, says('onScene', { text: 'smoke', photo: 'p1' }), context)).toEqual({ ok: true, value: { task, changed: null } });
  expect(reportTask(task, says('onScene', { text: 'smoke', photo: 'p2' }), context)).toMatchObject({ value: { changed: 'note' } });
});

test('notes are bounded, and leave room for what moves a task on', () => {
  let task: Task = aTask();
  let refused = 0;
  for (let count = 0; count < 80; count += 1) {
    const told = reportTask(task, says('accepted', { text: `note ${count}` }), context);
    if (told.ok) ({ task } = told.value);
    else {
      expect(told.error.code).toBe('too-many-requests');
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(0);
  for (const state of ['enRoute', 'onScene', 'done'] as const) {
    const told = reportTask(task, says(state), context);
    expect(told).toMatchObject({ ok: true, value: { changed: 'state' } });
    if (told.ok) ({ task } = told.value);
  }
  expect(task.history.length).toBeLessThanOrEqual(64);
});

test('whatever is said in whatever order, a task never goes back, and what is over stays over', () => {
  const order: readonly TaskState[] = ['sent', 'accepted', 'enRoute', 'onScene', 'done', 'refused', 'cancelled'];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...events), fc.constantFrom(null, 'a', 'b')), { maxLength: 40 }), (said) => {
      let task = aTask();
      for (const [state, text] of said) {
        const told = reportTask(task, says(state, { text }), context);
        if (!told.ok) continue;
        if (isOver(task.state)) expect(told.value.task.state).toBe(task.state);
        expect(order.indexOf(told.value.task.state)).toBeGreaterThanOrEqual(order.indexOf(task.state));
        ({ task } = told.value);
        const again = reportTask(task, says(state, { text }), context);
        expect(again).toEqual({ ok: true, value: { task, changed: null } });
      }
    }),
    { seed: 20261127, numRuns: 300 },
  );
});
