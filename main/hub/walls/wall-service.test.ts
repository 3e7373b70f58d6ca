import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layoutCommands, layoutEntity, maxTiles, wallEntity, type ShownReport, type Wall } from '../../../layouts/contract.ts';
import type { CommandInput, CommandName } from '../../contract/catalog.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome } from '../../contract/define-command.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../contract/ids.ts';
import type { Ledger } from '../../contract/ledger.ts';
import { silentLog } from '../../contract/log.ts';
import { rolePermissions } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { wholeCity } from '../../contract/scope.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { createLatestValues, type FlushedValues } from '../readings/latest-values.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { nothingHeld } from './holds/testdata/nothing-held.ts';
import { screenFigures } from './screen-figures.ts';
import { silentAfterMs } from './shown-reports.ts';
import { storedScene } from './stored-scene.ts';
import { createWalls, type WallCommand, type Walls, type WallsDeps } from './wall-service.ts';

const person = (name: string): Principal => ({
  sessionId: `session-${name}` as SessionId,
  userId: name as UserId,
  name,
  roles: ['operator'],
  permissions: new Set(rolePermissions.operator),
  scope: wholeCity,
  screen: null,
  barrier: null,
});
const screenOf = (wallId: string, screenId: string): Principal => ({
  ...person(`wall:${wallId}:${screenId}`),
  roles: ['wall'],
  permissions: new Set(rolePermissions.wall),
  screen: { wallId, screenId },
});
const li = person('li');
const wang = person('wang');

let clock: ManualClock;
let latest: FlushedValues;
let ledger: Ledger;
let walls: Walls;
let ended: string[];
let toShow: WallsDeps['toShow'];
/** Cameras of accepted reports, each with whether its screen should show it. */
let noted: [string | null, boolean][];

beforeEach(() => {
  clock = new ManualClock();
  ended = [];
  noted = [];
  toShow = (scene, now) => ok(storedScene(scene, now));
  latest = createLatestValues({ flushMs: 100, clock });
  ledger = new MemoryLedger({ clock });
  for (let n = 0; n < 20; n += 1) ledger.commit([{ collection: 'cameras', op: 'put', key: `c${n}`, value: { id: `c${n}` } }], cause);
  walls = open();
});
afterEach(() => {
  walls.stop();
  latest.stop();
});

const cause = { kind: 'command', id: 'test', by: 'test' } as const;
const open = (on = ledger) => {
  const made = createWalls({
    ledger: on,
    latest,
    clock,
    holds: nothingHeld,
    toShow,
    seen: {
      note: (tiles, _at, shows) =>
        void noted.push(...tiles.map(({ cameraId }): [string | null, boolean] => [cameraId, cameraId !== null && shows(cameraId)])),
    },
    alarms: { shows: (wallId, screenId, cameraId) => `${wallId}/${screenId}/${cameraId}` === 'main/1/c9' },
    makeLink: (wallId, screenId) => ({ url: `http://hub/wall/${wallId}/${screenId}?ticket=t`, expiresAt: clock.now() + 60_000 }),
    endScreen: (wallId, screenId) => void ended.push(`${wallId}/${screenId}`),
  });
  made.start();
  return made;
};

/** What the command gateway does: parses the arguments, runs the handler, commits what it decided. */
function run<N extends WallCommand>(
  name: N,
  input: CommandInput<N & CommandName>,
  by: Principal | null = li,
): Result<Outcome<unknown>, Problem> {
  const definition = layoutCommands.find((command) => command.name === name)! as AnyCommand;
  const context: CommandContext = {
    commandId: 'k' as unknown as CommandId,
    principal: by,
    from: { door: 'socket', address: '127.0.0.1', workstation: null },
    approvedBy: null,
    now: clock.now(),
    signal: new AbortController().signal,
    commitPart: (changes) => ledger.commit(changes, cause),
  };
  const handler = walls.handlers[name] as CommandHandler<AnyCommand>;
  const outcome = handler(definition.args.parse(input), context) as Result<Outcome<unknown>, Problem>;
  if (outcome.ok) {
    definition.result.parse(outcome.value.result);
    if (outcome.value.changes) ledger.commit(outcome.value.changes, cause);
    void outcome.value.afterCommit?.();
  }
  return outcome;
}

const wall = (id = 'main') => ledger.get('walls', id) as Wall;
const screen = (id: string) => wall().screens.find((candidate) => candidate.id === id)!;
const video = (cameraId: string) => ({ panel: 'video' as const, cameraId });
const grid = (...cameras: string[]) => ({ kind: 'grid' as const, rows: 2, cols: 2, tiles: cameras.map(video) });
const show = (screenId: string, scene: object, baseRevision?: number, by = li) =>
  run('wall.show', { wallId: 'main', screenId, scene: scene as never, ...(baseRevision === undefined ? {} : { baseRevision }) }, by);
const reported = () => (latest.get('walls', 'main')?.['shown'] ?? {}) as Record<string, ShownReport>;

describe('a new data folder', () => {
  test('has a wall of two screens and the usual layouts, all valid', () => {
    expect(wallEntity.parse(wall())).toMatchObject({
      name: '主墙',
      screens: [
        { id: '1', name: '左屏', rect: { x: 0, y: 0, width: 1920, height: 1080 }, revision: 0, changedBy: null },
        { id: '2', name: '右屏', rect: { x: 1920, y: 0, width: 1920, height: 1080 } },
      ],
    });
    const layouts = [...ledger.all('layouts')];
    expect(layouts).toHaveLength(5);
    for (const layout of layouts) layoutEntity.parse(layout);
  });

  test('in the demo, an untouched wall gets pictures once', () => {
    const cameras = Array.from({ length: 20 }, (_, n) => `c${n}`);
    walls.start(cameras);
    expect(screen('1').scene).toMatchObject({ kind: 'grid', rows: 3, cols: 3, tiles: cameras.slice(0, 9).map(video) });
    expect(screen('2').scene).toMatchObject({ kind: 'split', template: '1+5', tiles: cameras.slice(9, 15).map(video) });
    const { seq } = ledger;
    walls.start(cameras.toReversed());
    expect(ledger.seq).toBe(seq);
  });

  test('few cameras leave tiles empty', () => {
    walls.start(['c0']);
    expect(screen('1').scene).toMatchObject({ tiles: [video('c0'), null, null, null, null, null, null, null, null] });
  });

  test('the demo never touches what somebody has shown', () => {
    show('2', grid('c1'));
    walls.start(['c0']);
    expect(screen('1').revision).toBe(0);
  });

  test('is made once: what was removed stays removed', () => {
    ledger.commit([{ collection: 'layouts', op: 'delete', key: 'preset-3x3' }], cause);
    walls = open();
    expect(ledger.get('layouts', 'preset-3x3')).toBeUndefined();
    expect(ledger.size('layouts')).toBe(4);
  });
});

describe('wall.show', () => {
  test('a screen shows a layout when it does, and not because somebody says so', () => {
    const scene = screen('1').scene;
    const layout = {
      ...(ledger.get('layouts', 'preset-2x2') as object),
      scene: { ...grid('c1'), tiles: [{ ...video('c1'), profile: 'auto' }, null, null, null] },
      revision: 3,
    };
    ledger.commit([{ collection: 'layouts', op: 'put', key: 'preset-2x2', value: layout }], cause);
    const says = (shown: object, revision: number, id = 'preset-2x2') => {
      run('wall.show', { wallId: 'main', screenId: '1', scene: shown as never, layout: { id, revision } });
      return screen('1').layout;
    };
    const named = { id: 'preset-2x2', revision: 3 };
    expect(says({ ...grid('c1') }, 3)).toEqual(named);
    expect([says(grid('c2'), 3), says(grid('c1'), 2), says(grid('c1'), 4), says(grid('c1'), 3, 'no-such'), says(scene, 3)]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('changes one screen, fills its tiles up, and says who and when', () => {
    const outcome = show('1', grid('c1', 'c2'), 0);
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        result: { revision: 1 },
        before: { revision: 0, shape: 'grid 3x3', cameras: 0 },
        after: { revision: 1, shape: 'grid 2x2', cameras: 2 },
      },
    });
    expect(screen('1')).toMatchObject({
      revision: 1,
      changedBy: 'li',
      changedAt: clock.now(),
      scene: { tiles: [{ ...video('c1'), profile: 'auto' }, video('c2'), null, null] },
    });
    expect(screen('2').revision).toBe(0);
    wallEntity.parse(wall());
  });

  test.each([
    ['without a base', undefined, 'li', 2],
    ['on the revision that is there', 1, 'li', 2],
    ['on an older one', 0, 'li', 'conflict'],
    ['on one that never was', 7, 'li', 'conflict'],
  ] as const)('a change %s', (_, base, by, expected) => {
    show('1', grid('c1'), undefined, wang);
    const at = clock.now();
    const outcome = show('1', grid('c2'), base, person(by));
    if (expected === 'conflict') {
      expect(outcome).toEqual({ ok: false, error: { code: 'revision-conflict', params: { by: 'wang', at, revision: 1 } } });
      expect(screen('1')).toMatchObject({ revision: 1, changedBy: 'wang' });
    } else expect(outcome).toMatchObject({ ok: true, value: { result: { revision: expected } } });
  });

  test('what there is nothing to show of is refused', () => {
    toShow = () => err(problem('coverage-empty'));
    walls = open();
    const { seq } = ledger;
    expect(show('1', grid('c1'))).toMatchObject({ ok: false, error: { code: 'coverage-empty' } });
    expect(ledger.seq).toBe(seq);
  });

  test('screens have revisions of their own', () => {
    show('1', grid('c1'), 0);
    expect(show('2', grid('c1'), 0).ok).toBe(true);
  });

  test('a tour starts when it is shown, whatever the sender says', () => {
    const tour = { kind: 'tour', startedAt: 1, steps: [{ scene: grid('c1'), dwellMs: 5000 }] };
    show('1', tour);
    expect(screen('1').scene).toMatchObject({
      startedAt: clock.now(),
      steps: [{ scene: { tiles: [{ ...video('c1'), profile: 'auto' }, null, null, null] } }],
    });
  });

  test.each<[string, string, object, string, object]>([
    ['an unknown screen', '9', grid(), 'screen-unknown', { screenId: '9' }],
    ['an unknown camera', '1', grid('c1', 'c404'), 'camera-unknown', { cameraId: 'c404' }],
    [
      'an unknown camera in a tour',
      '1',
      { kind: 'tour', steps: [{ dwellMs: 5000, scene: grid('c404') }] },
      'camera-unknown',
      { cameraId: 'c404' },
    ],
    ['more panels than a grid has tiles', '1', grid('c1', 'c1', 'c1', 'c1', 'c1'), 'too-many-tiles', { tiles: 5, max: 4 }],
    [
      'more panels than a template has tiles',
      '1',
      { kind: 'split', template: '1+5', tiles: Array.from({ length: 7 }, () => null) },
      'too-many-tiles',
      { tiles: 7, max: 6 },
    ],
    [
      'a tile beside the screen',
      '2',
      { kind: 'free', tiles: [{ rect: { x: 0, y: 0, width: 1920, height: 1080 }, panel: { panel: 'clock' } }] },
      'scene-invalid',
      { reason: 'tile-outside-screen', tile: 0 },
    ],
    [
      'an endless tour',
      '1',
      {
        kind: 'tour',
        steps: Array.from({ length: 11 }, () => ({
          dwellMs: 5000,
          scene: { kind: 'grid', rows: 20, cols: 20, tiles: Array.from({ length: maxTiles }, () => null) },
        })),
      },
      'too-many-tiles',
      { tiles: 4400, max: 4000 },
    ],
  ])('refuses %s and changes nothing', (_, screenId, scene, code, params) => {
    const { seq } = ledger;
    expect(show(screenId, scene)).toMatchObject({ ok: false, error: { code, params } });
    expect(ledger.seq).toBe(seq);
  });

  test('refuses an unknown wall', () => {
    expect(run('wall.show', { wallId: 'cellar', screenId: '1', scene: grid() })).toMatchObject({ error: { code: 'wall-unknown' } });
  });
});

const tile = (tileId: string, cameraId = 'c1') => ({ tileId, rect: { x: 900, y: 0, width: 2000, height: 800 }, panel: video(cameraId) });

describe('wall.span', () => {
  test('sets the tiles over all screens, with the wall’s revision', () => {
    expect(run('wall.span', { wallId: 'main', tiles: [tile('flood')], baseRevision: 0 })).toMatchObject({
      value: { result: { revision: 1 } },
    });
    expect(wall()).toMatchObject({ spanning: [tile('flood')], revision: 1, changedBy: 'li' });
    expect(run('wall.span', { wallId: 'main', tiles: [], baseRevision: 0 }, wang)).toMatchObject({
      error: { code: 'revision-conflict', params: { by: 'li', at: clock.now(), revision: 1 } },
    });
  });

  test.each([
    ['two tiles of one name', [tile('a'), tile('a')], 'scene-invalid'],
    ['an unknown camera', [tile('a', 'c404')], 'camera-unknown'],
  ])('refuses %s', (_, tiles, code) => {
    expect(run('wall.span', { wallId: 'main', tiles })).toMatchObject({ error: { code } });
  });
});

describe('wall.upsert', () => {
  const rect = { x: 0, y: 0, width: 3840, height: 2160 };

  test('screens that stay keep their scene; others come and go', () => {
    show('1', grid('c1'));
    report('1');
    report('2');
    const outcome = run('wall.upsert', {
      wallId: 'main',
      name: '主墙',
      screens: [
        { id: '1', rect },
        { id: '3', name: '新屏', rect: { ...rect, x: 3840 } },
      ],
    });
    expect(outcome).toMatchObject({ value: { result: { revision: 1 }, before: { screens: ['1', '2'] }, after: { screens: ['1', '3'] } } });
    expect(wall().screens).toMatchObject([
      { id: '1', name: '左屏', rect, revision: 1, scene: { tiles: [{ ...video('c1'), profile: 'auto' }, null, null, null] } },
      { id: '3', name: '新屏', revision: 0, scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] } },
    ]);
    expect(Object.keys(reported())).toEqual(['1']);
    expect(ended, 'a screen that is no more sees nothing more').toEqual(['main/2']);
    wallEntity.parse(wall());
  });

  test('makes a new wall', () => {
    expect(run('wall.upsert', { wallId: 'hall', name: '大厅', screens: [{ id: 'a', rect }], baseRevision: 0 })).toMatchObject({
      value: { result: { revision: 1 }, before: null },
    });
    expect(wall('hall')).toMatchObject({ name: '大厅', pixelPitchMm: 0.634, screens: [{ id: 'a', name: 'a' }] });
  });

  test('refuses two screens of one name, and a change that somebody else overtook', () => {
    const screens = [
      { id: '1', rect },
      { id: '1', rect },
    ];
    expect(run('wall.upsert', { wallId: 'main', name: 'x', screens })).toMatchObject({
      error: { code: 'field-invalid', params: { field: 'screens' } },
    });
    run('wall.upsert', { wallId: 'main', name: '主墙', screens: [{ id: '1', rect }] }, wang);
    expect(run('wall.upsert', { wallId: 'main', name: 'x', screens: [{ id: '1', rect }], baseRevision: 0 })).toMatchObject({
      error: { code: 'revision-conflict', params: { by: 'wang', revision: 1 } },
    });
  });
});

test('wall.link makes a link for a screen that exists, and keeps it out of the audit', () => {
  const made = run('wall.link', { wallId: 'main', screenId: '2' });
  expect(made).toMatchObject({ value: { result: { url: 'http://hub/wall/main/2?ticket=t', expiresAt: clock.now() + 60_000 } } });
  if (made.ok) expect(JSON.stringify([made.value.before, made.value.after, made.value.changes])).not.toContain('ticket');
  expect(run('wall.link', { wallId: 'main', screenId: '7' })).toMatchObject({ error: { code: 'screen-unknown' } });
});

test('wall.refresh is told to the screen that was meant, with the answers to its reports, and to no other', () => {
  const answer = (screenId: string) => {
    const said = report(screenId, screenOf('main', screenId), clock.now(), 0);
    return said.ok ? said.value.result : said.error;
  };
  expect(answer('1')).toEqual({ previewWanted: false });
  expect(run('wall.refresh', { wallId: 'main', screenId: '1' }, li)).toMatchObject({ value: { result: {} } });
  clock.advance(700);
  expect([answer('1'), answer('2')]).toEqual([{ previewWanted: false, refreshAskedMsAgo: 700 }, { previewWanted: false }]);
  expect(run('wall.refresh', { wallId: 'main', screenId: '7' }, li)).toMatchObject({ error: { code: 'screen-unknown' } });
});

function report(screenId: string, by: Principal | null = screenOf('main', screenId), at = clock.now(), revision = 1) {
  const tile = { tileId: 'g-0-0', cameraId: 'c1', state: 'live' as const, engine: 'hls' as const, fps: 15, frameAgeMs: 900 };
  return run('wall.report', { wallId: 'main', screenId, shown: { revision, at, tiles: [tile] } }, by);
}

const lookMs = 250;

describe('wall.report', () => {
  beforeEach(() => {
    for (let revision = 1; revision <= 5; revision += 1) for (const screenId of ['1', '2']) show(screenId, grid('c1'));
  });

  test('of a revision that nobody has told the screen yet is refused', () => {
    expect(report('1', screenOf('main', '1'), clock.now(), 6)).toMatchObject({
      ok: false,
      error: { code: 'field-invalid', params: { field: 'shown.revision', max: 5 } },
    });
    const ofWall = { revision: 1, at: clock.now(), tiles: [] };
    const { revision } = wall();
    const say = (wallRevision: number) =>
      run('wall.report', { wallId: 'main', screenId: '1', shown: { ...ofWall, wallRevision } }, screenOf('main', '1'));
    expect(say(revision + 1)).toMatchObject({ error: { code: 'field-invalid', params: { field: 'shown.wallRevision', max: revision } } });
    expect(reported()).toEqual({});
    expect(say(revision)).toMatchObject({ ok: true });
  });

  test.each<[string, Principal | null, string]>([
    ['the screen itself', screenOf('main', '1'), 'accepted'],
    ['another screen of the wall', screenOf('main', '2'), 'forbidden'],
    ['a screen of that name on another wall', screenOf('hall', '1'), 'forbidden'],
    ['a person looking at the wall page', li, 'accepted'],
    ['nobody', null, 'forbidden'],
  ])('from %s: %s', (_, by, expected) => {
    const outcome = report('1', by);
    if (expected === 'accepted') {
      expect(outcome).toEqual({ ok: true, value: { result: { previewWanted: false } } });
      expect(reported()['1']).toMatchObject({ revision: 1, at: clock.now(), tiles: [{ cameraId: 'c1', state: 'live', reason: null }] });
    } else {
      expect(outcome).toMatchObject({ ok: false, error: { code: expected } });
      expect(reported()).toEqual({});
    }
  });

  test('is never committed, and screens do not disturb each other', () => {
    const { seq } = ledger;
    report('1');
    report('2', undefined, undefined, 5);
    expect(reported()).toMatchObject({ 1: { revision: 1 }, 2: { revision: 5 } });
    expect(ledger.seq).toBe(seq);
  });

  test('of a screen that falls silent it is said within three seconds, and since when; what its tiles showed is not said any more', async () => {
    const at = clock.now();
    report('1');
    for (const screenId of ['2', '2', '2', '2']) {
      report(screenId);
      await clock.advance(lookMs);
    }
    expect(reported()['1']).toEqual(expect.objectContaining({ at, tiles: [expect.objectContaining({ state: 'live' })] }));
    expect(reported()['1']).not.toHaveProperty('silentSince');
    while (clock.now() < at + silentAfterMs) {
      report('2');
      await clock.advance(lookMs);
    }
    await clock.advance(0);
    expect(clock.now() - at).toBeLessThanOrEqual(3000 - 150);
    expect(reported()['1']).toMatchObject({ revision: 1, at, silentSince: at, tiles: [] });
    expect(reported()['2']).not.toHaveProperty('silentSince');
    report('1');
    expect(reported()['1']).toMatchObject({ at: clock.now(), tiles: [{ state: 'live' }] });
    expect(reported()['1'], 'it is heard again').not.toHaveProperty('silentSince');
  });

  test('nothing is looked at once all are silent, and after the end', async () => {
    report('1');
    await clock.advance(0);
    expect(clock.sleeping).toBeGreaterThan(0);
    for (let looks = 0; looks < 12; looks += 1) await clock.advance(lookMs);
    expect(reported()['1']).toHaveProperty('silentSince');
    expect(clock.sleeping, 'no timer').toBe(0);
    report('1');
    await clock.advance(0);
    walls.stop();
    await clock.advance(60_000);
    expect(reported()['1']).not.toHaveProperty('silentSince');
    expect(clock.sleeping).toBe(0);
  });

  test('a screen does not say itself that it is silent', () => {
    run(
      'wall.report',
      { wallId: 'main', screenId: '1', shown: { revision: 1, at: clock.now(), silentSince: 5, tiles: [] } },
      screenOf('main', '1'),
    );
    expect(reported()['1']).not.toHaveProperty('silentSince');
  });

  test('figures: who reports, how long ago, and what its page says of itself', async () => {
    const read = () => Object.fromEntries(screenFigures(ledger, walls.reports).map((figure) => [figure.name, figure.read()]));
    expect(read()).toEqual({
      taodu_wall_screens: { reporting: 0, silent: 0, never: 2 },
      taodu_wall_report_age_seconds: {},
      taodu_wall_page_up_seconds: {},
      taodu_wall_page_heap_bytes: {},
    });
    const page = { upS: 77, heapMb: 40 };
    run('wall.report', { wallId: 'main', screenId: '1', shown: { revision: 1, at: clock.now(), page, tiles: [] } }, screenOf('main', '1'));
    report('2');
    await clock.advance(500);
    expect(read()).toEqual({
      taodu_wall_screens: { reporting: 2, silent: 0, never: 0 },
      taodu_wall_report_age_seconds: { 'main/1': 0.5, 'main/2': 0.5 },
      taodu_wall_page_up_seconds: { 'main/1': 77 },
      taodu_wall_page_heap_bytes: { 'main/1': 40 * 1_048_576 },
    });
    await clock.advance(3000);
    expect(read()).toMatchObject({
      taodu_wall_screens: { reporting: 0, silent: 2, never: 0 },
      taodu_wall_report_age_seconds: { 'main/1': 3.5 },
      taodu_wall_page_up_seconds: {},
    });
  });

  test('a page whose clock runs ahead is not fresher than its report', () => {
    report('1', undefined, clock.now() + 3_600_000);
    expect(reported()['1']!.at).toBe(clock.now());
  });

  test('nobody speaks for a screen that speaks for itself', async () => {
    report('1', screenOf('main', '1'), clock.now(), 3);
    await clock.advance(4_000);
    expect(report('1', li, clock.now(), 4).ok).toBe(true);
    expect(reported()['1']!.revision).toBe(3);
    expect(walls.reports.leftAside).toBe(1);
    await clock.advance(1_000);
    report('1', li, clock.now(), 4);
    expect(reported()['1']!.revision).toBe(4);
  });

  test('who is seen is noted of reports that count, with what the screen should show', () => {
    const tiles = (...ids: string[]) =>
      ids.map((cameraId, n) => ({
        tileId: `g-0-${n}`,
        cameraId,
        state: 'live' as const,
        engine: 'mosaic' as const,
        fps: 15,
        frameAgeMs: 90,
      }));
    const say = (by: Principal, ...ids: string[]) =>
      run('wall.report', { wallId: 'main', screenId: '1', shown: { revision: 1, at: clock.now(), tiles: tiles(...ids) } }, by);
    say(screenOf('main', '1'), 'c1', 'c7', 'c9');
    expect(noted).toEqual([
      ['c1', true],
      ['c7', false],
      // An alert lies over the screen with it.
      ['c9', true],
    ]);
    say(li, 'c1');
    say(screenOf('main', '2'), 'c1');
    expect(noted, 'nobody else speaks for the screen').toHaveLength(3);
  });

  test('an unknown screen is refused', () => {
    expect(report('9', li)).toMatchObject({ error: { code: 'screen-unknown' } });
  });
});

test('after a restart every screen shows what it showed, and nothing is reported until a screen reports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-walls-'));
  const openStored = () => openLedger(folder, { changesKept: 100, clock, log: silentLog });
  let stored = openStored();
  try {
    stored.commit([{ collection: 'cameras', op: 'put', key: 'c1', value: { id: 'c1' } }], cause);
    ledger = stored;
    walls = open();
    show('1', { kind: 'tour', steps: [{ dwellMs: 5000, scene: grid('c1') }] });
    run('wall.span', { wallId: 'main', tiles: [{ tileId: 'a', rect: screen('1').rect, panel: video('c1') }] });
    report('1');
    walls.stop();
    const before = wall();
    stored.close();

    stored = openStored();
    ledger = stored;
    latest.stop();
    latest = createLatestValues({ flushMs: 100, clock });
    walls = open();
    expect(wall()).toEqual(before);
    expect(reported()).toEqual({});
    expect(show('1', grid('c1'), 0)).toMatchObject({ error: { code: 'revision-conflict', params: { by: 'li', revision: 1 } } });
  } finally {
    stored.close();
    rmSync(folder, { recursive: true });
  }
});
