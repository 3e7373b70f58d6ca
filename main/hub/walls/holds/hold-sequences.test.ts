import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { camerasOf, type PanelRef, type Rect, type Scene, type Screen, type Wall } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import type { HoldId } from '../../../contract/ids.ts';
import { grid, holdsRig, person, resultOf, RigLedger, SettableClock, userIdOf, video } from './testdata/holds-rig.ts';

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
  grid(2, 2, 'c0', 'c2', 'c3', 'c6'),
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

const who = fc.constantFrom(...people.map(({ name }) => name));
const personOf = (name: string) => people.find((one) => one.name === name)!;
const screenId = fc.constantFrom<string>('1', '1', '2');
const which = fc.nat(5);
const aPart = fc.constantFrom<string[] | null>(null, null, ['g-0-0'], ['g-0-0', 'g-1-1'], ['g-0-1'], ['g-1-0', 'g-1-1'], ['s-0']);
const someMinutes = fc.integer({ min: 1, max: 60 });
const aClockStep = fc.oneof(fc.integer({ min: 2, max: 300 }), fc.integer({ min: -300, max: -2 }));
const does = <const D extends string, T>(weight: number, what: D, more: { [K in keyof T]: fc.Arbitrary<T[K]> }) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(what), ...more }) as unknown as fc.Arbitrary<{ do: D } & T>,
});
const anyAction = fc.oneof(
  does(24, 'show', { by: who, screenId, scene: fc.constantFrom(...scenes) }),
  does(3, 'span', { by: who, tiles: fc.subarray(over) }),
  does(3, 'recall', { by: who }),
  does(18, 'holderShows', { which, scene: fc.constantFrom(...scenes) }),
  does(9, 'holderYields', { which }),
  does(18, 'take', {
    by: who,
    screenId,
    tiles: aPart,
    minutes: someMinutes,
    restore: fc.constantFrom(true, true, false),
    priority: fc.integer({ min: 1, max: 4 }),
  }),
  does(3, 'extend', { by: who, which, minutes: someMinutes }),
  does(6, 'release', { by: who, which, restore: fc.constantFrom(null, null, true, false) }),
  does(9, 'ask', { by: who, which }),
  does(9, 'yield', { by: who, which, to: who }),
  does(3, 'refuse', { by: who, which, to: who }),
  does(9, 'override', { by: who, which, priority: fc.integer({ min: 1, max: 9 }) }),
  does(9, 'wait', { minutes: fc.integer({ min: 1, max: 30 }) }),
  does(3, 'setClock', { minutes: aClockStep }),
  does(3, 'restart', {}),
  does(1, 'cameraGoes', { cameraId: fc.constantFrom('c1', 'c3', 'c5') }),
  does(3, 'account', { of: who, disabled: fc.boolean() }),
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

/** What the holder of one of these holds does, as what somebody does; null when there is none. */
function named(action: Action, holds: readonly Hold[]): Exclude<Action, { do: 'holderShows' | 'holderYields' }> | null {
  if (action.do !== 'holderShows' && action.do !== 'holderYields') return action;
  const at = action.which % Math.max(1, holds.length);
  const hold = holds[at];
  if (!hold) return null;
  if (action.do === 'holderShows') return { do: 'show', by: hold.name, screenId: hold.screenId, scene: action.scene };
  return { do: 'yield', by: hold.name, which: at, to: hold.requests[0]?.name ?? hold.name };
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
  if (comesBack && text(was.scene) !== text(is.scene)) tally.restored += 1;
  if (comesBack && !camerasOf(known.kept!.scene).every(cameraExists)) tally.emptied += 1;
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

async function perform(rig: Rig, action: NonNullable<ReturnType<typeof named>>): Promise<{ ok: boolean; holdId?: string }> {
  const holds = rig.allHolds();
  const holdId = ('which' in action ? (holds[action.which % (holds.length + 1)]?.id ?? 'none') : 'none') as HoldId;
  const answered = (answer: ReturnType<Rig['run']>) => ({ ok: answer.ok });
  switch (action.do) {
    case 'show':
      return answered(rig.run('wall.show', { wallId: 'main', screenId: action.screenId, scene: action.scene }, personOf(action.by)));
    case 'span':
      return answered(rig.run('wall.span', { wallId: 'main', tiles: action.tiles }, personOf(action.by)));
    case 'recall':
      return answered(rig.run('preset.recall', { presetId: 'both' }, personOf(action.by)));
    case 'take': {
      const { by, screenId: id, tiles, minutes, restore, priority } = action;
      const args = { wallId: 'main', screenId: id, minutes, restore, priority, reason: 'x', ...(tiles === null ? {} : { tiles }) };
      const answer = rig.run('hold.take', args, personOf(by));
      return answer.ok ? { ok: true, holdId: resultOf<{ holdId: string }>(answer).holdId } : { ok: false };
    }
    case 'extend':
      return answered(rig.run('hold.extend', { holdId, minutes: action.minutes }, personOf(action.by)));
    case 'release':
      return answered(
        rig.run('hold.release', { holdId, ...(action.restore === null ? {} : { restore: action.restore }) }, personOf(action.by)),
      );
    case 'ask':
      return answered(rig.run('hold.request', { holdId, reason: 'x' }, personOf(action.by)));
    case 'yield':
      return answered(rig.run('hold.yield', { holdId, userId: userIdOf(action.to) }, personOf(action.by)));
    case 'refuse':
      return answered(rig.run('hold.refuse', { holdId, userId: userIdOf(action.to) }, personOf(action.by)));
    case 'override':
      return answered(rig.run('hold.override', { holdId, priority: action.priority, minutes: 30, reason: 'x' }, personOf(action.by)));
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
      rig.setUser(personOf(action.of), { disabled: action.disabled });
  }
  rig.holds.settle();
  return { ok: true };
}

/** How often what the test is about came to pass: a sequence in which nothing happens proves nothing. */
const tally = { taken: 0, refused: 0, passedOn: 0, decided: 0, ended: 0, restored: 0, emptied: 0 };

async function play(actions: readonly Action[]): Promise<void> {
  const rig = holdsRig(people, new RigLedger(), new SettableClock(2_000_000_000_000));
  const known = new Map<string, Known>();
  const disabled = new Set<string>();
  const cameraExists = (id: string) => rig.ledger.get('cameras', id) !== undefined;
  try {
    resultOf(rig.run('wall.show', { wallId: 'main', screenId: '1', scene: scenes[1]! }, people[0]));
    resultOf(rig.run('preset.save', { presetId: 'both', name: 'Both', wallId: 'main' }, people[0]));
    for (const chosen of actions) {
      const action = named(chosen, rig.allHolds());
      if (action === null) continue;
      if ('by' in action && disabled.has(action.by)) continue;
      if (action.do === 'account') disabled[action.disabled ? 'add' : 'delete'](action.of);
      const [wall, holds] = [rig.wall(), rig.allHolds()];
      const { ok, holdId } = await perform(rig, action);
      const [after, monotonic] = [rig.wall(), rig.clock.monotonic()];
      const by = 'by' in action ? personOf(action.by) : null;
      if (!ok) expect(text(after)).toBe(text(wall));
      if (!ok && action.do === 'show' && holds.length > 0) tally.refused += 1;

      for (const hold of holds) {
        const mine = known.get(hold.id)!;
        const now = rig.hold(hold.id);
        const [[part, above], [nextPart, nextAbove]] = [heldView(hold, wall), heldView(hold, after)];
        if (now === undefined) {
          if (by !== null) expect([action.do, hold.name]).toEqual(['release', by.name]);
          checkEnd(hold, mine, action.do !== 'release' || action.restore !== false, wall, after, cameraExists);
          tally.ended += 1;
          known.delete(hold.id);
          continue;
        }
        if (by?.userId !== hold.userId)
          expect([nextPart, nextAbove], `${action.do} by ${by?.name ?? 'time'} on a hold of ${hold.name}`).toEqual([part, above]);
        else if (mine.given && part !== nextPart) {
          mine.decided = true;
          tally.decided += 1;
          expect(now.restore).toBeNull();
        }
        if (action.do === 'extend' && ok && now.expiresAt !== hold.expiresAt) mine.until = monotonic + action.minutes * minute;
        if (now.userId !== hold.userId) {
          mine.given = true;
          tally.passedOn += 1;
          if (action.do === 'override') mine.until = monotonic + 30 * minute;
        } else if (action.do === 'override' && ok && now.priority !== hold.priority) mine.until = monotonic + 30 * minute;
      }
      if (action.do === 'take' && holdId !== undefined) {
        const { scene, layout } = screenOf(wall, action.screenId);
        tally.taken += 1;
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
  const holds = fc.asyncProperty(fc.array(anyAction, { minLength: 30, maxLength: 80, size: 'max' }), play);
  const found = await fc.check(holds, { seed: 20_261_126, numRuns: 150 });
  expect(found.failed, `${String(found.errorInstance)} ${JSON.stringify(found.counterexample?.[0].slice(-12))}`).toBe(false);
  for (const [what, times] of Object.entries(tally)) expect(times, what).toBeGreaterThan(9);
}, 60_000);
