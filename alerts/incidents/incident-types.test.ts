import { expect, test } from 'vitest';
import { capability, incidentType, timer } from '../incident-contract.ts';
import { capabilities } from './capabilities.ts';
import { incidentTypeOf, incidentTypes } from './incident-types.ts';
import { latestPlan } from './plans.ts';
import { upwardReportMinutes } from './upward-report-minutes.ts';
import { calendar } from './testdata/desk.ts';
import { spanMs } from '../timers/move-instant.ts';

const levels = ['IV', 'III', 'II', 'I'] as const;
const rows = [...incidentTypes.values()];

test('there is a type for whatever a city of this kind is called for', () => {
  expect(rows.filter(({ type }) => !type.includes('.')).map(({ type }) => type)).toEqual([
    'traffic',
    'fire',
    'rescue',
    'medical',
    'public-order',
    'flood',
    'utilities',
    'environment',
    'cyber',
    'grid',
    'urban',
    'other',
  ]);
});

test.each(rows.map((row) => [row.type, row] as const))('%s is whole', (type, row) => {
  expect(incidentType.safeParse(type).success).toBe(true);
  expect(row.zh).toMatch(/\p{Script=Han}/u);
  expect(row.en).toMatch(/^[A-Z]/);
  expect(row.planId === null || latestPlan(row.planId) !== null).toBe(true);
  for (const related of row.related) expect(incidentTypes.has(related)).toBe(true);
  expect(row.sameWithin.metres).toBeGreaterThan(0);
  expect(row.sameWithin.minutes).toBeGreaterThan(0);
  for (const { capability: name } of [...levels.flatMap((level) => row.runCard.byLevel[level]), ...row.runCard.secondAlarm]) {
    expect(capability.safeParse(name).success).toBe(true);
    expect(Object.keys(capabilities)).toContain(name);
  }
  // Every parent is in the table, so that what is left out has somewhere to come from.
  if (type.includes('.')) expect(incidentTypes.has(type.slice(0, type.lastIndexOf('.')))).toBe(true);
});

test.each(rows.map((row) => [row.type, row] as const))('%s: the worse it is, the more is sent and the less time there is', (_type, row) => {
  for (let index = 1; index < levels.length; index++) {
    const [less, more] = [levels[index - 1]!, levels[index]!];
    const units = (level: (typeof levels)[number]) => row.runCard.byLevel[level].reduce((sum, { count }) => sum + count, 0);
    expect(units(less)).toBeGreaterThan(0);
    expect(units(more)).toBeGreaterThanOrEqual(units(less));
    for (const limit of row.limits(less)) {
      const worse = row.limits(more).find(({ until }) => until === limit.until);
      expect(worse && spanMs(worse, calendar)).toBeLessThanOrEqual(spanMs(limit, calendar));
    }
  }
});

test.each(rows.map((row) => [row.type, row] as const))('%s has limits that are known, at most eight, each once', (_type, row) => {
  for (const level of levels) {
    const limits = row.limits(level);
    expect(limits.length).toBeLessThanOrEqual(8);
    expect(new Set(limits.map(({ until, step }) => `${until}.${step}`)).size).toBe(limits.length);
    for (const { until, unit, value } of limits) {
      expect(timer.shape.until.options).toContain(until);
      expect(timer.shape.unit.options).toContain(unit);
      expect(value).toBeGreaterThan(0);
    }
    expect(limits.some(({ until }) => until === 'first-report')).toBe(upwardReportMinutes[level] !== null);
  }
});

test.each([
  ['traffic.accident.lorry', 'traffic.accident'],
  ['traffic.unheard-of', 'traffic'],
  ['urban.street-order.stalls', 'urban'],
  ['traffic', 'traffic'],
  ['weather', undefined],
  ['trafficked', undefined],
])('%s is looked up as %s', (type, found) => {
  expect(incidentTypeOf(type)?.type).toBe(found);
});

test('a serious matter is reported upward within the hour, an ordinary one is not', () => {
  expect(levels.map((level) => upwardReportMinutes[level])).toEqual([null, 240, 60, 60]);
});
