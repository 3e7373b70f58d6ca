import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ShownReport, TileState } from '../../../../layouts/contract.ts';
import { silentLog } from '../../../contract/log.ts';
import { temporaryFolder } from '../../hub-rig.ts';
import { openLedger, type SqliteLedger } from '../../ledger/open-ledger.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { startSeenCameras, writeEveryMs, type SeenCameras } from './seen-cameras.ts';

const cause = { kind: 'command', id: 'test', by: 'test' } as const;
let clock: ManualClock;
let folder: ReturnType<typeof temporaryFolder>;
let ledger: SqliteLedger;
let seen: SeenCameras;

const open = () => {
  ledger = openLedger(folder.path, { changesKept: 100, clock, log: silentLog });
  seen = startSeenCameras({ ledger, clock, log: silentLog });
};
const put = (count: number) =>
  ledger.commit(
    Array.from({ length: count }, (_, n) => ({ collection: 'cameras', op: 'put' as const, key: `c${n}`, value: { id: `c${n}` } })),
    cause,
  );
beforeEach(() => {
  clock = new ManualClock();
  folder = temporaryFolder('seen');
  open();
  put(3);
});
afterEach(() => {
  seen.stop();
  ledger.close();
  folder.dispose();
});

const tile = (cameraId: string | null, state: TileState = 'live'): ShownReport['tiles'][number] => ({
  tileId: 'g-0-0',
  cameraId,
  state,
  engine: 'mosaic',
  stream: 'sub',
  fps: 15,
  frameAgeMs: 90,
  reason: null,
});
const note = (...tiles: ShownReport['tiles']) => seen.note(tiles, clock.now(), () => true);
const rows = () => ledger.database.prepare('SELECT camera_id, seen_at, tried_at FROM camera_seen ORDER BY camera_id').raw().all();
const written = () => rows().map((row) => (row as unknown[])[0]);
/** As if the process had been killed: nothing is written, nobody stops in order. */
const killed = () => {
  ledger.close();
  open();
};

test('live is seen, anything else is tried', async () => {
  const first = clock.now();
  expect(seen.of('c0')).toBeUndefined();
  expect(seen.knownSince).toBeNull();
  note(tile('c0'), tile('c1', 'offline'), tile(null, 'empty'));
  await clock.advance(1000);
  note(tile('c0', 'stalled'), tile('c1', 'delayed'));
  expect(seen.of('c0')).toEqual({ seenAt: first, triedAt: first + 1000 });
  expect(seen.of('c1')).toEqual({ seenAt: null, triedAt: first + 1000 });
  expect(seen.of('c2')).toBeUndefined();
  expect(seen.knownSince).toBe(first);
});

test('a time that has not come yet is no time: the clock was wrong then, and nobody was seen for ever', async () => {
  const first = clock.now();
  note(tile('c1'));
  await clock.advance(365 * 86_400_000);
  note(tile('c0'), tile('c1', 'stalled'));
  seen.stop();
  ledger.close();
  clock = new ManualClock(first + 30_000);
  open();
  expect(seen.of('c0')).toBeUndefined();
  expect(seen.of('c1')).toEqual({ seenAt: first, triedAt: first });
  note(tile('c0', 'offline'));
  expect(seen.of('c0')).toEqual({ seenAt: null, triedAt: first + 30_000 });
  seen.stop();
  expect(rows()[0]).toEqual(['c0', null, first + 30_000]);
});

test('a clock that is corrected by seconds forgets nobody', () => {
  note(tile('c0'));
  const at = clock.now();
  seen.stop();
  ledger.close();
  clock = new ManualClock(at - 5000);
  open();
  expect(seen.of('c0')).toEqual({ seenAt: at, triedAt: at });
});

test('what no screen should show, and what is no camera, counts for nothing', () => {
  seen.note([tile('c0'), tile('c1'), tile('c404')], clock.now(), (id) => id !== 'c1');
  expect([seen.of('c0') !== undefined, seen.of('c1'), seen.of('c404')]).toEqual([true, undefined, undefined]);
});

test('is written now and then, so that a crash forgets no more than that', async () => {
  const first = clock.now();
  note(tile('c0'), tile('c1', 'offline'));
  expect(rows()).toEqual([]);
  await clock.advance(writeEveryMs);
  expect(rows()).toEqual([
    ['c0', first, first],
    ['c1', null, first],
  ]);
  note(tile('c1'), tile('c2'));
  killed();
  expect(seen.of('c0')).toEqual({ seenAt: first, triedAt: first });
  expect(seen.of('c1')).toEqual({ seenAt: null, triedAt: first });
  expect(seen.of('c2')).toBeUndefined();
  expect(seen.knownSince).toBe(first);
});

test('an orderly end writes the rest', () => {
  note(tile('c2'));
  seen.stop();
  expect(clock.sleeping).toBe(0);
  killed();
  expect(seen.of('c2')).toEqual({ seenAt: clock.now(), triedAt: clock.now() });
});

test('many are written in steps', async () => {
  put(2500);
  note(...Array.from({ length: 2500 }, (_, n) => tile(`c${n}`)));
  await clock.advance(writeEveryMs);
  expect(rows()).toHaveLength(1000);
  await clock.advance(1000);
  expect(rows()).toHaveLength(2000);
  await clock.advance(1000);
  expect(rows()).toHaveLength(2500);
});

test('a camera that is removed is forgotten, also one that went when nobody could write it down', async () => {
  note(tile('c0'), tile('c1'), tile('c2'));
  await clock.advance(writeEveryMs);
  ledger.commit([{ collection: 'cameras', op: 'delete', key: 'c0' }], cause);
  expect(seen.of('c0')).toBeUndefined();
  await clock.advance(writeEveryMs);
  expect(written()).toEqual(['c1', 'c2']);
  ledger.commit([{ collection: 'cameras', op: 'delete', key: 'c1' }], cause);
  killed();
  expect(seen.of('c1')).toBeUndefined();
  await clock.advance(writeEveryMs);
  expect(written()).toEqual(['c2']);
});

test('what the disk refuses stays due', async () => {
  note(tile('c0'));
  ledger.database.exec("CREATE TRIGGER refuse BEFORE INSERT ON camera_seen BEGIN SELECT RAISE(ABORT, 'no'); END");
  await clock.advance(writeEveryMs);
  expect(rows()).toEqual([]);
  ledger.database.exec('DROP TRIGGER refuse');
  await clock.advance(writeEveryMs);
  expect(written()).toEqual(['c0']);
});
