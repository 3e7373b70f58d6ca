import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Alert, Severity } from '../../../alerts/contract.ts';
import type { AlertId } from '../../../main/contract/ids.ts';
import { nowhere } from '../../../main/contract/place.ts';
import { alertRows, alertState, alertSummary, noFilter, type AlertFilter } from './alert-rows.ts';

const alert = (id: string, severity: Severity, raisedAt: number, more: Partial<Alert> = {}) =>
  ({
    id: id as AlertId,
    severity,
    raisedAt,
    rule: 'utilities.pump-trip',
    system: 'utilities',
    title: { zh: `泵 ${id} 停机`, en: `Pump ${id} tripped` },
    labels: { system: 'utilities', district: '320282' },
    subject: { kind: 'asset', id: `pumps/${id}`, name: `P-${id}` },
    place: { ...nowhere, text: '东仓大道' },
    active: true,
    acknowledged: null,
    shelved: null,
    held: null,
    ...more,
  }) as Alert;
const seen = { acknowledged: { by: 'Li', at: 1, note: null } };
const shelved = { shelved: { by: 'Li', at: 1, until: 9, reason: 'x' }, held: { by: 'shelve' as const, what: 'Li', until: 9 } };
const held = { held: { by: 'flood' as const, what: 'desk', until: null } };
const all = [
  alert('1', 'low', 9),
  alert('2', 'critical', 1),
  alert('3', 'critical', 5, seen),
  alert('4', 'high', 2),
  alert('5', 'high', 3),
  alert('6', 'high', 4, { active: false }),
  alert('7', 'critical', 8, shelved),
  alert('8', 'medium', 7, held),
];
const ids = (filter: Partial<AlertFilter>) =>
  alertRows(all, { ...noFilter, ...filter })
    .map(({ id }) => id)
    .join('');

test('the worst first, of these what nobody has acknowledged, the newest first; what disturbs nobody last', () => {
  expect(ids({})).toBe('23546178');
});

test.each<[string, Partial<AlertFilter>, string]>([
  ['a severity', { severities: ['high', 'low'] }, '5461'],
  ['a system', { system: 'utilities' }, '23546178'],
  ['another system', { system: 'grid' }, ''],
  ['active', { state: 'active' }, '23541'],
  ['not acknowledged', { state: 'unacknowledged' }, '2541'],
  ['over', { state: 'cleared' }, '6'],
  ['shelved', { state: 'shelved' }, '7'],
  ['held', { state: 'held' }, '8'],
  ['a word of its title', { text: 'PUMP 4' }, '4'],
  ['Chinese', { text: '停机 东仓' }, '23546178'],
  ['a label', { text: '320282 p-5' }, '5'],
  ['what is nowhere', { text: 'nowhere' }, ''],
])('narrowed to %s', (_what, filter, expected) => {
  expect(ids(filter)).toBe(expected);
});

test('each alert has one state', () => {
  expect(all.map(alertState)).toEqual([
    'unacknowledged',
    'unacknowledged',
    'acknowledged',
    'unacknowledged',
    'unacknowledged',
    'cleared',
    'shelved',
    'held',
  ]);
});

test('the summary counts what holds and what waits, and only what is neither seen nor held may sound', () => {
  const { sounding, ...counts } = alertSummary(all.map((one) => [one.id, one]));
  expect(counts).toEqual({
    active: { critical: 2, high: 2, medium: 0, low: 1 },
    open: { critical: 1, high: 2, medium: 0, low: 1 },
    unacknowledged: 5,
    flooded: 1,
  });
  expect(Object.fromEntries(sounding)).toEqual({ 1: 'low', 2: 'critical', 4: 'high', 5: 'high' });
});

test('the order is the same however they come', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }), (shuffled) => {
      expect(alertRows(shuffled, noFilter).map(({ id }) => id)).toEqual([...'23546178']);
    }),
    { seed: 20261127, numRuns: 100 },
  );
});
