import { describe, expect, test } from 'vitest';
import type { Incident, Task, Unit } from '../../../alerts/incident-contract.ts';
import { boardRows, type BoardFilter, type BoardInput, type BoardSort } from './board-rows.ts';
import { anIncident, aTask, aTimer, aUnit } from './testdata/an-incident.ts';

const now = 1_800_000_000_000;
const all: readonly Incident[] = [
  anIncident({ id: 'a', number: '2026-1127-0001', level: 'IV', title: '占道', reportedAt: now - 1000, owner: 'wang' }),
  anIncident({
    id: 'b',
    number: '2026-1127-0002',
    level: 'I',
    title: '起火',
    reportedAt: now - 2000,
    timers: [aTimer({ dueAt: now + 60_000 })],
  }),
  anIncident({
    id: 'c',
    number: '2026-1127-0003',
    level: 'III',
    title: '相撞',
    reportedAt: now - 3000,
    timers: [aTimer({ dueAt: now - 1 })],
    placeText: '解放路 Crossing',
  }),
  anIncident({ id: 'd', number: '2026-1127-0004', level: 'I', title: '演练起火', reportedAt: now - 4000, drill: true }),
  anIncident({
    id: 'e',
    number: '2026-1126-0009',
    level: 'II',
    title: '昨日',
    reportedAt: now - 90_000_000,
    state: 'closed',
    timers: [aTimer({ dueAt: now - 1 })],
  }),
];
const tasks: readonly Task[] = [
  aTask({ id: 't1', incident: 'c', unit: 'u1', state: 'enRoute' }),
  aTask({ id: 't2', incident: 'c', unit: 'u2', state: 'done' }),
  aTask({ id: 't3', incident: 'c', unit: 'u1' }),
];
const units = new Map<string, Unit>([['u1', aUnit({ id: 'u1', number: 'J01' })]]);
const input: BoardInput = {
  incidents: all,
  tasks,
  unit: (id) => units.get(id),
  userId: 'u-wang',
  typeWords: (type) => `交通事故 Traffic accident ${type}`,
  now,
};
const open: BoardFilter = { text: '', which: 'open', level: null, drills: 'with' };
const ids = (filter: Partial<BoardFilter>, sort: BoardSort = 'urgency') =>
  boardRows(input, { ...open, ...filter }, sort)
    .map(({ incident }) => incident.id)
    .join('');

describe('the board', () => {
  test.each<[string, Partial<BoardFilter>, string]>([
    ['what is late comes first, then the worst, then what is due sooner', {}, 'cbda'],
    ['mine', { which: 'mine' }, 'a'],
    ['late ones; what is over is late no more', { which: 'late' }, 'c'],
    ['those that are over', { which: 'over' }, 'e'],
    ['all', { which: 'all' }, 'cbdea'],
    ['one level', { level: 'I' }, 'bd'],
    ['without drills', { drills: 'without' }, 'cba'],
    ['drills alone', { drills: 'only' }, 'd'],
    ['by number', { text: '0003' }, 'c'],
    ['by place, in any case', { text: 'crossing' }, 'c'],
    ['by type in the other language, every word', { text: 'accident 占道' }, 'a'],
    ['by nothing that there is', { text: 'zzz' }, ''],
  ])('%s', (_, filter, wanted) => {
    expect(ids(filter)).toBe(wanted);
  });

  test.each<[BoardSort, string]>([
    ['newest', 'abcd'],
    ['number', 'dcba'],
    ['level', 'bdca'],
    ['owner', 'abcd'],
  ])('in the order of %s', (sort, wanted) => {
    expect(ids({}, sort)).toBe(wanted);
  });

  test('only units that are on it are named, each once', () => {
    expect(boardRows(input, { ...open, text: '相撞' }, 'newest')[0]!.units).toEqual(['J01']);
  });

  test('the order of what comes in does not matter', () => {
    const reversed = boardRows({ ...input, incidents: all.toReversed() }, open, 'urgency').map(({ incident }) => incident.id);
    expect(reversed.join('')).toBe(ids({}));
  });
});
