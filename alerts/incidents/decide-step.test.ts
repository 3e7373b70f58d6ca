import { expect, test } from 'vitest';
import { decideStep, type StepArgs } from './decide-step.ts';
import { Desk, friday } from './testdata/desk.ts';

const tick = (desk: Desk, args: StepArgs): string | null => desk.take(decideStep(desk.incident, args, desk.context));
const stepOf = (desk: Desk, id: string) => desk.incident.plan?.steps.find((step) => step.id === id);

test('a step is done, by whom and when, and open again', () => {
  const desk = new Desk();
  desk.now += 1000;
  expect(tick(desk, { stepId: 'cameras', state: 'done' })).toBeNull();
  expect(stepOf(desk, 'cameras')).toEqual({ id: 'cameras', state: 'done', by: 'Wang', at: friday + 1000, note: null });
  expect(tick(desk, { stepId: 'cameras', state: 'open' })).toBeNull();
  expect(stepOf(desk, 'cameras')).toEqual({ id: 'cameras', state: 'open', by: null, at: null, note: null });
});

test.each<[string, StepArgs, string | null]>([
  ['a number without the number', { stepId: 'injured', state: 'done' }, 'reason-required'],
  ['a number', { stepId: 'injured', state: 'done', note: '2' }, null],
  ['not to be done, without why', { stepId: 'divert', state: 'not-applicable' }, 'reason-required'],
  ['not to be done', { stepId: 'divert', state: 'not-applicable', note: 'A side road' }, null],
  ['a step that is not there', { stepId: 'dance', state: 'done' }, 'step-unknown'],
])('%s', (_name, args, code) => {
  expect(tick(new Desk(), args)).toBe(code);
});

test('saying it twice writes it once', () => {
  const desk = new Desk();
  tick(desk, { stepId: 'cameras', state: 'done' });
  expect(decideStep(desk.incident, { stepId: 'cameras', state: 'done' }, desk.context)).toEqual({ ok: true, value: [] });
});

test('one that is over has no steps to do', () => {
  const desk = new Desk();
  desk.advance('reject');
  expect(tick(desk, { stepId: 'cameras', state: 'done' })).toBe('incident-closed');
});

test('a staged limit is met by its step, and runs again when the step is open again', () => {
  const limitsOf = () =>
    [
      { until: 'resolved', from: 'reported', value: 4, unit: 'working-hours', step: 'cameras' },
      { until: 'resolved', from: 'reported', value: 7, unit: 'working-days' },
    ] as const;
  const desk = new Desk({}, { limitsOf });
  expect(desk.incident.timers.map(({ id }) => id)).toEqual(['resolved.cameras-1', 'resolved-1']);
  tick(desk, { stepId: 'cameras', state: 'done' });
  expect(desk.incident.timers.map(({ metAt }) => metAt)).toEqual([friday, null]);
  tick(desk, { stepId: 'cameras', state: 'open' });
  expect(desk.incident.timers.map(({ id, metAt }) => [id, metAt])).toEqual([
    ['resolved.cameras-1', friday],
    ['resolved-1', null],
    ['resolved.cameras-2', null],
  ]);
});
