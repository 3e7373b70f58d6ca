import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert, Silence } from '../../../alerts/contract.ts';
import { shownReport, wallEntity, type LayoutDoc, type ShownReport, type TileState, type Wall } from '../../../layouts/contract.ts';
import type { Hold } from '../../../layouts/control-contract.ts';
import { statusUnknown, type Camera, type CameraStatus } from '../../../streams/contract.ts';
import type { CommandEntity } from '../../contract/commands.ts';
import { shiftReport as reportSchema } from '../../contract/desk.ts';
import type { Health } from '../../contract/operations.ts';
import { rolePermissions, type Permission } from '../../contract/permissions.ts';
import { wholeCity, type Scope, type ScopeClaim } from '../../contract/scope.ts';
import { maxHolds } from '../walls/holds/hold-rules.ts';
import { listedAtMost, shiftReport, type ShiftFacts } from './shift-report.ts';

const now = 1_700_000_000_000;
const town: Scope = { districts: ['320282101'], groups: '*' };
const reader = (scope: Scope = wholeCity, permissions: readonly Permission[] = rolePermissions.operator) => ({
  scope,
  permissions: new Set(permissions),
});

const video = (cameraId: string) => ({ panel: 'video', cameraId });
const screen = (id: string, scene: object, more: object = {}) => ({
  id,
  name: `Screen ${id}`,
  rect: { x: ((Number(id) - 1) % 50) * 1920, y: 0, width: 1920, height: 1080 },
  scene,
  revision: 4,
  changedBy: 'li',
  changedAt: now - 60_000,
  ...more,
});
const wall = (...screens: object[]): Wall =>
  wallEntity.parse({ id: 'main', name: 'Main', pixelPitchMm: 0.6, farthestSeatM: 6, screens, spanning: [], revision: 2 });
const grid = (...cameras: string[]) => ({ kind: 'grid', rows: 2, cols: 2, tiles: cameras.map(video) });
const report = (states: readonly (readonly [string, TileState])[], more: object = {}): ShownReport =>
  shownReport.parse({
    revision: 4,
    wallRevision: 2,
    at: now - 1000,
    tiles: states.map(([cameraId, state], n) => ({
      tileId: `t${n}`,
      cameraId,
      state,
      engine: 'mosaic',
      fps: 25,
      frameAgeMs: 100,
    })),
    ...more,
  });

/** Cameras a… are in the town, z… elsewhere. */
const claim = (id: string): ScopeClaim => ({ district: id.startsWith('z') ? '320281' : '320282101', groups: [] });
const camera = (id: string) => ({ id, number: `N-${id}`, name: `Camera ${id}`, ...(claim(id) as object) }) as unknown as Camera;
const offline = (reason: CameraStatus['reason'] = null): CameraStatus => ({ state: 'offline', at: now, by: 'prober', reason });

const facts = (more: Partial<ShiftFacts> = {}): ShiftFacts => ({
  now,
  walls: [],
  shown: () => undefined,
  layout: () => undefined,
  holds: [],
  alerts: [],
  silences: [],
  cameras: [],
  status: () => statusUnknown,
  offlineSince: () => null,
  commands: [],
  health: [],
  lookup: { camera: claim, layout: () => undefined },
  ...more,
});
const reported = (more: Partial<ShiftFacts>, who = reader()) => reportSchema.parse(shiftReport(facts(more), who));
const onlyScreen = (more: Partial<ShiftFacts>, who = reader()) => reported(more, who).screens[0]!;

test('of a city in which nothing is, nothing is said', () => {
  expect(reported({})).toEqual({
    at: now,
    screens: [],
    holds: [],
    shelved: { total: 0, first: [] },
    silenced: { total: 0, first: [] },
    offline: { total: 0, latest: [] },
    waiting: [],
    health: [],
    leftOut: { screens: 0, waiting: 0 },
  });
});

describe('screens', () => {
  const walls = [wall(screen('1', grid('a1', 'a2', 'z1')))];

  test('say what they show, since when and through whom', () => {
    const shown = () =>
      report([
        ['a1', 'live'],
        ['a2', 'stalled'],
        ['z1', 'live'],
      ]);
    expect(onlyScreen({ walls, shown })).toEqual({
      wallId: 'main',
      wall: 'Main',
      screenId: '1',
      screen: 'Screen 1',
      shape: 'grid 2x2',
      layout: null,
      cameras: 3,
      changedBy: 'li',
      changedAt: now - 60_000,
      live: 2,
      notLive: 1,
      followsRevision: true,
      paused: false,
    });
  });

  test.each<[string, ShownReport | undefined]>([
    ['has never said anything', undefined],
    ['has said nothing for more than ten seconds', report([['a1', 'live']], { at: now - 10_001 })],
  ])('one that %s: nobody knows', (_name, shown) => {
    expect(onlyScreen({ walls, shown: () => shown })).toMatchObject({ cameras: 3, live: null, notLive: null, followsRevision: null });
  });

  test('ten seconds still count', () => {
    expect(onlyScreen({ walls, shown: () => report([['a1', 'live']], { at: now - 10_000 }) }).live).toBe(1);
  });

  test.each([
    ['its scene', { revision: 3 }],
    ['the wall', { wallRevision: 1 }],
  ])('one that still shows an earlier revision of %s does not follow', (_name, more) => {
    expect(onlyScreen({ walls, shown: () => report([], more) }).followsRevision).toBe(false);
  });

  test('cameras out of sight are not counted, neither in the scene nor among the pictures', () => {
    const shown = () =>
      report([
        ['a1', 'live'],
        ['z1', 'live'],
        ['z1', 'stalled'],
      ]);
    expect(onlyScreen({ walls, shown }, reader(town))).toMatchObject({ cameras: 2, live: 1, notLive: 0 });
  });

  test('cameras that are gone are not counted', () => {
    const lookup = { camera: (id: string) => (id === 'a2' ? undefined : claim(id)), layout: () => undefined };
    expect(onlyScreen({ walls, lookup }).cameras).toBe(2);
  });

  test('a tour counts the cameras of all its steps, each once, and those of tiles that lie over it; paused is said', () => {
    const step = (...cameras: string[]) => ({ scene: grid(...cameras), dwellMs: 10_000 });
    const tour = { kind: 'tour', steps: [step('a1', 'a2'), step('a2', 'a3')], startedAt: 1, pausedAt: 2 };
    const spanning = [{ tileId: 's', rect: { x: 1900, y: 0, width: 100, height: 100 }, panel: video('a9') }];
    const spanned = wallEntity.parse({ ...wall(screen('1', tour), screen('2', grid('a1'))), spanning });
    expect(reported({ walls: [spanned] }).screens).toMatchObject([
      { shape: 'tour 2', cameras: 4, paused: true },
      { shape: 'grid 2x2', cameras: 2, paused: false },
    ]);
  });

  test('a layout is named to whoever may see it', () => {
    const named = [wall(screen('1', grid('a1'), { layout: { id: 'l', revision: 1 } }))];
    const layout = () => ({ id: 'l', name: 'Morning' }) as LayoutDoc;
    const of = (claims: ScopeClaim[] | undefined, who = reader()) =>
      onlyScreen({ walls: named, layout, lookup: { camera: claim, layout: () => claims } }, who).layout;
    expect(of([claim('a1')])).toBe('Morning');
    expect(of([claim('a1')], reader(town))).toBe('Morning');
    expect(of([claim('a1'), claim('z1')], reader(town))).toBeNull();
    expect(of(undefined)).toBeNull();
  });

  test('of too many the first are listed', () => {
    const many = Array.from({ length: 5 }, (_, n) =>
      wallEntity.parse({ ...wall(...Array.from({ length: 64 }, (__, at) => screen(String(at + 1), grid()))), id: `w${n}` }),
    );
    const { screens, leftOut } = reported({ walls: many });
    expect([screens.length, leftOut.screens]).toEqual([listedAtMost.screens, 64]);
  });
});

describe('holds', () => {
  const hold = (id: string, more: object = {}) =>
    ({
      id,
      wallId: 'main',
      screenId: '1',
      tiles: null,
      userId: 'u',
      name: 'li',
      reason: 'Marathon',
      expiresAt: now + 1000,
      ...more,
    }) as unknown as Hold;
  const walls = [wall(screen('1', grid()))];

  test('say what, by whom, why and until when; those that end first come first, those that are over not at all', () => {
    const holds = [hold('b', { tiles: ['g-0-0', 'g-0-1'], expiresAt: now + 2000 }), hold('a'), hold('over', { expiresAt: now })];
    expect(reported({ walls, holds }).holds).toEqual([
      { wall: 'Main', screen: 'Screen 1', tiles: null, by: 'li', reason: 'Marathon', expiresAt: now + 1000 },
      { wall: 'Main', screen: 'Screen 1', tiles: 2, by: 'li', reason: 'Marathon', expiresAt: now + 2000 },
    ]);
  });

  test('on a screen that is gone they keep its id', () => {
    expect(reported({ walls, holds: [hold('a', { screenId: '9' })] }).holds[0]).toMatchObject({ wall: 'Main', screen: '9' });
    expect(reported({ holds: [hold('a')] }).holds[0]).toMatchObject({ wall: 'main', screen: '1' });
  });

  test('as many as there can be are taken', () => {
    expect(reported({ holds: Array.from({ length: maxHolds }, (_, n) => hold(`h${n}`)) }).holds).toHaveLength(maxHolds);
  });
});

describe('cameras that are offline', () => {
  const status = (id: string): CameraStatus =>
    id.endsWith('1') ? { state: 'online', at: now, by: 'prober', reason: null } : offline('source-unreachable');

  test('the last that went come first, those of which nobody knows since when come last', () => {
    const since: Record<string, number> = { a2: 5, a3: 9 };
    const { offline: said } = reported({
      cameras: ['a1', 'a4', 'a2', 'a3'].map(camera),
      status,
      offlineSince: (id) => since[id] ?? null,
    });
    expect(said).toEqual({
      total: 3,
      latest: [
        { cameraId: 'a3', number: 'N-a3', name: 'Camera a3', since: 9, reason: 'source-unreachable' },
        { cameraId: 'a2', number: 'N-a2', name: 'Camera a2', since: 5, reason: 'source-unreachable' },
        { cameraId: 'a4', number: 'N-a4', name: 'Camera a4', since: null, reason: 'source-unreachable' },
      ],
    });
  });

  test('out of sight they are neither named nor counted', () => {
    const cameras = ['a2', 'z2', 'z3'].map(camera);
    expect(reported({ cameras, status }, reader(town)).offline).toMatchObject({ total: 1, latest: [{ cameraId: 'a2' }] });
    expect(reported({ cameras, status }, reader({ districts: '*', groups: ['traffic'] })).offline).toEqual({ total: 0, latest: [] });
  });

  test('all are counted, the fifty that went last are named, in whatever order they are looked at', () => {
    const count = 70;
    const id = (n: number) => `a${String(n).padStart(3, '0')}x`;
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: count }, (_, n) => n),
          { minLength: count },
        ),
        (order) => {
          const { offline: said } = reported({
            cameras: order.map((n) => camera(id(n))),
            status,
            // every third one since nobody knows when, pairs at the same moment
            offlineSince: (cameraId) => (Number(cameraId.slice(1, 4)) % 3 === 0 ? null : Math.floor(Number(cameraId.slice(1, 4)) / 2)),
          });
          const sinceOf = (n: number) => (n % 3 === 0 ? -1 : Math.floor(n / 2));
          const expected = [...order].sort((a, b) => sinceOf(b) - sinceOf(a) || a - b).slice(0, listedAtMost.offline);
          expect(said!.total).toBe(count);
          expect(said!.latest.map(({ cameraId }) => cameraId)).toEqual(expected.map(id));
        },
      ),
      { seed: 6, numRuns: 30 },
    );
  });
});

describe('shelved alerts', () => {
  const alert = (id: string, until: number | null, district: string | null = '320282101') =>
    ({
      id,
      severity: 'high',
      title: { zh: `泵 ${id} 停机`, en: `Pump ${id} tripped` },
      subject: { kind: 'asset', id, name: `Pump ${id}` },
      place: { district },
      shelved: until === null ? null : { by: 'li', at: now - 1, until, reason: 'works' },
    }) as unknown as Alert;

  test('are named, those that come back first, with who put them away and why; what is back is not', () => {
    const alerts = [alert('late', now + 9), alert('soon', now + 1), alert('back', now), alert('never', null)];
    const { total, first } = reported({ alerts }).shelved!;
    expect([total, first.map(({ alertId }) => alertId)]).toEqual([2, ['soon', 'late']]);
    expect(first[0]).toEqual({
      alertId: 'soon',
      severity: 'high',
      title: { zh: '泵 soon 停机', en: 'Pump soon tripped' },
      subject: 'Pump soon',
      by: 'li',
      until: now + 1,
      reason: 'works',
    });
  });

  test('out of sight they are neither named nor counted', () => {
    const alerts = [alert('here', now + 1), alert('there', now + 1, '320281'), alert('city', now + 1, null)];
    expect(reported({ alerts }, reader(town)).shelved).toMatchObject({ total: 1, first: [{ alertId: 'here' }] });
  });

  test('all are counted, fifty are named', () => {
    const alerts = Array.from({ length: 70 }, (_, n) => alert(`a${n}`, now + 1 + n));
    const { total, first } = reported({ alerts }).shelved!;
    expect([total, first.length, first.at(-1)!.alertId]).toEqual([70, listedAtMost.shelved, 'a49']);
  });
});

describe('silences', () => {
  const matchers = [{ label: 'rule', op: '=' as const, value: 'camera-lost' }];
  const silence = (id: string, endsAt: number, more: object = {}) =>
    ({ id, matchers, reason: 'works', by: 'li', startsAt: now - 5, endsAt, ended: false, ...more }) as unknown as Silence;

  test('are named, those that end first, also those that only begin later; what is over is not', () => {
    const silences = [
      silence('late', now + 9),
      silence('planned', now + 5, { startsAt: now + 2 }),
      silence('over', now),
      silence('ended', now + 9, { ended: true }),
    ];
    const { total, first } = reported({ silences }).silenced!;
    expect([total, first.map(({ silenceId }) => silenceId)]).toEqual([2, ['planned', 'late']]);
    expect(first[1]).toEqual({ silenceId: 'late', matchers, by: 'li', from: now - 5, until: now + 9, reason: 'works' });
  });

  test('all are counted, fifty are named', () => {
    const silences = Array.from({ length: 70 }, (_, n) => silence(`s${n}`, now + 1 + n));
    const { total, first } = reported({ silences }).silenced!;
    expect([total, first.length, first.at(-1)!.silenceId]).toEqual([70, listedAtMost.silenced, 's49']);
  });
});

describe('what waits for a second person', () => {
  const command = (id: string, more: object = {}) =>
    ({
      id,
      name: 'camera.remove-many',
      state: 'awaitingApproval',
      requestedBy: 'li',
      approvalExpiresAt: now + 1,
      at: now,
      scope: [claim('a1')],
      ...more,
    }) as unknown as CommandEntity;

  test('is listed, the oldest first; what is over is not', () => {
    const commands = [
      command('new'),
      command('old', { at: now - 5 }),
      command('over', { approvalExpiresAt: now }),
      command('done', { state: 'confirmed' }),
    ];
    expect(reported({ commands }).waiting).toEqual([
      { commandId: 'old', name: 'camera.remove-many', by: 'li', at: now - 5 },
      { commandId: 'new', name: 'camera.remove-many', by: 'li', at: now },
    ]);
  });

  test('out of sight it is not', () => {
    expect(reported({ commands: [command('a'), command('z', { scope: [claim('z1')] })] }, reader(town)).waiting).toHaveLength(1);
  });

  test('of too much the first is listed', () => {
    const { waiting, leftOut } = reported({ commands: Array.from({ length: 130 }, (_, n) => command(`c${n}`)) });
    expect([waiting!.length, leftOut.waiting]).toEqual([listedAtMost.waiting, 30]);
  });
});

test('of the system only what is wrong is said, what has failed first', () => {
  const health = [
    { id: 'backup', state: 'warning', code: 'backup-overdue', params: { hours: 30 }, since: 1 },
    { id: 'clock', state: 'unknown', code: 'clock-unknown', params: {}, since: 1 },
    { id: 'disk', state: 'failed', code: 'disk-low', params: {}, since: 9 },
    { id: 'audit', state: 'ok', code: null, params: {}, since: 1 },
  ] as unknown as Health[];
  expect(reported({ health }).health).toEqual([
    { id: 'disk', state: 'failed', code: 'disk-low', params: {}, since: 9 },
    { id: 'backup', state: 'warning', code: 'backup-overdue', params: { hours: 30 }, since: 1 },
  ]);
});

test.each([
  ['camera.view', 'offline'],
  ['alert.view', 'shelved'],
  ['alert.view', 'silenced'],
  ['command.view', 'waiting'],
  ['system.view', 'health'],
] as const)('without %s nothing is claimed of %s', (denied, part) => {
  const permissions = rolePermissions.operator.filter((permission) => permission !== denied);
  expect(reported({}, reader(wholeCity, permissions))).toMatchObject({ [part]: null });
  expect(reported({})[part]).not.toBeNull();
});
