import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HistoryPoint, JournalEntry } from '../../../streams/feeds/journal.ts';
import { JournalStore } from './journal-store.ts';

const day = 86_400_000;
const now = 1_800_000_000_000;
const limits = { keepMs: 30 * day, keepBytes: 100_000_000 };

const entry = (more: Partial<JournalEntry> = {}): JournalEntry => ({
  feedId: 'air',
  receivedAt: now,
  contentType: 'application/json',
  parser: 'ngsi/1',
  bytes: Buffer.from('{}'),
  ...more,
});
const point = (at: number, value: HistoryPoint['value'], more: Partial<HistoryPoint> = {}): HistoryPoint => ({
  feedId: 'air' as HistoryPoint['feedId'],
  assetId: 'air/s1',
  quantity: 'pm25',
  value,
  unit: 'µg/m³',
  quality: 'good',
  flag: null,
  at,
  receivedAt: at,
  district: null,
  simulated: true,
  drill: false,
  ...more,
});

let folder: string;
let store: JournalStore;
const open = (more = {}) => new JournalStore(join(folder, 'journal.db'), { ...limits, ...more });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-journal-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('records', () => {
  test('are numbered in their order, wait for a verdict, and are found by feed and outcome, newest first', () => {
    const ids = store.write({ entries: [entry(), entry({ feedId: 'water' }), entry()], verdicts: [], points: [] });
    expect(ids).toEqual([1, 2, 3]);
    expect(store.pending(0, 2).map(({ id, feedId }) => [id, feedId])).toEqual([
      [1, 'air'],
      [2, 'water'],
    ]);
    const problems = [{ code: 'record-malformed', params: { at: '$.x' } } as const];
    store.write({
      entries: [],
      verdicts: [
        { id: 1, outcome: 'taken', sourceAt: now - 5, facts: 3, problems: [] },
        { id: 3, outcome: 'quarantined', sourceAt: null, facts: 0, problems },
      ],
      points: [],
    });
    expect(store.pending(0, 9).map(({ id }) => id)).toEqual([2]);
    expect(store.search({ limit: 9 }).map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(store.search({ feedId: 'air', before: 3, limit: 9 })).toMatchObject([
      { id: 1, outcome: 'taken', sourceAt: now - 5, facts: 3, bytes: 2 },
    ]);
    expect(store.search({ outcome: 'quarantined', limit: 9 })).toMatchObject([{ id: 3, problems }]);
  });

  test('their bytes come back as they came, whatever they are', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    store.write({ entries: [entry({ bytes, contentType: null })], verdicts: [], points: [] });
    expect([...store.read(1)!.raw]).toEqual([...bytes]);
    expect(store.read(2)).toBeNull();
  });

  test('a group is stored whole or not at all', () => {
    expect(() => store.write({ entries: [entry(), entry({ bytes: null as never })], verdicts: [], points: [] })).toThrow(/NOT NULL/);
    expect(store.search({ limit: 9 })).toEqual([]);
  });

  test('and are there after the file was closed and opened', () => {
    store.write({ entries: [entry()], verdicts: [], points: [point(now, 12)] });
    store.close();
    store = open();
    expect(store.pending(0, 9)).toHaveLength(1);
    expect(store.observations(0, 9)).toMatchObject([{ seq: 1, value: 12, simulated: true, drill: false }]);
  });
});

describe('values', () => {
  test('come back page by page as what they were', () => {
    const values = [1.5, 'fault', true, null] as const;
    store.write({ entries: [], verdicts: [], points: values.map((value, index) => point(now + index, value)) });
    expect(store.observations(0, 2).map(({ value }) => value)).toEqual([1.5, 'fault']);
    expect(store.observations(2, 9).map(({ value }) => value)).toEqual([true, null]);
  });

  test('the newest of each quantity of some things, by its own time, whatever it is', () => {
    const points = [
      point(30, 3),
      point(10, 1),
      point(20, 2, { quality: 'bad', flag: 'D' }),
      point(5, 'fault', { quantity: 'state' }),
      point(5, null, { quantity: 'tilt', quality: 'no-data' }),
      // Of one time the later told one: a correction.
      point(50, 7, { assetId: 'air/s2', receivedAt: 51 }),
      point(50, 8, { assetId: 'air/s2', receivedAt: 60 }),
      point(99, 9, { assetId: 'air/s3' }),
    ];
    store.write({ entries: [], verdicts: [], points });
    const good = { quality: 'good', flag: null };
    expect(store.newest(['air/s1', 'air/s2', 'air/none'])).toEqual([
      { assetId: 'air/s1', quantity: 'pm25', value: 3, ...good, at: 30, receivedAt: 30 },
      { assetId: 'air/s1', quantity: 'state', value: 'fault', ...good, at: 5, receivedAt: 5 },
      { assetId: 'air/s1', quantity: 'tilt', value: null, quality: 'no-data', flag: null, at: 5, receivedAt: 5 },
      { assetId: 'air/s2', quantity: 'pm25', value: 8, ...good, at: 50, receivedAt: 60 },
    ]);
    expect(store.newest([])).toEqual([]);
  });

  test('the latest since then, in the order of receipt, no more than asked for', () => {
    const points = [point(10, 1), point(40, 4), point(20, 2), point(30, 3)].map((one, index) => ({ ...one, receivedAt: 100 + index }));
    store.write({ entries: [], verdicts: [], points });
    expect(store.recent(101, 9).map(({ value }) => value)).toEqual([4, 2, 3]);
    expect(store.recent(100, 2).map(({ value }) => value)).toEqual([2, 3]);
    expect(store.recent(104, 9)).toEqual([]);
  });

  test('that are given twice, as when a record is read again, are there once', () => {
    store.write({ entries: [], verdicts: [], points: [point(now, 1), point(now, 1), point(now, 2, { quantity: 'pm10' })] });
    expect(store.observations(0, 9)).toHaveLength(2);
  });

  test('that a source sends once more, hours later, are there once; what it corrects is there beside them', () => {
    const first = [point(10, 1), point(10, 'fault', { quantity: 'state' }), point(10, null, { quantity: 'tilt', quality: 'no-data' })];
    const again = first.map((one) => ({ ...one, receivedAt: 7_200_000 }));
    const corrected = [point(10, 2, { receivedAt: 7_200_001 }), point(10, 1, { quality: 'bad', flag: 'D', receivedAt: 7_200_002 })];
    for (const points of [first, again, corrected]) store.write({ entries: [], verdicts: [], points });
    expect(store.observations(0, 9).map(({ quantity, value, quality }) => [quantity, value, quality])).toEqual([
      ['pm25', 1, 'good'],
      ['state', 'fault', 'good'],
      ['tilt', null, 'no-data'],
      ['pm25', 2, 'good'],
      ['pm25', 1, 'bad'],
    ]);
  });

  test('a history has the last, least and most of each stretch, of good numbers alone', () => {
    const points = [point(0, 5), point(10, 1), point(20, 3), point(100, 9), point(110, 99, { quality: 'bad' }), point(120, 'fault')];
    store.write({ entries: [], verdicts: [], points });
    expect(store.history({ assetId: 'air/s1', quantity: 'pm25', from: 0, to: 199, points: 2 })).toEqual({
      points: [
        { at: 20, value: 3, min: 1, max: 5, count: 3 },
        { at: 100, value: 9, min: 9, max: 9, count: 1 },
      ],
      since: 0,
    });
    expect(store.history({ assetId: 'air/none', quantity: 'pm25', from: 0, to: 9, points: 2 })).toEqual({ points: [], since: null });
  });
});

describe('pruning', () => {
  test('what is too old goes, except what has no verdict yet', () => {
    store.write({
      entries: [entry({ receivedAt: now - 40 * day }), entry({ receivedAt: now - 40 * day }), entry()],
      verdicts: [],
      points: [],
    });
    store.write({
      entries: [],
      verdicts: [1, 3].map((id) => ({ id, outcome: 'taken' as const, sourceAt: null, facts: 0, problems: [] })),
      points: [point(now - 40 * day, 1), point(now, 2)],
    });
    expect(store.pruneOld(now)).toBe(2);
    expect(store.search({ limit: 9 }).map(({ id }) => id)).toEqual([3, 2]);
    expect(store.observations(0, 9).map(({ value }) => value)).toEqual([2]);
    expect(store.pruneOld(now)).toBe(0);
    // Of its age nothing goes because there is much.
    expect(store.pruneMuch()).toBe(0);
  });

  test('what is too much goes, the oldest first, until it fits', () => {
    store.close();
    store = open({ keepBytes: 600_000 });
    const bytes = Buffer.alloc(1000, 1);
    const ids = store.write({ entries: Array.from({ length: 3000 }, () => entry({ bytes })), verdicts: [], points: [] });
    store.write({
      entries: [],
      verdicts: ids.map((id) => ({ id, outcome: 'taken' as const, sourceAt: null, facts: 0, problems: [] })),
      points: [],
    });
    expect(store.bytes).toBeGreaterThan(600_000);
    expect(store.pruneMuch()).toBe(2000);
    expect(store.search({ limit: 1 })[0]!.id).toBe(3000);
    while (store.pruneMuch() > 0);
    expect(store.bytes).toBeLessThanOrEqual(600_000);
  });

  const settled = (ids: readonly number[]) => ids.map((id) => ({ id, outcome: 'taken' as const, sourceAt: null, facts: 0, problems: [] }));
  const mad = (count: number) => Array.from({ length: count }, () => entry({ feedId: 'mad', bytes: Buffer.alloc(1000, 1) }));
  const points = (feedId: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      point(now + index, index, { feedId: feedId as HistoryPoint['feedId'], assetId: `${feedId}/s` }),
    );

  test('of what is too much whoever holds most gives first: a feed gone mad takes no history of the others', () => {
    store.close();
    store = open({ keepBytes: 1_000_000 });
    const [first] = store.write({ entries: [entry()], verdicts: [], points: points('air', 300) });
    store.write({ entries: [], verdicts: settled([first!]), points: [] });
    for (let round = 0; round < 3; round += 1) {
      const ids = store.write({ entries: mad(1500), verdicts: [], points: points('mad', 1500) });
      store.write({ entries: [], verdicts: settled(ids), points: [] });
      while (store.pruneMuch() > 0);
      expect(store.bytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(store.search({ feedId: 'air', limit: 9 })).toHaveLength(1);
    expect(store.observations(0, 10_000).filter(({ feedId }) => feedId === 'air')).toHaveLength(300);
  });

  test('whoever holds most and waits for its verdicts gives nothing; then the next one does', () => {
    store.close();
    store = open({ keepBytes: 500_000 });
    store.write({ entries: mad(1500), verdicts: [], points: points('air', 3000) });
    while (store.pruneMuch() > 0);
    expect(store.pending(0, 9)).toHaveLength(9);
    expect(store.search({ feedId: 'mad', limit: 2000 })).toHaveLength(1500);
    expect(store.observations(0, 10_000)).toEqual([]);
  });

  test('a journal from before its shares were counted counts them once it is opened', () => {
    const ids = store.write({ entries: mad(1500), verdicts: [], points: points('air', 50) });
    store.write({ entries: [], verdicts: settled(ids), points: [] });
    store.close();
    const before = new Database(join(folder, 'journal.db'));
    before.exec(
      'DROP TRIGGER record_held; DROP TRIGGER record_gone; DROP TRIGGER observation_held; DROP TRIGGER observation_gone; DROP TABLE held;',
    );
    before.close();
    store = open({ keepBytes: 200_000 });
    while (store.pruneMuch() > 0);
    expect(store.observations(0, 99)).toHaveLength(50);
    expect(store.search({ feedId: 'mad', limit: 9 })).toEqual([]);
  });
});
