import { expect, test } from 'vitest';
import type { IncidentState, TaskState } from '../incident-contract.ts';
import { Desk } from './testdata/desk.ts';

type Said = readonly [task: string, state: TaskState, more?: { queued: boolean }];

test.each<[string, readonly Said[], IncidentState]>([
  ['one is sent', [['a', 'sent']], 'dispatched'],
  [
    'it takes the task',
    [
      ['a', 'sent'],
      ['a', 'accepted'],
    ],
    'acknowledged',
  ],
  [
    'it is on its way',
    [
      ['a', 'sent'],
      ['a', 'accepted'],
      ['a', 'enRoute'],
    ],
    'enRoute',
  ],
  [
    'it arrives',
    [
      ['a', 'sent'],
      ['a', 'onScene'],
    ],
    'onScene',
  ],
  [
    'a second one is sent',
    [
      ['a', 'sent'],
      ['a', 'onScene'],
      ['b', 'sent'],
      ['b', 'accepted'],
    ],
    'onScene',
  ],
  [
    'the first to arrive counts',
    [
      ['a', 'sent'],
      ['b', 'sent'],
      ['b', 'onScene'],
      ['a', 'enRoute'],
    ],
    'onScene',
  ],
  [
    'one of two is done',
    [
      ['a', 'sent'],
      ['b', 'sent'],
      ['a', 'done'],
    ],
    'dispatched',
  ],
  [
    'both are done',
    [
      ['a', 'sent'],
      ['b', 'sent'],
      ['a', 'done'],
      ['b', 'done'],
    ],
    'resolved',
  ],
  [
    'one is done, one was called back',
    [
      ['a', 'sent'],
      ['b', 'sent'],
      ['a', 'done'],
      ['b', 'cancelled'],
    ],
    'resolved',
  ],
  [
    'the only one refuses',
    [
      ['a', 'sent'],
      ['a', 'refused'],
    ],
    'filed',
  ],
  [
    'both refuse',
    [
      ['a', 'sent'],
      ['b', 'sent'],
      ['a', 'refused'],
      ['b', 'refused'],
    ],
    'filed',
  ],
  [
    'one refuses and another goes',
    [
      ['a', 'sent'],
      ['b', 'sent'],
      ['a', 'refused'],
      ['b', 'enRoute'],
    ],
    'enRoute',
  ],
  ['it waits behind another', [['a', 'sent', { queued: true }]], 'filed'],
  [
    'its turn comes',
    [
      ['a', 'sent', { queued: true }],
      ['a', 'sent', { queued: false }],
    ],
    'dispatched',
  ],
  [
    'a unit is sent after the first is done',
    [
      ['a', 'sent'],
      ['a', 'done'],
      ['b', 'sent'],
    ],
    'dispatched',
  ],
])('%s', (_name, said, state) => {
  const desk = new Desk();
  desk.advance('accept');
  desk.advance('file');
  for (const [task, is, more] of said) expect(desk.task(task, is, more)).toBeNull();
  expect(desk.incident.state).toBe(state);
  // Each is told once, and each move has an entry of its own.
  expect(desk.log.filter(({ kind }) => kind === 'task')).toHaveLength(said.length);
  const moves = desk.entries.filter((entry) => entry.kind === 'moved');
  expect(moves.every(({ body }, index) => body.from === (moves[index - 1]?.body.to ?? 'reported'))).toBe(true);
});

test.each<[IncidentState]>([['reported'], ['accepted']])(
  'in an emergency a unit is sent from %s; what was leapt over is not known',
  (state) => {
    const desk = new Desk();
    if (state === 'accepted') desk.advance('accept');
    expect(desk.task('a', 'sent')).toBeNull();
    expect(desk.incident).toMatchObject({ state: 'dispatched', instants: { filed: null, dispatched: desk.now } });
    expect(desk.incident.timers.filter(({ metAt }) => metAt === null).map(({ until }) => until)).not.toContain('accepted');
  },
);

test('what was refused in a round before does not count in this one', () => {
  const desk = new Desk();
  desk.task('a', 'sent');
  desk.task('a', 'done');
  desk.now += 1000;
  desk.advance('rework');
  desk.now += 1000;
  desk.task('b', 'sent');
  desk.task('b', 'refused');
  // Nobody did it this time: it waits for somebody else.
  expect(desk.incident.state).toBe('filed');
});

test('what is over takes no tasks, and what is suspended sends nobody but hears who is out there', () => {
  const desk = new Desk();
  desk.task('a', 'sent');
  desk.advance('suspend');
  expect(desk.task('b', 'sent')).toBe('incident-event-illegal');
  expect(desk.task('c', 'sent', { queued: true })).toBe('incident-event-illegal');
  expect(desk.task('a', 'onScene')).toBeNull();
  expect(desk.incident.state).toBe('onScene');
  // Nothing is finished while it is put aside.
  expect(desk.task('a', 'done')).toBeNull();
  expect(desk.incident.state).toBe('onScene');
  desk.advance('void');
  expect(desk.task('d', 'sent')).toBe('incident-closed');
});

test('when it was put under control, a unit that is called back changes nothing', () => {
  const desk = new Desk();
  desk.task('a', 'sent');
  desk.advance('control', { openTasks: 0 });
  desk.task('a', 'cancelled');
  expect(desk.incident.state).toBe('controlled');
});
