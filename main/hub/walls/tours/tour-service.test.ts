import { beforeEach, expect, test } from 'vitest';
import { controlCommands } from '../../../../layouts/control-contract.ts';
import type { Scene, TourScene, Wall } from '../../../../layouts/contract.ts';
import { tourStep } from '../../../../layouts/tour.ts';
import type { CommandInput } from '../../../contract/catalog.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome } from '../../../contract/define-command.ts';
import { problem, type Problem } from '../../../contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../../contract/ids.ts';
import { rolePermissions } from '../../../contract/permissions.ts';
import type { Principal } from '../../../contract/principal.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import { wholeCity, type Scope } from '../../../contract/scope.ts';
import { MemoryLedger } from '../../ledger/memory-ledger.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { firstWall } from '../first-walls.ts';
import { createTours, type Tours } from './tour-service.ts';

const cause = { kind: 'command', id: 'test', by: 'test' } as const;
const person = (name: string, scope: Scope = wholeCity): Principal => ({
  sessionId: `session-${name}` as SessionId,
  userId: name as UserId,
  name,
  roles: ['operator'],
  permissions: new Set(rolePermissions.operator),
  scope,
  screen: null,
  barrier: null,
});
const li = person('li');
const still = (cols: number) => ({ kind: 'grid' as const, rows: 1, cols, tiles: Array.from({ length: cols }, () => null) });
const steps = [3000, 5000, 4000].map((dwellMs, n) => ({ scene: still(n + 1), dwellMs }));

let clock: ManualClock;
let ledger: MemoryLedger;
let tours: Tours;
let held: Problem | null;
let plannedOn: TourScene | null;

beforeEach(() => {
  clock = new ManualClock(1_000_000_000);
  ledger = new MemoryLedger({ clock });
  held = null;
  plannedOn = null;
  tours = createTours({
    ledger,
    latest: { get: (_collection, key) => ({ status: { state: key === 'c1' ? 'offline' : 'online' } }) },
    seen: { of: () => undefined, knownSince: 5 },
    coverage: { planOn: (tour) => plannedOn ?? tour, running: () => [] },
    holds: { settle() {}, admit: () => (held ? err(held) : ok([])) },
  });
  ledger.commit([{ collection: 'walls', op: 'put', key: 'main', value: firstWall() }], cause);
});

/** What the command gateway does: parses the arguments, runs the handler, commits what it decided. */
async function run<N extends keyof Tours['handlers']>(
  name: N,
  input: CommandInput<N>,
  by = li,
): Promise<Result<Outcome<unknown>, Problem>> {
  const definition = controlCommands.find((command) => command.name === name)! as AnyCommand;
  const context: CommandContext = {
    commandId: 'k' as unknown as CommandId,
    principal: by,
    from: { door: 'socket', address: '127.0.0.1', workstation: null },
    approvedBy: null,
    now: clock.now(),
    signal: new AbortController().signal,
    commitPart: (changes) => ledger.commit(changes, cause),
  };
  const outcome = await (tours.handlers[name] as CommandHandler<AnyCommand>)(definition.args.parse(input), context);
  if (!outcome.ok) return outcome;
  definition.result.parse(outcome.value.result);
  if (outcome.value.changes) ledger.commit(outcome.value.changes, cause);
  return outcome;
}
const screen = () => (ledger.get('walls', 'main') as Wall).screens[0]!;
const show = (scene: Scene) => {
  const wall = ledger.get('walls', 'main') as Wall;
  const layout = { id: 'round' as never, revision: 3 };
  const screens = wall.screens.map((one, at) => (at === 0 ? { ...one, scene, layout, revision: one.revision + 1 } : one));
  ledger.commit([{ collection: 'walls', op: 'put', key: 'main', value: { ...wall, screens } }], cause);
};
const begin = (more: Partial<TourScene> = {}) => show({ kind: 'tour', steps, startedAt: clock.now(), ...more });
const control = (action: 'pause' | 'resume' | 'next' | 'previous', more: object = {}) =>
  run('tour.control', { wallId: 'main', screenId: '1', action, ...more });
const step = () => tourStep(screen().scene as TourScene, clock.now());

test('a tour is paused, stands for as long as it is, and goes on where it was', async () => {
  begin();
  await clock.advance(4000);
  expect(await control('pause')).toMatchObject({
    value: {
      result: { revision: 2, step: 1, paused: true },
      before: { revision: 1, paused: false },
      after: { revision: 2, step: 1, paused: true },
    },
  });
  expect(screen()).toMatchObject({ revision: 2, changedBy: 'li', changedAt: clock.now(), layout: { id: 'round', revision: 3 } });
  await clock.advance(1_000_000);
  expect(step()).toMatchObject({ index: 1, remainingMs: 4000 });
  expect(await control('resume')).toMatchObject({ value: { result: { revision: 3, step: 1, paused: false } } });
  expect(step()).toMatchObject({ index: 1, remainingMs: 4000 });
});

test('it is stepped in both directions, running and paused', async () => {
  begin();
  expect(await control('next')).toMatchObject({ value: { result: { revision: 2, step: 1, paused: false } } });
  expect(step()).toMatchObject({ index: 1, remainingMs: 5000 });
  await control('pause');
  expect(await control('next')).toMatchObject({ value: { result: { step: 2, paused: true } } });
  expect(await control('next')).toMatchObject({ value: { result: { step: 0, paused: true } } });
  expect(await control('previous')).toMatchObject({ value: { result: { revision: 6, step: 2, paused: true } } });
});

test('what changes nothing is no revision', async () => {
  begin();
  const { seq } = ledger;
  expect(await control('resume')).toMatchObject({ value: { result: { revision: 1, step: 0, paused: false } } });
  expect(ledger.seq).toBe(seq);
});

test.each<[string, object, string, object]>([
  ['an unknown wall', { wallId: 'cellar' }, 'wall-unknown', {}],
  ['an unknown screen', { screenId: '9' }, 'screen-unknown', {}],
  ['a screen without a tour', { screenId: '2' }, 'tour-absent', { wallId: 'main', screenId: '2' }],
  ['what somebody else has changed', { baseRevision: 0 }, 'revision-conflict', { revision: 1 }],
])('refuses %s and changes nothing', async (_, more, code, params) => {
  begin();
  const { seq } = ledger;
  expect(await control('pause', more)).toMatchObject({ ok: false, error: { code, params } });
  expect(ledger.seq).toBe(seq);
});

test('nobody touches a tour that somebody else holds', async () => {
  begin();
  held = problem('wall-held', { by: 'wang' });
  for (const action of ['pause', 'next'] as const)
    expect(await control(action)).toMatchObject({ error: { code: 'wall-held', params: { by: 'wang' } } });
  expect(screen().revision).toBe(1);
});

test('the hub plans on for whoever steps past the end of what it has planned', async () => {
  begin();
  const scene = screen().scene as TourScene;
  plannedOn = { ...scene, steps: [...scene.steps, ...steps], startedAt: clock.now() - 8000 };
  expect(await control('next')).toMatchObject({ value: { result: { step: 3, paused: false } } });
  expect((screen().scene as TourScene).steps).toHaveLength(6);
});

test('the coverage report counts what its reader may see', async () => {
  const cameras = ['traffic', 'police'].map((group, n) => ({ id: `c${n}`, number: `${n}`, district: '3202', groups: [group] }));
  ledger.commit(
    cameras.map((value) => ({ collection: 'cameras', op: 'put' as const, key: value.id, value })),
    cause,
  );
  const ask = (by: Principal) => run('coverage.report', { district: '3202', groups: ['traffic', 'police'], hours: 24 }, by);
  expect(await ask(li)).toMatchObject({ value: { result: { cameras: 2, never: 2, offline: 1, knownSince: 5, at: clock.now() } } });
  expect(await ask(person('zhao', { districts: '*', groups: ['traffic'] }))).toMatchObject({
    value: { result: { cameras: 1, never: 1, offline: 0, longest: [{ cameraId: 'c0' }] } },
  });
});
