import { expect, it } from 'vitest';
import type { ShownReport, Wall } from '../../../layouts/contract.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { createLatestValues } from '../readings/latest-values.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { reportCountsMs, showingTiles } from './showing-tiles.ts';

const now = 1_700_000_000_000;
const tile = (tileId: string, cameraId: string | null, reason: string | null = null): ShownReport['tiles'][number] => ({
  tileId,
  cameraId,
  state: reason ? 'suspect' : 'live',
  engine: 'mosaic',
  stream: 'sub',
  fps: 25,
  frameAgeMs: 1200,
  reason,
});

const screen = { revision: 1, wallRevision: 1, capacity: null, painter: null, focus: null };

it('finds the tiles that show a camera, on every wall, with what they say of it', () => {
  const ledger = new MemoryLedger();
  const latest = createLatestValues({ flushMs: 1e12, clock: new ManualClock() });
  for (const id of ['main', 'small']) {
    const wall = { id, name: `wall ${id}`, screens: ['1', '2', '3'].map((screen) => ({ id: screen, name: `screen ${screen}` })) };
    ledger.commit([{ collection: 'walls', op: 'put', key: id, value: wall as object as Wall }], { kind: 'start', id: '', by: '' });
  }
  const shown = (wall: string, reports: Record<string, ShownReport>) =>
    latest.set({ collection: 'walls', key: wall, fields: { shown: reports } });
  shown('main', {
    '1': { ...screen, at: now - 500, tiles: [tile('a', 'c1'), tile('b', 'c2'), tile('c', null), tile('d', 'c1', 'picture-frozen')] },
    '2': { ...screen, at: now - reportCountsMs - 1, tiles: [tile('a', 'c1')] },
    gone: { ...screen, at: now, tiles: [tile('a', 'c1')] },
  });
  shown('small', { '3': { ...screen, at: now, tiles: [tile('a', 'c1', 'a-word-of-a-newer-page')] } });
  const of = (cameraId: string) =>
    showingTiles({ ledger, latest }, cameraId, now).map(({ wall, screen, tileId, state, reason }) => [wall, screen, tileId, state, reason]);
  expect(of('c1')).toEqual([
    ['wall main', 'screen 1', 'a', 'live', null],
    ['wall main', 'screen 1', 'd', 'suspect', 'picture-frozen'],
    ['wall small', 'screen 3', 'a', 'suspect', null],
  ]);
  expect(of('nobody')).toEqual([]);
});
