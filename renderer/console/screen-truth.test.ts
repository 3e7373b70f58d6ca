import { describe, expect, test } from 'vitest';
import type { ShownReport, Wall } from '../../layouts/contract.ts';
import { solveScreen } from '../../layouts/solve.ts';
import { shownWell, twoScreenWall } from './testdata/fake-hub.ts';
import { followWithinMs, overdueAfterMs, screenTruth } from './screen-truth.ts';

const now = 1_700_000_000_000;
const wall = twoScreenWall() as unknown as Wall;
const screen = wall.screens[0]!;
const tiles = solveScreen(wall, '1', now);
const truth = (report: Record<string, unknown> | null, over: Partial<typeof screen> = {}) =>
  screenTruth({ ...screen, ...over }, tiles, report as ShownReport | null, now);
const withTile = (index: number, change: Record<string, unknown>) => {
  const report = shownWell(now - 800) as { tiles: Record<string, unknown>[] };
  return { ...report, tiles: report.tiles.map((tile, at) => (at === index ? { ...tile, ...change } : tile)) };
};

describe('what is known of a screen', () => {
  test('nothing without a report: sent is not shown', () => {
    const { verdict, tiles: known } = truth(null);
    expect(verdict).toEqual({ kind: 'silent' });
    expect(known.get('g-0-0')).toMatchObject({ state: 'unknown', shown: null });
    expect(known.get('g-0-1')!.state).toBe('empty');
  });

  test('confirmed when the revision and every tile are as they should be', () => {
    const { verdict, tiles: known } = truth(shownWell(now - 800));
    expect(verdict).toEqual({ kind: 'confirmed', abnormal: 0 });
    expect(known.get('g-0-0')).toMatchObject({ state: 'live', differs: false, shown: { frameAgeMs: 1300 } });
  });

  test.each(['delayed', 'stalled', 'suspect', 'offline'])('confirmed, but %s counts as abnormal', (state) => {
    expect(truth(withTile(0, { state })).verdict).toEqual({ kind: 'confirmed', abnormal: 1 });
  });

  test('starting is not abnormal', () => {
    expect(truth(withTile(0, { state: 'starting' })).verdict).toEqual({ kind: 'confirmed', abnormal: 0 });
  });

  test('an old report says nothing about now', () => {
    const { verdict, tiles: known } = truth(shownWell(now - overdueAfterMs - 1));
    expect(verdict).toEqual({ kind: 'overdue', ageMs: overdueAfterMs + 1 });
    expect(known.get('g-0-0')!.state).toBe('unknown');
    expect(truth(shownWell(now - overdueAfterMs)).verdict.kind).toBe('confirmed');
  });

  test('another camera, a missing tile, and a picture where none should be all differ', () => {
    expect(truth(withTile(0, { cameraId: 'c-B2' })).verdict).toEqual({ kind: 'differs', tiles: 1 });
    expect(truth(withTile(0, { tileId: 'g-9-9' })).verdict).toEqual({ kind: 'differs', tiles: 1 });
    expect(truth(withTile(2, { cameraId: 'c-B2', state: 'live' })).verdict).toEqual({ kind: 'differs', tiles: 1 });
    expect(truth(withTile(0, { cameraId: 'c-B2' })).tiles.get('g-0-0')).toMatchObject({ state: 'unknown', differs: true });
  });

  test('a screen that has just been told is following; later it is behind', () => {
    const old = { ...withTile(0, { cameraId: 'c-B2' }), revision: 6 };
    const soon = truth(old, { changedAt: now - 400 });
    expect(soon.verdict).toEqual({ kind: 'behind', shownRevision: 6, late: false });
    expect(soon.tiles.get('g-0-0')).toMatchObject({ state: 'unknown', differs: false });
    const late = truth(old, { changedAt: now - followWithinMs - 1 });
    expect(late.verdict).toEqual({ kind: 'behind', shownRevision: 6, late: true });
    expect(late.tiles.get('g-0-0')).toMatchObject({ differs: true });
  });
});
