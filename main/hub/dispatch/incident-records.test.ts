import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IncidentLogEntry } from '../../../alerts/incident-contract.ts';
import { silentLog } from '../../contract/log.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { createIncidentRecords } from './incident-records.ts';

let folder = '';
let ledger: SqliteLedger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-incident-records-'));
  ledger = openLedger(folder, { changesKept: 10, clock: { now: () => 1 }, log: silentLog });
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true });
});

const entry = (incidentId: string, seq: number): IncidentLogEntry => ({
  seq,
  incidentId: incidentId as IncidentLogEntry['incidentId'],
  at: 10 + seq,
  enteredAt: 20 + seq,
  by: 'wang',
  from: seq % 2 === 0 ? null : 'desk 1',
  kind: 'note',
  body: { text: `第${seq}条 "quoted"` },
  corrects: seq === 3 ? 1 : null,
});
const within = (write: () => void) => ledger.transact({ changes: [], cause: { kind: 'timer', id: 'test', by: 'test' } }, write);

test('what was written is read as it was, a page at a time, each incident apart', () => {
  const records = createIncidentRecords(ledger);
  within(() => records.append([entry('a', 1), entry('b', 1), entry('a', 2), entry('a', 3)]));
  expect(records.read('a', 0, 2)).toEqual([entry('a', 1), entry('a', 2)]);
  expect(records.read('a', 2, 2)).toEqual([entry('a', 3)]);
  expect(records.read('b', 0, 9)).toEqual([entry('b', 1)]);
  expect(records.read('c', 0, 9)).toEqual([]);
});

test('a situation report is told how the incident is, and of the words the last', () => {
  const records = createIncidentRecords(ledger);
  const kinds = [
    'opened',
    'note',
    'alert',
    'note',
    'report',
    'correction',
    'timer',
    'task',
    'unit',
    'note',
    'plan',
    'edited',
    'moved',
    'merge',
  ] as const;
  within(() => records.append([...kinds.map((kind, index) => ({ ...entry('a', index + 1), kind })), { ...entry('b', 1), kind: 'opened' }]));
  expect([...records.readForReport('a', 2)].map(({ seq, kind }) => `${seq} ${kind}`)).toEqual([
    '1 opened',
    '6 correction',
    '8 task',
    '10 note',
    '11 plan',
    '12 edited',
    '13 moved',
    '14 merge',
  ]);
});

test('incidents are gone through by their numbers, and it is known of which something is sealed', () => {
  const records = createIncidentRecords(ledger);
  const secrets = [
    { key: 'caller:b', value: '110' },
    { key: 'other:a', value: '119' },
  ];
  ledger.transact({ changes: [], secrets, cause: { kind: 'timer', id: 'test', by: 'test' } }, () => {
    for (const [number, id] of [
      ['2025-1126-0001', 'a'],
      ['2025-1126-0002', 'b'],
      ['2025-1127-0001', 'c'],
    ] as const)
      records.give(number, id);
  });
  const of = (after: string, limit: number) =>
    records.numbered(after, '2025-1127-0000', limit, 'caller:').map(({ incidentId, sealed }) => [incidentId, sealed]);
  expect(of('', 9)).toEqual([
    ['a', false],
    ['b', true],
  ]);
  expect(of('', 1)).toEqual([['a', false]]);
  expect(of('2025-1126-0001', 9)).toEqual([['b', true]]);
});

test('no entry is changed, removed, written twice, or left out', () => {
  const records = createIncidentRecords(ledger);
  within(() => records.append([entry('a', 1), entry('a', 2)]));
  for (const sql of [
    "UPDATE incident_log SET body = '{}'",
    'DELETE FROM incident_log',
    "REPLACE INTO incident_log VALUES ('a', 2, 0, 0, 'li', NULL, 'note', '{}', NULL)",
    "INSERT INTO incident_log VALUES ('a', 4, 0, 0, 'li', NULL, 'note', '{}', NULL)",
    "INSERT INTO incident_log VALUES ('b', 2, 0, 0, 'li', NULL, 'note', '{}', NULL)",
  ])
    expect(() => ledger.database.exec(sql), sql).toThrow('append-only');
  expect(() => within(() => records.append([entry('a', 2)]))).toThrow();
  expect(records.read('a', 0, 9)).toEqual([entry('a', 1), entry('a', 2)]);
});

test('a number is given once, and the last of the last day is known', () => {
  const records = createIncidentRecords(ledger);
  expect(records.lastNumber()).toBeNull();
  within(() => {
    records.give('2026-1126-0007', 'a');
    records.give('2026-1127-9999', 'b');
    records.give('2026-1127-10000', 'c');
  });
  expect(records.lastNumber()).toBe('2026-1127-10000');
  expect(() => within(() => records.give('2026-1126-0007', 'd'))).toThrow();
  expect(() => within(() => records.give('2026-1126-0008', 'a'))).toThrow();
  for (const sql of ["UPDATE incident_numbers SET number = 'x'", 'DELETE FROM incident_numbers'])
    expect(() => ledger.database.exec(sql), sql).toThrow('number of an incident');
});

test('nothing is kept of a step that fails', () => {
  const records = createIncidentRecords(ledger);
  expect(() =>
    within(() => {
      records.append([entry('a', 1)]);
      records.give('2026-1127-0001', 'a');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(records.read('a', 0, 9)).toEqual([]);
  expect(records.lastNumber()).toBeNull();
});
