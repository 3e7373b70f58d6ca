import { beforeEach, expect, test } from 'vitest';
import { nowhere } from '../../main/contract/place.ts';
import { createLatestValues } from '../../main/hub/readings/latest-values.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import type { Unit } from '../incident-contract.ts';
import type { SeenObservation } from '../rules/rule.ts';
import { aTask } from '../tasks/testdata/a-task.ts';
import { dwellMs } from '../units/fence.ts';
import { aUnit } from '../units/testdata/a-unit.ts';
import { UnitPositions } from './unit-positions.ts';

let ledger: MemoryLedger;
let positions: UnitPositions;
const cause = { kind: 'timer', id: 'test', by: 'test' } as const;
const put = (collection: string, value: { readonly id: string }) => ledger.commit([{ collection, op: 'put', key: value.id, value }], cause);
const unit = (more: Partial<Record<keyof Unit, unknown>>) => {
  const made = aUnit({ positionOf: 'gps/7', ...more });
  put('units', made);
  positions.refresh(made.id);
};
const value = (quantity: string, number: number | null, more: object = {}) =>
  ({
    asset: { id: 'gps/7', name: '苏B12345', place: nowhere },
    quantity,
    value: number,
    quality: 'good',
    at: 1000,
    receivedAt: 1000,
    late: false,
    ...more,
  }) as unknown as SeenObservation;
const drive = (lat: number, lon: number, at: number) => {
  positions.observed(value('latitude', lat, { at }), at);
  positions.observed(value('longitude', lon, { at }), at);
};

beforeEach(() => {
  ledger = new MemoryLedger();
  positions = new UnitPositions(ledger, createLatestValues({ flushMs: 100, clock: new ManualClock() }));
});

test('the vehicle that a unit names moves it, both halves of one time together', () => {
  unit({});
  positions.observed(value('latitude', 31.3), 1000);
  positions.observed(value('longitude', 119.8, { at: 1001 }), 1001);
  expect(positions.of('u1')).toBeNull();
  positions.observed(value('latitude', 31.4, { at: 1001 }), 1001);
  expect(positions.of('u1')).toEqual({ lat: 31.4, lon: 119.8, at: 1001, by: '苏B12345' });
});

test('what is late, bad, of another vehicle or older moves nobody', () => {
  unit({});
  drive(31.3, 119.8, 2000);
  const known = positions.of('u1');
  for (const more of [{ late: true }, { quality: 'bad' }, { value: null }, { asset: { id: 'gps/8', name: 'x' } }, { at: 1999 }])
    for (const [quantity, number] of [
      ['latitude', 1],
      ['longitude', 2],
    ] as const)
      positions.observed(value(quantity, number, { at: 3000, ...more }), 3000);
  expect(positions.of('u1')).toBe(known);
});

test('a unit that names another vehicle follows that one, and one that names none follows none', () => {
  unit({});
  unit({ positionOf: 'gps/8' });
  drive(31.3, 119.8, 2000);
  expect(positions.of('u1')).toBeNull();
  unit({ positionOf: 'gps/7' });
  drive(31.3, 119.8, 3000);
  expect(positions.of('u1')).not.toBeNull();
  unit({ positionOf: null });
  drive(31.4, 119.8, 4000);
  expect(positions.of('u1')).toMatchObject({ lat: 31.3 });
});

test('one from the future is no measure for the next', () => {
  unit({});
  drive(31.3, 119.8, 90_000);
  positions.set('u1', { lat: 31.5, lon: 119.8, at: 5000, by: 'U-1' }, 5000);
  expect(positions.of('u1')).toMatchObject({ lat: 31.5 });
});

test('who stays near the place of the task has arrived, once; who has no task never does', () => {
  put('tasks', aTask({ state: 'enRoute', place: { ...nowhere, lat: 31.36, lon: 119.82 } }));
  unit({ state: 'enRoute', task: 't1' });
  drive(31.36, 119.82, 1000);
  drive(31.3601, 119.82, 1000 + dwellMs);
  expect(positions.takeArrived()).toEqual(['t1']);
  expect(positions.takeArrived()).toEqual([]);
  unit({ state: 'onScene', task: 't1' });
  drive(31.36, 119.82, 2000 + dwellMs * 2);
  drive(31.36, 119.82, 2000 + dwellMs * 4);
  expect(positions.takeArrived()).toEqual([]);
});
