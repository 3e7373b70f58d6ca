import { expect, test } from 'vitest';
import { nowhere } from '../../../main/contract/place.ts';
import { alertBoard, type ShownAlert } from './alert-board.ts';

const seen = { by: 'li', at: 5, note: null };
const alert = (id: string, more: Partial<ShownAlert> = {}): ShownAlert => ({
  id: id as ShownAlert['id'],
  severity: 'low',
  title: { zh: '停车场 已满', en: 'Car park is full' },
  subject: { kind: 'asset', id: 'p/1', name: '东氿广场停车场' },
  place: nowhere,
  active: true,
  since: 1000,
  count: 1,
  acknowledged: null,
  held: null,
  firstOut: false,
  simulated: false,
  drill: false,
  ...more,
});
const ids = (alerts: readonly ShownAlert[], atLeast?: ShownAlert['severity']) => alertBoard(alerts, atLeast).rows.map(({ id }) => id);

test('the worst first; then what nobody has acknowledged, then the newest', () => {
  const alerts = [
    alert('low'),
    alert('medium-over', { severity: 'medium', active: false }),
    alert('medium-seen', { severity: 'medium', acknowledged: seen, since: 9000 }),
    alert('medium-old', { severity: 'medium', since: 1 }),
    alert('medium-new', { severity: 'medium', since: 2 }),
    alert('critical', { severity: 'critical', acknowledged: seen, since: 0 }),
    alert('drill', { severity: 'critical', drill: true }),
  ];
  const expected = ['critical', 'medium-new', 'medium-old', 'medium-seen', 'medium-over', 'low', 'drill'];
  expect(ids(alerts)).toEqual(expected);
  expect(ids(alerts.toReversed())).toEqual(expected);
});

test('what is held back is counted and not listed; what is over and seen is gone', () => {
  const board = alertBoard([
    alert('held', { severity: 'high', held: { by: 'shelve', what: 'li', until: 9 } }),
    alert('over', { active: false, acknowledged: seen }),
    alert('shown', { severity: 'high' }),
    alert('drill', { severity: 'high', drill: true }),
  ]);
  expect(board.rows.map(({ id }) => id)).toEqual(['shown', 'drill']);
  expect(board).toMatchObject({ held: 1, bySeverity: { critical: 0, high: 1, medium: 0, low: 0 } });
});

test('below the least severity nothing counts, held or not', () => {
  const alerts = [
    alert('low', { held: { by: 'flood', what: '', until: null } }),
    alert('medium', { severity: 'medium' }),
    alert('high', { severity: 'high' }),
  ];
  expect(ids(alerts, 'high')).toEqual(['high']);
  expect(alertBoard(alerts, 'high').held).toBe(0);
  expect(alertBoard(alerts, 'low').held).toBe(1);
});

test.each([
  [false, null, 'unacknowledged'],
  [false, seen, 'acknowledged'],
  [true, null, 'over'],
] as const)('cleared %s and acknowledged %j is %s', (cleared, acknowledged, state) => {
  expect(alertBoard([alert('a', { active: !cleared, acknowledged })]).rows).toMatchObject([{ state }]);
});

test('where it is, is said once', () => {
  const where = (more: Partial<ShownAlert>) => alertBoard([alert('a', more)]).rows[0]!.where;
  expect(where({})).toBe('东氿广场停车场');
  expect(where({ place: { ...nowhere, text: '解放东路 1 号' } })).toBe('解放东路 1 号');
  expect(where({ title: { zh: '东氿广场停车场 已满', en: '东氿广场停车场 is full' } })).toBeNull();
  expect(where({ subject: { kind: 'feed', id: 'f', name: '' } })).toBeNull();
});
