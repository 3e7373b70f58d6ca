import { expect, test } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import { nowhere } from '../../main/contract/place.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import type { ObservationEntity } from '../feed-contract.ts';
import { recentValues } from './recent-values.ts';

const now = 1_800_000_000_000;
const year = 365 * 86_400_000;
const ledger = new MemoryLedger();
const asset = { id: 'rivers/g1', feedId: 'rivers', entity: 'g1', assetKind: 'gauge', name: '水尺', place: nowhere, properties: {} };
ledger.commit([{ collection: 'assets', op: 'put', key: asset.id, value: asset }], { kind: 'feed', id: 'rivers', by: 'rivers' });

const kept = (value: number, at: number, receivedAt: number, assetId = asset.id): ObservationEntity => ({
  seq: value,
  feedId: 'rivers' as ObservationEntity['feedId'],
  assetId,
  quantity: 'water-level',
  value,
  unit: null,
  quality: 'good',
  flag: null,
  at,
  receivedAt,
  district: null,
  simulated: false,
  drill: false,
});
const read = (...values: ObservationEntity[]) =>
  recentValues({ recent: () => Promise.resolve(values) }, ledger, now, silentLog).then((found) =>
    found.map(({ value, late, unit }) => [value, late, unit]),
  );

test('the values as the rules saw them: in the order of receipt, late ones as late, of things that are gone none', async () => {
  expect(await read(kept(1, 100, 110), kept(2, 90, 120), kept(3, 130, 130), kept(4, 130, 131, 'rivers/gone'))).toEqual([
    [1, false, 'm'],
    [2, true, 'm'],
    [3, false, 'm'],
  ]);
});

test('one from while our own clock was ahead makes none of those after it late', async () => {
  expect(await read(kept(1, now + year, now + year), kept(2, now - 900, now - 800), kept(3, now - 950, now - 700))).toEqual([
    [1, false, 'm'],
    [2, false, 'm'],
    [3, true, 'm'],
  ]);
});

test('a journal that cannot be read gives none', async () => {
  expect(await recentValues({ recent: () => Promise.reject(new Error('x')) }, ledger, now, silentLog)).toEqual([]);
});
