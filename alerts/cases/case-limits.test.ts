import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incidentTypeOf } from '../incidents/incident-types.ts';
import { latestPlan } from '../incidents/plans.ts';
import { chinaCalendar } from '../timers/china-calendar.ts';
import { createCityCalendar } from '../timers/city-calendar.ts';
import { dueAt } from '../timers/due-at.ts';
import { caseClasses } from './case-classes.ts';
import { caseLimitsDocument, createCaseLimits, usualCaseLimits } from './case-limits.ts';

const calendar = createCityCalendar(chinaCalendar);
const limits = createCaseLimits();
const at = (text: string) => Date.parse(`${text}+08:00`);
const handledIn = (type: string) => limits(type, 'IV')!.find(({ until, step }) => until === 'resolved' && step === undefined)!;
const shown = (instant: number) => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

describe('when a case is due', () => {
  // Work is from 08:30 to 12:00 and from 14:00 to 17:30: seven hours.
  test.each([
    ['a dirty road: four working hours', 'urban.event.dirty-road', '2026-06-01T09:00', '2026-06-01 15:00'],
    ['over noon nothing passes', 'urban.event.dirty-road', '2026-06-01T13:00', '2026-06-02 09:00'],
    ['from a Friday evening', 'urban.event.garbage', '2026-06-05T20:00', '2026-06-08 14:30'],
    ['waste soil: two working days', 'urban.event.waste-soil', '2026-06-02T10:00', '2026-06-04 10:00'],
    ['over the week of the national day', 'urban.event.waste-soil', '2026-09-30T10:00', '2026-10-09 10:00'],
    ['a make-up Saturday is worked', 'urban.event.waste-soil', '2026-10-09T10:00', '2026-10-12 10:00'],
    ['the Sunday of a make-up Saturday is not', 'urban.event.dirty-water', '2026-10-10T10:00', '2026-10-12 10:00'],
    ['over the spring festival', 'urban.component.lamp', '2026-02-14T10:00', '2026-02-24 10:00'],
    ['a road that gave way: two hours, by night and on holidays', 'urban.event.collapse', '2026-10-01T23:30', '2026-10-02 01:30'],
    ['an open manhole, too', 'urban.component.manhole', '2026-02-16T22:00', '2026-02-17 02:00'],
    ['a dispute: seven working days', 'grid.dispute', '2026-04-30T16:30', '2026-05-13 16:30'],
    ['what the table does not have is as the type above it', 'urban.component.bench', '2026-06-01T09:00', '2026-06-04 09:00'],
    ['or as cases are at all', 'urban.unheard', '2026-06-01T09:00', '2026-06-04 09:00'],
  ])('%s', (_what, type, from, due) => {
    expect(shown(dueAt(at(from), handledIn(type), calendar))).toBe(due);
  });

  test('an illegal building goes in stages, each with a step of its plan that it waits for', () => {
    const type = 'urban.event.illegal-building';
    const stages = limits(type, 'IV')!.filter(({ step }) => step !== undefined);
    expect(stages.map(({ step, value, unit }) => [step, value, unit])).toEqual([
      ['stop-work', 4, 'working-hours'],
      ['fine', 7, 'working-days'],
      ['demolish', 20, 'working-days'],
    ]);
  });

  test('and every step that a limit waits for is one of the plan of its type', () => {
    for (const [type, rows] of Object.entries(usualCaseLimits)) {
      const steps = latestPlan(incidentTypeOf(type)!.planId!)!.steps.map(({ id }) => id);
      for (const { step } of rows) if (step !== undefined) expect(steps).toContain(step);
    }
  });

  test('a worse level keeps what the table of incidents adds to it', () => {
    expect(limits('urban.event.garbage', 'II')!.some(({ until }) => until === 'first-report')).toBe(
      incidentTypeOf('urban')!
        .limits('II')
        .some(({ until }) => until === 'first-report'),
    );
  });
});

test('what a city brings goes before, limit by limit, and down to narrow types; what is no case is not touched', () => {
  const own = caseLimitsDocument.parse({
    urban: [{ until: 'accepted', from: 'reported', value: 30, unit: 'hours' }],
    'urban.event.garbage': [{ until: 'resolved', from: 'dispatched', value: 1, unit: 'working-days' }],
  });
  const mine = createCaseLimits(own);
  expect(mine('urban.event.garbage.market', 'IV')).toEqual(
    limits('urban.event.garbage', 'IV')!.map((limit) =>
      limit.until === 'resolved'
        ? { ...limit, value: 1, unit: 'working-days' }
        : limit.until === 'accepted'
          ? { ...limit, value: 30, unit: 'hours' }
          : limit,
    ),
  );
  expect(mine('grid.dispute', 'IV')).toEqual(limits('grid.dispute', 'IV'));
  expect([mine('traffic.accident', 'IV'), mine('urbanity', 'IV'), mine('constructor', 'IV')]).toEqual([null, null, null]);
});

test('every class is limited from the report to the end; the usual table is a document that a city could bring', () => {
  for (const { type } of caseClasses)
    expect(new Set(limits(type, 'IV')!.map(({ until }) => until))).toEqual(
      new Set(['accepted', 'filed', 'dispatched', 'resolved', 'closed']),
    );
  expect(caseLimitsDocument.parse(usualCaseLimits)).toEqual(usualCaseLimits);
});

test.each([
  [{ 'traffic.accident': [] }],
  [{ 'urban.': [] }],
  [{ urban: [{ until: 'resolved', from: 'dispatched', value: 0, unit: 'hours' }] }],
  [{ urban: [{ until: 'resolved', from: 'dispatched', value: Infinity, unit: 'hours' }] }],
  [{ urban: [{ until: 'resolved', from: 'dispatched', value: 1, unit: 'days' }] }],
  [{ urban: [{ until: 'arrived', from: 'dispatched', value: 1, unit: 'hours' }] }],
  [{ urban: [{ until: 'resolved', from: 'dispatched', value: 1, unit: 'hours', more: 1 }] }],
  [{ urban: Array.from({ length: 13 }, () => ({ until: 'resolved', from: 'dispatched', value: 1, unit: 'hours' })) }],
  [[]],
  ['x'],
  [null],
])('%j is no table', (document) => {
  expect(caseLimitsDocument.safeParse(document).success).toBe(false);
});

test('whatever is written there, what is taken limits cases and nothing else (seeded)', () => {
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('urban', 'resolved', 'dispatched', 'working-days', 'hours', null, -1, 4, 1e308, Number.NaN),
      fc.array(tie('json'), { maxLength: 3 }),
      fc
        .array(
          fc.tuple(
            fc.constantFrom('urban', 'grid.x', 'urban.event.garbage', 'until', 'from', 'value', 'unit', 'step', '__proto__'),
            tie('json'),
          ),
          { maxLength: 6 },
        )
        .map((pairs) => Object.fromEntries(pairs)),
    ),
  }));
  const limit = fc.record(
    {
      until: fc.constantFrom('accepted', 'resolved', 'closed', 'arrived', 5),
      from: fc.constantFrom('reported', 'dispatched', 'nowhere'),
      value: fc.oneof(fc.double(), fc.integer({ min: 1, max: 20 })),
      unit: fc.constantFrom('hours', 'working-hours', 'working-days', 'weeks'),
      step: fc.constantFrom('fine', '', 'x'.repeat(50)),
    },
    { requiredKeys: ['until', 'from', 'value', 'unit'] },
  );
  const near = fc.dictionary(fc.constantFrom('urban', 'urban.event.garbage', 'grid', 'fire'), fc.array(limit, { maxLength: 3 }));
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(json, near), (document) => {
      const parsed = caseLimitsDocument.safeParse(document);
      if (!parsed.success) return;
      taken += 1;
      const mine = createCaseLimits(parsed.data);
      for (const type of ['urban.event.garbage', 'grid.dispute'])
        for (const one of mine(type, 'III')!) expect(dueAt(0, one, calendar)).toBeGreaterThan(0);
      expect(mine('fire.building', 'III')).toBeNull();
    }),
    { seed: 53, numRuns: 500 },
  );
  expect(taken).toBeGreaterThan(20);
});

test('what is limited in working time is never due outside of it (seeded)', () => {
  const all = caseClasses.flatMap(({ type }) => limits(type, 'IV')!).filter(({ unit }) => unit !== 'hours');
  fc.assert(
    fc.property(fc.integer({ min: at('2026-01-01T00:00'), max: at('2026-12-01T00:00') }), fc.constantFrom(...all), (from, limit) => {
      const due = dueAt(from, limit, calendar);
      expect(due).toBeGreaterThan(from);
      expect(calendar.isWorkingDay(calendar.dayOf(due))).toBe(true);
      const minute = shown(due).slice(11);
      expect((minute >= '08:30' && minute <= '12:00') || (minute >= '14:00' && minute <= '17:30')).toBe(true);
      // And it is no less and no more than was granted.
      const hours = limit.unit === 'working-days' ? limit.value * 7 : limit.value;
      expect(calendar.workingMs(from, due)).toBe(Math.round(hours * 3_600_000));
    }),
    { seed: 54, numRuns: 400 },
  );
});
