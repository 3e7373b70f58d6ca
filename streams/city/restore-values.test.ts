import { expect, test } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import { nowhere } from '../../main/contract/place.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import type { SeenObservation } from '../../alerts/rules/rule.ts';
import type { Fact } from '../feed-contract.ts';
import { MemoryJournal } from '../feeds/testdata/memory-journal.ts';
import { createKnownCity, type FactSource } from './known-city.ts';
import { restoreValues } from './restore-values.ts';

const now = 1_800_000_000_000;
const source: FactSource = { feedId: 'p' as never, system: 'traffic' as never, receivedAt: now, simulated: false, drill: false };
const asset = (entity: string): Fact => ({ kind: 'asset', entity, assetKind: 'car-park', name: entity, place: nowhere, properties: {} });
const free = (entity: string, value: number | null, at: number): Fact => ({
  kind: 'observation',
  entity,
  quantity: 'spaces-free',
  value,
  quality: value === null ? 'no-data' : 'good',
  flag: null,
  at,
});

const ledger = new MemoryLedger();
const open = () => {
  const seen: SeenObservation[] = [];
  const shown = new Map<string, unknown>();
  const city = createKnownCity({
    ledger,
    latest: { set: ({ key, fields }) => void shown.set(key, fields), get: () => undefined, forget: () => {} },
    onObservation: (one) => seen.push(one),
    onEvent: () => {},
    onIndicator: () => null,
  });
  return { city, seen, shown };
};

test('after a restart things have the values that they had, with their times; what came meanwhile stays; no rule hears of it', async () => {
  const journal = new MemoryJournal();
  const before = open().city;
  const told = [...Array.from({ length: 450 }, (_, index) => asset(`c${index}`)), free('c0', 5, now - 9000), free('c0', 7, now - 1000)];
  journal.keep(before.take([...told, free('c1', 3, now - 2000), free('c449', null, now - 3000)], source).points);
  before.flush();

  const { city, seen, shown } = open();
  expect(city.asset('p/c0')?.latest).toEqual({});
  city.take([free('c1', 4, now - 500)], source);
  city.flush();
  seen.length = 0;
  await restoreValues({ known: city, journal, log: silentLog, signal: new AbortController().signal });
  const latest = (id: string) => city.asset(`p/${id}`)?.latest['spaces-free'];
  expect(latest('c0')).toEqual({ value: 7, quality: 'good', flag: null, at: now - 1000, receivedAt: now });
  expect(latest('c1')?.value).toBe(4);
  expect(latest('c2')).toBeUndefined();
  expect(latest('c449')).toMatchObject({ value: null, quality: 'no-data', at: now - 3000 });
  expect(shown.get('p/c0')).toMatchObject({ latest: { 'spaces-free': { value: 7 } } });
  expect(seen).toEqual([]);
  // What is sent once more is known.
  expect(city.take([free('c0', 7, now - 1000)], source)).toMatchObject({ duplicate: 1 });
  expect(city.take([free('c0', 6, now - 2000)], source)).toMatchObject({ late: 1 });
});

test('a journal that cannot be read leaves them unknown', async () => {
  const { city } = open();
  const journal = { newest: () => Promise.reject(new Error('the journal ended')) };
  await restoreValues({ known: city, journal, log: silentLog, signal: new AbortController().signal });
  expect(city.asset('p/c0')?.latest).toEqual({});
});
