import { describe, expect, test } from 'vitest';
import type { ShownReport, Wall } from '../../layouts/contract.ts';
import { solveScreen } from '../../layouts/solve.ts';
import { shownWell, twoScreenWall } from './testdata/fake-hub.ts';
import { followWithinMs, overdueAfterMs, screenTruth } from './screen-truth.ts';

const now = 1_700_000_000_000;
const wall = twoScreenWall() as unknown as Wall;
const screen = wall.screens[0]!;
const tiles = solveScreen(wall, '1', now);
const truth = (report: Record<string, unknown> | null, over: Partial<typeof screen> = {}, ofWall: Partial<Wall> = {}) =>
  screenTruth({ ...screen, ...over }, { ...wall, ...ofWall }, tiles, report as ShownReport | null, now);
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
    expect(verdict).toEqual({ kind: 'confirmed', abnormal: 0, thinned: 0 });
    expect(known.get('g-0-0')).toMatchObject({ state: 'live', differs: false, shown: { frameAgeMs: 1300 } });
  });

  test.each(['delayed', 'stalled', 'suspect', 'offline'])('confirmed, but %s counts as abnormal', (state) => {
    expect(truth(withTile(0, { state })).verdict).toEqual({ kind: 'confirmed', abnormal: 1, thinned: 0 });
  });

  test('starting is not abnormal', () => {
    expect(truth(withTile(0, { state: 'starting' })).verdict).toEqual({ kind: 'confirmed', abnormal: 0, thinned: 0 });
  });

  test('an old report says nothing about now', () => {
    const { verdict, tiles: known } = truth(shownWell(now - overdueAfterMs - 1));
    expect(verdict).toEqual({ kind: 'overdue', since: now - overdueAfterMs - 1 });
    expect(known.get('g-0-0')!.state).toBe('unknown');
    expect(truth(shownWell(now - overdueAfterMs)).verdict.kind).toBe('confirmed');
  });

  test('a screen that the hub calls silent shows nobody knows what, however young its report is', () => {
    const { verdict, tiles: known } = truth({ ...shownWell(now - 2600), silentSince: now - 2550, tiles: [] });
    expect(verdict).toEqual({ kind: 'overdue', since: now - 2550 });
    expect(known.get('g-0-0')).toEqual({ state: 'unknown', shown: null, differs: false });
    // Nor is what it last said taken for what is, should somebody send it on.
    expect(truth({ ...shownWell(now - 500), silentSince: now - 450 }).tiles.get('g-0-0')!.state).toBe('unknown');
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
    expect(soon.verdict).toEqual({ kind: 'behind', what: 'scene', shownRevision: 6, late: false });
    expect(soon.tiles.get('g-0-0')).toMatchObject({ state: 'unknown', differs: false });
    const late = truth(old, { changedAt: now - followWithinMs - 1 });
    expect(late.verdict).toEqual({ kind: 'behind', what: 'scene', shownRevision: 6, late: true });
    expect(late.tiles.get('g-0-0')).toMatchObject({ differs: true });
  });

  test('the wall’s own revision counts as well: its tiles across screens are part of what is shown', () => {
    const old = { ...shownWell(now - 800), wallRevision: 1 };
    const soon = truth(old, {}, { revision: 2, changedAt: now - 400 });
    expect(soon.verdict).toEqual({ kind: 'behind', what: 'wall', shownRevision: 1, late: false });
    const late = truth(old, {}, { revision: 2, changedAt: now - followWithinMs - 1 });
    expect(late.verdict).toEqual({ kind: 'behind', what: 'wall', shownRevision: 1, late: true });
    // What is late outweighs what is only on its way.
    const both = truth({ ...old, revision: 6 }, { changedAt: now - 400 }, { revision: 2, changedAt: now - followWithinMs - 1 });
    expect(both.verdict).toMatchObject({ what: 'wall', late: true });
  });

  test('somebody at the screen who looks at one tile hides the others', () => {
    const { verdict, tiles: known } = truth({ ...shownWell(now - 800), focus: 'g-0-0' });
    expect(verdict).toEqual({ kind: 'focus', tileId: 'g-0-0' });
    expect(known.get('g-0-0')!.state).toBe('live');
  });

  test.each(['key-only', 'still'])('a tile that is shown by %s as planned is not abnormal', (stream) => {
    const shown = withTile(0, { state: 'delayed', stream, reason: 'decode-budget' });
    expect(truth(shown).verdict).toEqual({ kind: 'confirmed', abnormal: 0, thinned: 1 });
    expect(truth(withTile(0, { state: 'stalled', stream })).verdict).toEqual({ kind: 'confirmed', abnormal: 1, thinned: 0 });
  });
});
