import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import { nowhere } from '../../main/contract/place.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import type { Asset, Indicator } from '../feed-contract.ts';
import { MemoryJournal } from '../feeds/testdata/memory-journal.ts';
import type { SystemPack } from '../systems/system-pack.ts';
import { FigureHistory } from './figure-history.ts';
import type { FactSource } from './known-city.ts';
import { createSystemsRoom, type SystemsRoom } from './systems-room.ts';

const start = 1_800_000_000_000;
const w = { zh: '一', en: 'one' };
const indicator = { name: w, target: null, staleAfterSeconds: 600 };
const pack: SystemPack = {
  id: 'traffic',
  number: 18,
  name: w,
  department: w,
  feeds: [],
  rules: [],
  indicators: [
    { ...indicator, id: 'free', unit: '', from: { kind: 'sum', assetKind: 'car-park', quantity: 'spaces-free' } },
    { ...indicator, id: 'connected', unit: '%', from: { kind: 'given', otherwise: { kind: 'online', assetKind: 'car-park' } } },
    { ...indicator, id: 'cards', unit: '', from: { kind: 'given' } },
  ],
};
const carPark = (entity: string, free: number | null, at: number): Asset => ({
  id: `p/${entity}`,
  feedId: 'p' as Asset['feedId'],
  system: 'traffic' as Asset['system'],
  entity,
  assetKind: 'car-park',
  name: entity,
  place: nowhere,
  properties: {},
  latest: free === null ? {} : { 'spaces-free': { value: free, quality: 'good', flag: null, at, receivedAt: at } },
  simulated: false,
  drill: false,
});

let clock: ManualClock;
let ledger: MemoryLedger;
let journal: MemoryJournal;
let shown: Map<string, Partial<Indicator>>;
let assets: Asset[];
let room: SystemsRoom;
const open = async () => {
  shown = new Map();
  room = createSystemsRoom({
    systems: [pack],
    ledger,
    latest: { set: ({ key, fields }) => void shown.set(key, fields), get: () => undefined, forget: () => {} },
    journal,
    clock,
    log: silentLog,
    city: () => ({
      assets: () => assets,
      events: () => [],
      staleAfterMs: () => 600_000,
      cameras: () => null,
      cases: () => null,
      midnight: () => start,
    }),
  });
  room.start();
  await clock.advance(0);
};
beforeEach(async () => {
  clock = new ManualClock(start);
  ledger = new MemoryLedger();
  const told = { id: 'told', name: 'Told figures' };
  ledger.commit([{ collection: 'feeds', op: 'put', key: told.id, value: told }], { kind: 'command', id: 'feeds', by: 'admin' });
  journal = new MemoryJournal();
  assets = [];
  await open();
});
afterEach(async () => {
  await room.stop();
  expect(clock.sleeping).toBe(0);
});

const source = (more: Partial<FactSource> = {}): FactSource => ({
  feedId: 'told' as FactSource['feedId'],
  system: 'traffic' as FactSource['system'],
  receivedAt: clock.now(),
  simulated: false,
  drill: false,
  ...more,
});
/** As the ingest does: committed with its record, then shown. */
const give = (id: string, value: number | null, at = clock.now(), from = source(), district: string | null = null) => {
  const figure = room.given('traffic', { kind: 'indicator', indicator: id, value, unit: null, at, district }, from);
  if (figure && figure.changes.length > 0) ledger.commit([...figure.changes], { kind: 'feed', id: 'told', by: 'told' });
  figure?.told();
  return figure?.outcome ?? null;
};
const value = (id: string) => shown.get(`traffic/${id}`)?.value ?? null;
/** Of a figure: what stands in the history, as [seconds since the start, value]. */
const kept = (id: string) =>
  journal.points
    .filter(({ assetId, quantity }) => assetId === '@indicator/traffic' && quantity === id)
    .map((point) => [(point.at - start) / 1000, point.value]);
const seconds = async (count: number) => {
  for (let second = 0; second < count; second += 2) await clock.advance(2000);
};

describe('what stands', () => {
  test('what a system sends, until it is older than it may be; then what is reckoned; and stale rather than nothing', async () => {
    assets = [carPark('a', 5, clock.now()), carPark('b', null, 0)];
    await seconds(2);
    expect(value('connected')).toBe(50);
    give('connected', 83);
    await seconds(600);
    expect(value('connected')).toBe(83);
    assets = [carPark('a', 5, clock.now()), carPark('b', null, 0)];
    await seconds(2);
    expect(value('connected')).toBe(50);
    give('connected', 84);
    assets = [];
    await seconds(610);
    expect(value('connected')).toBe(84);
  });

  test('a figure that could be reckoned may be sent, too; unknown does not stand before what is known', async () => {
    assets = [carPark('a', 5, clock.now())];
    give('free', 7);
    await seconds(2);
    expect(value('free')).toBe(7);
    give('free', null);
    await seconds(2);
    expect(value('free')).toBe(5);
  });

  test('of a drill nothing; of a name that no pack has nothing; what is older than what is known moves nothing back', () => {
    expect(give('nothing', 1)).toBeNull();
    expect(give('cards', 3)).toBe('taken');
    expect(give('cards', 2, clock.now() - 5000)).toBe('late');
    expect(give('cards', 9, clock.now(), source({ drill: true }))).toBe('taken');
    expect(value('cards')).toBe(3);
    expect(give('cards', 3)).toBe('duplicate');
    expect(kept('cards')).toEqual([
      [0, 3],
      [-5, 2],
    ]);
  });

  test('what was sent while our own clock was a day ahead keeps nothing out once it is right', () => {
    const ahead = start + 86_400_000;
    give('cards', 9, ahead, source({ receivedAt: ahead }));
    expect(give('cards', 3)).toBe('taken');
    expect(value('cards')).toBe(3);
    expect(give('cards', 2, start - 5000)).toBe('late');
  });

  test('a figure of one district stands for the city only as long as nobody tells that of the city', async () => {
    const part = (count: number) => give('cards', count, clock.now(), source(), '320282101');
    part(4);
    expect(value('cards')).toBe(4);
    give('cards', 90, clock.now() - 1000, source(), '320282');
    expect(value('cards')).toBe(90);
    part(5);
    expect(value('cards')).toBe(90);
    await room.stop();
    await open();
    part(6);
    expect([value('cards'), shown.get('traffic/cards')]).toEqual([
      90,
      { value: 90, at: start - 1000, source: 'told', sourceName: 'Told figures', ofSimulated: false },
    ]);
    expect(journal.points.filter(({ assetId }) => assetId === '@indicator/traffic/320282101').map(({ value: told }) => told)).toEqual([
      5, 6,
    ]);
    await clock.advance(700_000);
    part(7);
    expect(value('cards')).toBe(7);
  });

  test('what was sent is what it was after a hub that ended without a word', async () => {
    give('cards', 3);
    const ended = room;
    await open();
    await ended.stop();
    expect(shown.get('traffic/cards')).toMatchObject({ value: 3, at: start, source: 'told' });
    give('cards', 2, start - 5000);
    expect(value('cards')).toBe(3);
  });
});

describe('what the history keeps', () => {
  test('of what is sent everything, each at its time, and nothing of a drill', () => {
    give('cards', 3);
    give('cards', 2, start - 5000);
    give('cards', 9, start, source({ drill: true }));
    give('cards', null, start + 1);
    expect(kept('cards')).toEqual([
      [0, 3],
      [-5, 2],
      [0.001, null],
    ]);
    expect(journal.points[0]).toMatchObject({ feedId: 'told', quality: 'good', receivedAt: start });
    expect(journal.points[2]).toMatchObject({ quality: 'no-data' });
  });

  test('of what is reckoned a change at once, then one a minute, now and then one that stands, and once that it is unknown', async () => {
    assets = [carPark('a', 5, clock.now())];
    await seconds(2);
    expect(kept('free')).toEqual([[2, 5]]);
    assets = [carPark('a', 6, clock.now())];
    await seconds(58);
    expect(kept('free')).toHaveLength(1);
    await seconds(2);
    expect(kept('free').slice(1)).toEqual([[62, 6]]);
    await seconds(310);
    expect(kept('free').slice(2)).toEqual([[362, 6]]);
    assets = [carPark('a', 8, clock.now())];
    await seconds(60);
    expect(kept('free').slice(3)).toEqual([[422, 8]]);
    assets = [];
    await seconds(900);
    expect(kept('free').slice(4)).toEqual([[482, null]]);
    expect(journal.points.every(({ simulated }) => !simulated)).toBe(true);
  });

  test('a clock that was set back stops nothing', () => {
    const history = new FigureHistory();
    expect(history.isDue('f', 5, start)).toBe(true);
    expect(history.isDue('f', 5, start + 1)).toBe(false);
    expect(history.isDue('f', 6, start - 3_600_000)).toBe(true);
    expect(history.isDue('f', 6, start - 7_200_000)).toBe(true);
    expect(history.isDue('f', 6, start - 7_199_000)).toBe(false);
  });
});
