import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { camerasOf, type PanelRef, type Rect, type Scene, type Screen, type Wall } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import type { HoldId } from '../../../contract/ids.ts';
import { grid, holdsRig, person, resultOf, RigLedger, SettableClock, video } from './testdata/holds-rig.ts';

/**
 * Four people of different roles do what they like with two screens, while time goes on, clocks are set, cameras and accounts go, and the hub
 * starts over. What must hold is said here once more, in other words than the product's: nothing of a hold is changed by anybody but its holder, no
 * hold outlives its end, and what is on the wall after it is what it kept.
 */

const people = [
  person('operator', 'operator'),
  person('traffic', 'traffic'),
  person('dispatcher', 'dispatcher'),
  person('admin', 'administrator'),
] as const;
const minute = 60_000;

const scenes: readonly Scene[] = [
  grid(1, 1, 'c1'),
  grid(2, 2, 'c1', 'c2', 'c3', 'c4'),
  grid(2, 2, 'c1', 'c5', 'c3', 'c6'),
  grid(2, 2, 'c7', '', 'c3', 'c4'),
  { kind: 'split', template: '1+5', tiles: [video('c8'), null, video('c9')] },
  { kind: 'tour', steps: [{ dwellMs: 5000, scene: grid(1, 1, 'c1') }] },
] as never;
const over = [
  { tileId: 'corner', rect: { x: 100, y: 100, width: 200, height: 200 }, panel: video('c9') },
  { tileId: 'both', rect: { x: 1800, y: 700, width: 400, height: 300 }, panel: video('c8') },
];

const who = fc.constantFrom(...people);
const screenId = fc.constantFrom('1', '2');
const which = fc.nat(9);
const anyAction = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('show' as const), by: who, screenId, scene: fc.constantFrom(...scenes) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('span' as const), by: who, tiles: fc.subarray(over) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recall' as const), by: who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      by: who,
      screenId,
      tiles: fc.option(fc.subarray(['g-0-0', 'g-0-1', 'g-1-0', 'g-1-1', 's-0'], { minLength: 1, maxLength: 3 })),
      minutes: fc.integer({ min: 1, max: 60 }),
      restore: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('extend' as const), by: who, which, minutes: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), by: who, which, restore: fc.option(fc.boolean()) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), by: who, which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('yield' as const), by: who, which, to: who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), by: who, which, to: who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('override' as const), by: who, which, priority: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('setClock' as const),
      minutes: fc.oneof(fc.integer({ min: 2, max: 300 }), fc.integer({ min: -300, max: -2 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cameraGoes' as const), cameraId: fc.constantFrom('c1', 'c3', 'c5') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('account' as const), of: who, disabled: fc.boolean() }) },
);
type Action = typeof anyAction extends fc.Arbitrary<infer T> ? T : never;

/** What the test itself knows of a hold. */
interface Known {
  readonly kept: Pick<Screen, 'scene' | 'layout'> | null;
  /** By the clock that nobody can set. */
  until: number;
  /** Whoever has it now did not take it: what he shows stays. */
  given: boolean;
  decided: boolean;
}

type Rig = ReturnType<typeof holdsRig>;
const text = (value: unknown) => JSON.stringify(value);
const screenOf = (wall: Wall, id: string) => wall.screens.find((screen) => screen.id === id)!;

const panels = (scene: Scene): Record<string, PanelRef | null> => {
  if (scene.kind === 'grid')
    return Object.fromEntries(scene.tiles.map((panel, n) => [`g-${Math.floor(n / scene.cols)}-${n % scene.cols}`, panel]));
  if (scene.kind === 'split') return Object.fromEntries(scene.tiles.map((panel, n) => [`s-${n}`, panel]));
  return {};
};
const shape = (scene: Scene) =>
  scene.kind === 'grid' ? `${scene.rows}x${scene.cols}` : scene.kind === 'split' ? scene.template : text(scene);

/** Where what is held lies, as far as grids go; the whole screen otherwise. */
function places({ tiles }: Hold, { scene, rect }: Screen): Rect[] {
  if (tiles === null || scene.kind === 'tour') return [rect];
  if (scene.kind !== 'grid') return [];
  const [width, height] = [rect.width / scene.cols, rect.height / scene.rows];
  return tiles
    .map((tile) => tile.split('-').map(Number) as [number, number, number])
    .filter(([, row, col]) => row < scene.rows && col < scene.cols)
    .map(([, row, col]) => ({ x: rect.x + col * width, y: rect.y + row * height, width, height }));
}

/** All that nobody but the holder may change, as text: what the screen shows there, and what lies over it. */
function heldView(hold: Hold, wall: Wall): readonly [part: string, above: string] {
  const screen = screenOf(wall, hold.screenId);
  const part =
    hold.tiles === null
      ? [screen.scene, screen.layout, screen.revision]
      : [shape(screen.scene), hold.tiles.map((tile) => panels(screen.scene)[tile])];
  const above = wall.spanning.filter(({ rect }) =>
    places(hold, screen).some(
      (place) =>
        rect.x < place.x + place.width &&
        place.x < rect.x + rect.width &&
        rect.y < place.y + place.height &&
        place.y < rect.y + rect.height,
    ),
  );
  return [text(part), text(above)];
}

/** The wall after the end of a hold is what that hold promised. */
function checkEnd(hold: Hold, known: Known, restores: boolean, before: Wall, after: Wall, cameraExists: (id: string) => boolean): void {
  const [was, is] = [screenOf(before, hold.screenId), screenOf(after, hold.screenId)];
  const there = (panel: PanelRef | null | undefined) =>
    panel?.panel === 'video' && !cameraExists(panel.cameraId) ? null : (panel ?? null);
  const comesBack = restores && known.kept !== null && !known.decided;
  if (hold.tiles === null) {
    if (!comesBack) expect(text(is.scene)).toBe(text(was.scene));
    else {
      const { scene } = known.kept!;
      expect(shape(scene) === shape(is.scene) || scene.kind === 'tour').toBe(true);
      for (const [tile, panel] of Object.entries(panels(scene))) expect(panels(is.scene)[tile]).toEqual(there(panel));
      if (camerasOf(scene).every(cameraExists)) expect(text(is.scene)).toBe(text(scene));
    }
    return;
  }
  const fits = comesBack && shape(known.kept!.scene) === shape(was.scene);
  for (const tile of hold.tiles) {
    const expected = fits ? there(panels(known.kept!.scene)[tile]) : (panels(was.scene)[tile] ?? null);
    expect(panels(is.scene)[tile] ?? null).toEqual(expected);
  }
  expect(shape(is.scene)).toBe(shape(was.scene));
}

async function perform(rig: Rig, action: Action): Promise<{ ok: boolean; holdId?: string }> {
  const holds = rig.allHolds();
  const holdId = ('which' in action ? (holds[action.which % (holds.length + 1)]?.id ?? 'none') : 'none') as HoldId;
  const answered = (answer: ReturnType<Rig['run']>) => ({ ok: answer.ok });
  switch (action.do) {
    case 'show':
      return answered(rig.run('wall.show', { wallId: 'main', screenId: action.screenId, scene: action.scene }, action.by));
    case 'span':
      return answered(rig.run('wall.span', { wallId: 'main', tiles: action.tiles }, action.by));
    case 'recall':
      return answered(rig.run('preset.recall', { presetId: 'both' }, action.by));
    case 'take': {
      const { by, screenId: id, tiles, minutes, restore } = action;
      const args = { wallId: 'main', screenId: id, minutes, restore, reason: 'x', ...(tiles === null ? {} : { tiles }) };
      const answer = rig.run('hold.take', args, by);
      return answer.ok ? { ok: true, holdId: resultOf<{ holdId: string }>(answer).holdId } : { ok: false };
    }
    case 'extend':
      return answered(rig.run('hold.extend', { holdId, minutes: action.minutes }, action.by));
    case 'release':
      return answered(rig.run('hold.release', { holdId, ...(action.restore === null ? {} : { restore: action.restore }) }, action.by));
    case 'ask':
      return answered(rig.run('hold.request', { holdId, reason: 'x' }, action.by));
    case 'yield':
      return answered(rig.run('hold.yield', { holdId, userId: action.to.userId }, action.by));
    case 'refuse':
      return answered(rig.run('hold.refuse', { holdId, userId: action.to.userId }, action.by));
    case 'override':
      return answered(rig.run('hold.override', { holdId, priority: action.priority, minutes: 30, reason: 'x' }, action.by));
    case 'wait':
      await rig.clock.advance(action.minutes * minute);
      break;
    case 'setClock':
      rig.clock.set(action.minutes * minute);
      break;
    case 'restart':
      await rig.restart();
      break;
    case 'cameraGoes':
      if (rig.ledger.get('cameras', action.cameraId)) rig.remove('cameras', action.cameraId);
      break;
    case 'account':
      rig.setUser(action.of, { disabled: action.disabled });
  }
  rig.holds.settle();
  return { ok: true };
}

async function play(actions: readonly Action[]): Promise<void> {
  const rig = holdsRig(people, new RigLedger(), new SettableClock(2_000_000_000_000));
  const known = new Map<string, Known>();
  const disabled = new Set<string>();
  const cameraExists = (id: string) => rig.ledger.get('cameras', id) !== undefined;
  try {
    resultOf(rig.run('wall.show', { wallId: 'main', screenId: '1', scene: scenes[1]! }, people[0]));
    resultOf(rig.run('preset.save', { presetId: 'both', name: 'Both', wallId: 'main' }, people[0]));
    for (const action of actions) {
      if ('by' in action && disabled.has(action.by.name)) continue;
      if (action.do === 'account') disabled[action.disabled ? 'add' : 'delete'](action.of.name);
      const [wall, holds] = [rig.wall(), rig.allHolds()];
      const { ok, holdId } = await perform(rig, action);
      const [after, monotonic] = [rig.wall(), rig.clock.monotonic()];
      const by = 'by' in action ? action.by : null;
      if (!ok) expect(text(after)).toBe(text(wall));

      for (const hold of holds) {
        const mine = known.get(hold.id)!;
        const now = rig.hold(hold.id);
        const [[part, above], [nextPart, nextAbove]] = [heldView(hold, wall), heldView(hold, after)];
        if (now === undefined) {
          if (by !== null) expect([action.do, hold.name]).toEqual(['release', by.name]);
          checkEnd(hold, mine, action.do !== 'release' || action.restore !== false, wall, after, cameraExists);
          known.delete(hold.id);
          continue;
        }
        if (by?.userId !== hold.userId)
          expect([nextPart, nextAbove], `${action.do} by ${by?.name ?? 'time'} on a hold of ${hold.name}`).toEqual([part, above]);
        else if (mine.given && part !== nextPart) {
          mine.decided = true;
          expect(now.restore).toBeNull();
        }
        if (action.do === 'extend' && ok && now.expiresAt !== hold.expiresAt) mine.until = monotonic + action.minutes * minute;
        if (now.userId !== hold.userId) {
          mine.given = true;
          if (action.do === 'override') mine.until = monotonic + 30 * minute;
        } else if (action.do === 'override' && ok && now.priority !== hold.priority) mine.until = monotonic + 30 * minute;
      }
      if (action.do === 'take' && holdId !== undefined) {
        const { scene, layout } = screenOf(wall, action.screenId);
        known.set(holdId, {
          kept: action.restore ? { scene, layout } : null,
          until: monotonic + action.minutes * minute,
          given: false,
          decided: false,
        });
      }
      for (const { id, expiresAt } of rig.allHolds()) {
        expect(expiresAt).toBeGreaterThan(rig.clock.now());
        expect(known.get(id)!.until).toBeGreaterThan(monotonic);
      }
    }
  } finally {
    await rig.stop();
  }
}

test('whatever people, clocks and restarts do', async () => {
  const holds = fc.asyncProperty(fc.array(anyAction, { maxLength: 60 }), play);
  const found = await fc.check(holds, { seed: 20_261_126, numRuns: 300 });
  expect(found.counterexample, String(found.errorInstance)).toBeNull();
}, 60_000);
