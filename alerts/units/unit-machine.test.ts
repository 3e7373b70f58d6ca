import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../main/contract/ids.ts';
import type { Unit, UnitState } from '../incident-contract.ts';
import { aUnit } from './testdata/a-unit.ts';
import { moveUnit, queueAtMost, type UnitEvent } from './unit-machine.ts';

const now = 5000;
const t = (id: string) => id as TaskId;
const assign = (task: string, queue = false): UnitEvent => ({ kind: 'assign', task: t(task), queue });
const release = (task: string): UnitEvent => ({ kind: 'release', task: t(task) });
const follow = (task: string, state: 'enRoute' | 'onScene'): UnitEvent => ({ kind: 'follow', task: t(task), state, by: 'field' });
const status = (state: Extract<UnitEvent, { kind: 'status' }>['state'], reason: string | null = null): UnitEvent => ({
  kind: 'status',
  state,
  by: 'radio',
  reason,
  backAt: null,
});
const busyUnit = { state: 'enRoute', task: 't1' };

describe('what becomes of a unit', () => {
  const rows: readonly (readonly [string, object, UnitEvent, object | string])[] = [
    ['one that stands by takes a task', {}, assign('t1'), { task: 't1', state: 'committed', stateBy: 'task', stateAt: now }],
    ['one that was late', { state: 'delayed', reason: 'fuel' }, assign('t1'), { task: 't1', state: 'committed', reason: null }],
    ['one on its way home', { state: 'returning' }, assign('t1'), { task: 't1' }],
    ['one that stands ready elsewhere', { state: 'staging' }, assign('t1'), { task: 't1' }],
    ['one out of service does not', { state: 'outOfService' }, assign('t1'), 'unit-not-available'],
    ['nor one that is unavailable', { state: 'unavailable' }, assign('t1', true), 'unit-not-available'],
    ['one with a task refuses a second', busyUnit, assign('t2'), 'unit-busy'],
    ['unless it may wait', busyUnit, assign('t2', true), { task: 't1', queued: ['t2'], state: 'enRoute' }],
    ['behind eight nothing waits', { ...busyUnit, queued: [...'abcdefgh'] }, assign('t2', true), 'unit-busy'],
    ['its task moves it', { state: 'committed', task: 't1' }, follow('t1', 'enRoute'), { state: 'enRoute', stateBy: 'field' }],
    ['also from where it waited', { state: 'staging', task: 't1' }, follow('t1', 'onScene'), { state: 'onScene' }],
    ['another task does not', busyUnit, follow('t2', 'onScene'), 'unit-busy'],
    ['the end of its task frees it', busyUnit, release('t1'), { task: null, state: 'available', lastReleasedAt: now }],
    [
      'the next of its queue follows',
      { ...busyUnit, queued: ['t2', 't3'] },
      release('t1'),
      { task: 't2', queued: ['t3'], state: 'committed' },
    ],
    [
      'one that waited is called back',
      { ...busyUnit, queued: ['t2', 't3'] },
      release('t2'),
      { task: 't1', queued: ['t3'], state: 'enRoute' },
    ],
    ['it says that it is back late', {}, status('delayed', 'fuel'), { state: 'delayed', reason: 'fuel', stateBy: 'radio' }],
    ['it is free again', { state: 'outOfService', reason: 'tyre' }, status('available'), { state: 'available', reason: null }],
    ['with a task it is not free by word', busyUnit, status('available'), 'unit-busy'],
    ['nor on its way home', busyUnit, status('returning'), 'unit-busy'],
    ['but may wait near the scene', busyUnit, status('staging'), { state: 'staging', task: 't1' }],
  ];
  test.each(rows)('%s', (_name, more, event, expected) => {
    const unit = aUnit(more);
    const moved = moveUnit(unit, event, now);
    if (typeof expected === 'string') {
      expect(moved).toMatchObject({ ok: false, error: { code: expected } });
      return;
    }
    expect(moved).toMatchObject({ ok: true, value: { ...expected, revision: unit.revision + 1 } });
    // Saying it twice is no change.
    if (moved.ok) expect(moveUnit(moved.value, event, now + 1)).toEqual({ ok: true, value: moved.value });
  });

  test('a task that it does not have is no change', () => {
    const unit = aUnit(busyUnit);
    const released = moveUnit(unit, release('other'), now);
    expect(released.ok && released.value).toBe(unit);
  });
});

const bound: ReadonlySet<UnitState> = new Set<UnitState>(['committed', 'enRoute', 'onScene']);

test('whatever happens, a unit has one active task at most, none twice, and is bound only while it has one', () => {
  const task = fc.constantFrom(...'abcdefghijkl').map(t);
  const anyEvent: fc.Arbitrary<UnitEvent> = fc.oneof(
    fc.record({ kind: fc.constant('assign' as const), task, queue: fc.boolean() }),
    fc.record({ kind: fc.constant('release' as const), task }),
    fc.record({
      kind: fc.constant('follow' as const),
      task,
      state: fc.constantFrom('enRoute' as const, 'onScene' as const),
      by: fc.constant('field' as const),
    }),
    fc.record({
      kind: fc.constant('status' as const),
      state: fc.constantFrom('available', 'delayed', 'unavailable', 'outOfService', 'staging', 'returning'),
      by: fc.constantFrom('desk', 'radio'),
      reason: fc.constantFrom(null, 'fuel'),
      backAt: fc.constant(null),
    }),
  );
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 80 }), (events) => {
      let unit: Unit = aUnit();
      events.forEach((event, at) => {
        const moved = moveUnit(unit, event, at);
        if (!moved.ok) return;
        expect(moved.value.revision - unit.revision).toBe(moved.value === unit ? 0 : 1);
        unit = moved.value;
        if (bound.has(unit.state)) expect(unit.task).not.toBeNull();
        if (unit.task === null) expect(unit.queued).toEqual([]);
        else expect(['staging', ...bound]).toContain(unit.state);
        expect(unit.queued.length).toBeLessThanOrEqual(queueAtMost);
        const all = [unit.task, ...unit.queued];
        expect(new Set(all).size).toBe(all.length);
        if (event.kind === 'release') expect(moveUnit(unit, event, at + 1)).toEqual({ ok: true, value: unit });
      });
    }),
    { seed: 20261127, numRuns: 300 },
  );
});
