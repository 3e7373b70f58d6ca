import { expect, test } from 'vitest';
import { nowhere } from '../../../main/contract/place.ts';
import { incidentBoard, type ShownIncident, type UnitTask } from './incident-board.ts';

type Timer = ShownIncident['timers'][number];
const timer = (until: Timer['until'], dueAt: number, more: Partial<Timer> = {}): Timer => ({
  id: until,
  until,
  step: null,
  limitMs: 1000,
  startedAt: 0,
  dueAt,
  unit: 'hours',
  pausedAt: null,
  metAt: null,
  warned: [],
  ...more,
});
const incident = (id: string, more: Partial<ShownIncident> = {}, reported = 100): ShownIncident => ({
  id: id as ShownIncident['id'],
  number: `2026-1127-${id}`,
  level: 'IV',
  state: 'accepted',
  suspended: null,
  title: id,
  place: nowhere,
  instants: { reported } as ShownIncident['instants'],
  timers: [],
  simulated: false,
  drill: false,
  ...more,
});
const task = (of: string, state: UnitTask['state']) => ({ incident: of as UnitTask['incident'], state });

test('open ones, the worst first; what is late before what is not, the oldest first; drills last', () => {
  const incidents = [
    incident('drill', { level: 'I', drill: true }),
    incident('new', {}, 300),
    incident('old', {}, 100),
    incident('late', { timers: [timer('arrived', 999)] }, 400),
    incident('grave', { level: 'II' }, 900),
    ...(['closed', 'rejected', 'duplicate', 'merged', 'transferred', 'voided'] as const).map((state) =>
      incident(state, { state, level: 'I' }),
    ),
  ];
  const board = incidentBoard(incidents, [], 1000);
  expect(board.rows.map(({ id }) => id)).toEqual(['grave', 'late', 'old', 'new', 'drill']);
  expect(board).toMatchObject({ byLevel: { I: 0, II: 1, III: 0, IV: 3 }, late: 1 });
});

test('what is due next is the first that still runs', () => {
  const due = (...timers: Timer[]) => incidentBoard([incident('a', { timers })], [], 1000).rows[0]!.due;
  expect(due(timer('closed', 9000), timer('arrived', 2000), timer('accepted', 500, { metAt: 400 }))).toEqual({
    until: 'arrived',
    at: 2000,
    late: false,
  });
  expect(due(timer('resolved', 999))).toEqual({ until: 'resolved', at: 999, late: true });
  expect(due(timer('resolved', 1000))).toMatchObject({ late: false });
  expect(due(timer('resolved', 5, { pausedAt: 1 }))).toBeNull();
  expect(due()).toBeNull();
});

test('the clock of a suspended one stands still, and it is not late', () => {
  const suspended = { by: 'li', at: 1, reason: 'waits' };
  const board = incidentBoard([incident('a', { suspended, timers: [timer('closed', 5)] })], [], 1000);
  expect(board.rows).toMatchObject([{ suspended: true, due: null }]);
  expect(board.late).toBe(0);
});

test('units are counted by how far they are; who is done or refused is not on the way', () => {
  const tasks = [
    task('a', 'sent'),
    task('a', 'accepted'),
    task('a', 'enRoute'),
    task('a', 'onScene'),
    task('a', 'onScene'),
    task('a', 'done'),
    task('a', 'refused'),
    task('a', 'cancelled'),
    task('b', 'enRoute'),
  ];
  const [a, b, c] = incidentBoard([incident('a', {}, 1), incident('b', {}, 2), incident('c', {}, 3)], tasks, 1000).rows;
  expect(a!.units).toEqual({ called: 2, underWay: 1, onScene: 2 });
  expect(b!.units).toEqual({ called: 0, underWay: 1, onScene: 0 });
  expect(c!.units).toEqual({ called: 0, underWay: 0, onScene: 0 });
});
