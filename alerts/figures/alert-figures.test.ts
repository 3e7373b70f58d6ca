import { expect, test } from 'vitest';
import { alertFigures } from '../contract.ts';
import { PipelineRig, signalOf } from '../pipeline/testdata/pipeline-rig.ts';
import { start } from '../rules/testdata/inputs.ts';
import { AlertFigures } from './alert-figures.ts';
import type { HistoryEntry } from './history-entry.ts';

const minute = 60_000;
// A boundary of the ten-minute windows.
const origin = Math.ceil(start / (10 * minute)) * 10 * minute;
const entry = (atMinutes: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  at: origin + atMinutes * minute,
  kind: 'raised',
  alertId: 'alert-1',
  rule: 'level',
  subject: 'asset:p',
  severity: 'low',
  operator: null,
  waitedMs: null,
  drill: false,
  ...more,
});
const acknowledged = (atMinutes: number, operator: string, waitedMinutes: number) =>
  entry(atMinutes, { kind: 'acknowledged', operator, waitedMs: waitedMinutes * minute });
const figuresOf = (entries: readonly HistoryEntry[]) => {
  const figures = new AlertFigures();
  for (const one of entries) figures.add(one);
  return figures.result([], origin);
};

test('nothing happened: nothing is reckoned, and nothing is not a number', () => {
  expect(figuresOf([])).toEqual({
    alerts: 0,
    peakTenMinutes: 0,
    operators: [],
    floodMinutes: 0,
    standing: [],
    badActors: [],
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0 },
  });
  const whole = { since: origin, ...figuresOf([entry(1)]) };
  expect(alertFigures.result.parse(whole)).toEqual(whole);
});

test('of each operator how many, the most in ten minutes, and how long they had waited', () => {
  const entries = [
    ...Array.from({ length: 19 }, (_, index) => acknowledged(index < 10 ? index : 30 + index * 5, 'li', index + 1)),
    acknowledged(200, 'li', 100),
    acknowledged(1, 'wang', 3),
  ];
  expect(figuresOf(entries).operators).toEqual([
    { name: 'li', acknowledged: 20, peakTenMinutes: 10, waitedP50Ms: 10 * minute, waitedP95Ms: 19 * minute },
    { name: 'wang', acknowledged: 1, peakTenMinutes: 1, waitedP50Ms: 3 * minute, waitedP95Ms: 3 * minute },
  ]);
});

test.each<[string, number[], number]>([
  ['ten in ten minutes are none', Array.from({ length: 10 }, () => 1), 0],
  ['eleven are', Array.from({ length: 11 }, () => 1), 10],
  ['in two windows', [...Array.from({ length: 11 }, () => 1), ...Array.from({ length: 12 }, () => 25)], 20],
])('time in flood: %s', (_name, minutes, expected) => {
  expect(figuresOf(minutes.map((at) => entry(at))).floodMinutes).toBe(expected);
});

test('the busiest ten minutes lie wherever they lie, also across two windows that are no flood', () => {
  const { peakTenMinutes, floodMinutes } = figuresOf([
    ...Array.from({ length: 8 }, () => entry(9)),
    ...Array.from({ length: 8 }, () => entry(11)),
  ]);
  expect([peakTenMinutes, floodMinutes]).toEqual([16, 0]);
  expect(figuresOf([entry(1), entry(2, { drill: true }), entry(11)]).peakTenMinutes).toBe(1);
});

test('who raises most, with his share; exercises, and what only cleared, count for nothing', () => {
  const { alerts, badActors, bySeverity } = figuresOf([
    entry(1),
    entry(2),
    entry(3, { subject: 'asset:q', severity: 'critical' }),
    entry(4, { rule: 'silent' }),
    entry(5, { drill: true }),
    entry(6, { kind: 'cleared' }),
    entry(7, { kind: 'dropped' }),
  ]);
  expect([alerts, bySeverity]).toEqual([4, { critical: 1, high: 0, medium: 0, low: 3 }]);
  expect(badActors).toEqual([
    { rule: 'level', subject: 'asset:p', count: 2, share: 0.5 },
    { rule: 'level', subject: 'asset:q', count: 1, share: 0.25 },
    { rule: 'silent', subject: 'asset:p', count: 1, share: 0.25 },
  ]);
  expect(figuresOf(Array.from({ length: 50 }, (_, index) => entry(1, { subject: String(index) }))).badActors).toHaveLength(20);
});

test('what stands for more than a day, the oldest first', () => {
  const rig = new PipelineRig({ groupWaitMs: 0 });
  rig.fold([signalOf({ key: 'b' }), signalOf({ key: 'over' }), signalOf({ key: 'drill', drill: true })], 60);
  rig.fold([signalOf({ key: 'a' }), signalOf({ key: 'over', kind: 'clear' })], 120);
  const standing = (now: number) => new AlertFigures().result(rig.alerts.values(), now).standing;
  expect(standing(start + 86_400_000 + 61_000)).toEqual([rig.of('b')!.id]);
  expect(standing(start + 86_400_000 + 121_000)).toEqual([rig.of('b')!.id, rig.of('a')!.id]);
});
