import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { wallEntity, type Wall } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import type { HoldId } from '../../../contract/ids.ts';
import { silentLog } from '../../../contract/log.ts';
import type { Principal } from '../../../contract/principal.ts';
import { createAuditLog } from '../../audit/audit-log.ts';
import { openLedger } from '../../ledger/open-ledger.ts';
import { wallShowing } from '../wall-showing.ts';
import { longestHoldMs, maxHolds, maxRequests } from './hold-rules.ts';
import { createHolds } from './holds.ts';
import { grid, holdsRig, person, resultOf, SettableClock, userIdOf, video } from './testdata/holds-rig.ts';

const li = person('li', 'operator');
const wang = person('wang', 'operator');
const zhao = person('zhao', 'dispatcher');
const admin = person('admin', 'administrator');

let rig: ReturnType<typeof holdsRig>;
beforeEach(() => {
  rig = holdsRig([li, wang, zhao, admin]);
});
afterEach(() => rig.stop());

const show = (screenId: string, scene: object, by = li, more: object = {}) =>
  rig.run('wall.show', { wallId: 'main', screenId, scene: scene as never, ...more }, by);
const take = (screenId: string, by = li, more: object = {}) =>
  rig.run('hold.take', { wallId: 'main', screenId, reason: 'Marathon', ...more }, by);
const taken = (screenId: string, by = li, more: object = {}) => resultOf<{ holdId: HoldId }>(take(screenId, by, more)).holdId;
const minutes = (n: number) => n * 60_000;
const seen = (screenId: string) => {
  const { scene } = rig.screen(screenId);
  return scene.kind === 'grid' ? scene.tiles.map((tile) => (tile?.panel === 'video' ? tile.cameraId : null)) : scene.kind;
};

describe('a hold', () => {
  test('says who, why, until when, and what comes back', () => {
    show('1', grid(2, 2, 'c1'));
    const morning = { id: 'morning', name: 'Morning', scene: rig.screen('1').scene, revision: 3 };
    rig.ledger.commit([{ collection: 'layouts', op: 'put', key: 'morning', value: morning }], { kind: 'start', id: 'x', by: 'hub' });
    show('1', grid(2, 2, 'c1'), li, { layout: { id: 'morning', revision: 3 } });
    const id = taken('1', li, { minutes: 45 });
    expect(rig.hold(id)).toEqual({
      id,
      wallId: 'main',
      screenId: '1',
      tiles: null,
      userId: 'u-li',
      name: 'li',
      priority: 4,
      reason: 'Marathon',
      since: rig.clock.now(),
      expiresAt: rig.clock.now() + minutes(45),
      restore: { scene: rig.screen('1').scene, layout: { id: 'morning', revision: 3 }, passedOn: false },
      requests: [],
      revision: 1,
      simulated: false,
      drill: false,
    });
  });

  test.each<[string, Principal, object, number]>([
    ['four for a dispatcher who names none', zhao, {}, 4],
    ['the highest of the roles when it is lower', person('wang', 'operator'), {}, 4],
    ['what is named', zhao, { priority: 7 }, 7],
    ['the lowest', li, { priority: 1 }, 1],
  ])('has a priority: %s', (_, by, more, priority) => {
    expect(rig.hold(taken('1', by, more))).toMatchObject({ priority });
  });

  test.each([
    ['an unknown wall', { wallId: 'cellar' }, 'wall-unknown'],
    ['an unknown screen', { screenId: '9' }, 'screen-unknown'],
  ])('of %s is refused', (_, more, code) => {
    expect(take('1', li, more)).toMatchObject({ error: { code } });
  });

  test('there is an end to how many there are', () => {
    const screens = Array.from({ length: 64 }, (_, n) => ({ id: `s${n}`, rect: { x: n * 10, y: 0, width: 10, height: 10 } }));
    for (let n = 0; n < maxHolds; n += 1) {
      if (n % 64 === 0) resultOf(rig.run('wall.upsert', { wallId: `w${n / 64}`, name: 'x', screens }, admin));
      taken(`s${n % 64}`, li, { wallId: `w${Math.floor(n / 64)}` });
    }
    expect(take('1')).toMatchObject({ error: { code: 'field-invalid', params: { reason: 'too-many-holds', max: maxHolds } } });
  });

  test('is taken by nobody without a name', () => {
    expect(rig.run('hold.take', { wallId: 'main', screenId: '1', reason: 'x' }, null)).toMatchObject({ error: { code: 'login-required' } });
  });
});

describe('what is held is changed by nobody else', () => {
  test('a whole screen, by any door, administrators included', () => {
    show('1', grid(2, 2, 'c1'));
    resultOf(rig.run('preset.save', { presetId: 'p', name: 'Both', wallId: 'main' }, li));
    const id = taken('1');
    const held = { code: 'wall-held', params: { by: 'li', reason: 'Marathon', until: rig.clock.now() + minutes(30), holdId: id } };
    const { seq } = rig.ledger;
    expect(show('1', grid(1, 1, 'c2'), admin)).toEqual({ ok: false, error: held });
    expect(show('1', rig.screen('1').scene, wang), 'the same again').toEqual({ ok: false, error: held });
    const over = { tileId: 'a', rect: { x: 1900, y: 0, width: 400, height: 400 }, panel: video('c3') };
    expect(rig.run('wall.span', { wallId: 'main', tiles: [over] }, wang)).toEqual({ ok: false, error: held });
    expect(take('1', wang)).toEqual({ ok: false, error: held });
    expect(rig.ledger.seq).toBe(seq);
    expect(resultOf(rig.run('preset.recall', { presetId: 'p' }, admin))).toMatchObject({
      screens: [{ screenId: '2' }],
      skipped: [{ screenId: '1', code: 'wall-held', by: 'li' }],
      spanning: true,
    });
    expect(rig.screen('1').revision).toBe(1);
  });

  test('tells of the hold before it tells of an older revision', () => {
    taken('1');
    show('1', grid(1, 1, 'c1'));
    expect(show('1', grid(1, 1, 'c2'), wang, { baseRevision: 0 })).toMatchObject({ error: { code: 'wall-held' } });
    expect(show('2', grid(1, 1, 'c2'), wang, { baseRevision: 5 })).toMatchObject({ error: { code: 'revision-conflict' } });
  });

  test('other screens, and tiles over them, are free', () => {
    taken('1');
    expect(show('2', grid(1, 1, 'c2'), wang).ok).toBe(true);
    const beside = { tileId: 'a', rect: { x: 1920, y: 0, width: 400, height: 400 }, panel: video('c3') };
    expect(rig.run('wall.span', { wallId: 'main', tiles: [beside] }, wang).ok).toBe(true);
  });

  test('of a part of a screen the rest is free, but not its shape', () => {
    show('1', grid(2, 2, 'c1', 'c2'));
    taken('1', li, { tiles: ['g-0-0', 'g-1-1'] });
    expect(show('1', grid(2, 2, 'c1', 'c5', 'c6'), wang).ok).toBe(true);
    expect(seen('1')).toEqual(['c1', 'c5', 'c6', null]);
    for (const scene of [
      grid(2, 2, 'c9', 'c5', 'c6'),
      grid(2, 2, 'c1', 'c5', 'c6', 'c7'),
      grid(1, 1, 'c1'),
      { kind: 'tour', steps: [{ dwellMs: 5000, scene: grid(2, 2, 'c1') }] },
    ])
      expect(show('1', scene, admin)).toMatchObject({ error: { code: 'wall-held', params: { by: 'li' } } });
    expect(seen('1')).toEqual(['c1', 'c5', 'c6', null]);
    const over = (x: number) => [{ tileId: 'a', rect: { x, y: 0, width: 100, height: 100 }, panel: video('c3') }];
    expect(rig.run('wall.span', { wallId: 'main', tiles: over(900) }, wang)).toMatchObject({ error: { code: 'wall-held' } });
    expect(rig.run('wall.span', { wallId: 'main', tiles: over(960) }, wang).ok).toBe(true);
  });

  test('two people hold two parts of a screen, and neither changes its shape', () => {
    show('1', grid(2, 2, 'c1', 'c2'));
    taken('1', li, { tiles: ['g-0-0'] });
    taken('1', wang, { tiles: ['g-0-1'] });
    expect(show('1', grid(1, 1, 'c1'), li)).toMatchObject({ error: { params: { by: 'wang' } } });
    expect(show('1', grid(1, 1, 'c1'), wang)).toMatchObject({ error: { params: { by: 'li' } } });
    expect(show('1', grid(2, 2, 'c3', 'c2'), li).ok).toBe(true);
  });

  test('the hub goes on with what the holder began, and with nothing else', () => {
    show('1', { kind: 'tour', steps: [{ dwellMs: 5000, scene: grid(1, 1, 'c1') }] }, li);
    const next = () => wallShowing(rig.wall(), '1', { scene: rig.screen('1').scene, layout: null }, { changedBy: 'li', changedAt: 1 });
    const goesOn = () => rig.holds.admitHub(rig.wall(), next(), '1');
    expect(goesOn(), 'free').toBe(true);
    const id = taken('1', wang);
    expect(goesOn(), 'held by somebody else').toBe(false);
    resultOf(rig.run('hold.release', { holdId: id }, wang));
    taken('1', li);
    expect(goesOn(), 'held by who began it').toBe(true);
  });
});

describe('at its end', () => {
  test.each<[string, object, string[] | string]>([
    ['what was there comes back', {}, ['c1', 'c2', '', '']],
    ['or stays, when it was taken so', { restore: false }, ['c9']],
  ])('%s', async (_, more, expected) => {
    show('1', grid(2, 2, 'c1', 'c2'), wang);
    const id = taken('1', li, { minutes: 10, ...more });
    show('1', grid(1, 1, 'c9'), li);
    await rig.clock.advance(minutes(10) - 1);
    expect(rig.hold(id)).toBeDefined();
    await rig.clock.advance(1000);
    expect(rig.hold(id)).toBeUndefined();
    expect(seen('1')).toEqual((expected as string[]).map((camera) => camera || null));
    wallEntity.parse(rig.wall());
  });

  test('by the clock it is one commit of the hub and one row of the audit', async () => {
    show('1', grid(2, 2, 'c1'), wang);
    const id = taken('1', li, { minutes: 1 });
    show('1', grid(2, 2, 'c2'), li);
    const { seq } = rig.ledger;
    await rig.clock.advance(minutes(1));
    expect(rig.ledger.since(seq)).toMatchObject([
      {
        cause: { kind: 'timer', id: 'holds', by: 'hub' },
        changes: [
          { collection: 'holds', op: 'delete', key: id },
          { collection: 'walls', op: 'put', key: 'main' },
        ],
      },
    ]);
    expect(rig.screen('1')).toMatchObject({ revision: 3, changedBy: 'hub', changedAt: rig.clock.now() });
    expect(rig.audit).toMatchObject([
      {
        subject: {
          command: 'hold.ended',
          actor: 'hub',
          door: 'internal',
          args: { holdId: id, wallId: 'main', screenId: '1', by: 'li', reason: 'expired' },
        },
        end: { outcome: 'ok', before: { by: 'li', priority: 4 }, after: { restored: true, missing: [] } },
      },
    ]);
  });

  test('nothing is written on the wall when nothing has changed', async () => {
    taken('1', li, { minutes: 1 });
    await rig.clock.advance(minutes(1));
    expect(rig.screen('1').revision).toBe(0);
    expect(rig.allHolds()).toEqual([]);
  });

  test('a change in the moment before anybody looks does not go under', () => {
    show('1', grid(1, 1, 'c1'), wang);
    taken('1', li, { minutes: 1 });
    show('1', grid(1, 1, 'c2'), li);
    // time goes on without the loop having its turn
    rig.clock.set(minutes(1));
    expect(show('1', grid(1, 1, 'c3'), wang).ok).toBe(true);
    rig.holds.settle();
    expect(seen('1')).toEqual(['c3']);
  });

  test('released: by its holder alone, with or without what was there', () => {
    show('1', grid(1, 1, 'c1'));
    const id = taken('1');
    show('1', grid(1, 1, 'c2'));
    expect(rig.run('hold.release', { holdId: id }, admin)).toMatchObject({ error: { code: 'hold-foreign', params: { by: 'li' } } });
    expect(rig.run('hold.release', { holdId: id }, li)).toMatchObject({ value: { result: { restored: true } } });
    expect(seen('1')).toEqual(['c1']);
    expect(rig.screen('1').changedBy).toBe('li');
    const other = taken('1');
    show('1', grid(1, 1, 'c2'));
    expect(rig.run('hold.release', { holdId: other, restore: false }, li)).toMatchObject({ value: { result: { restored: false } } });
    expect(seen('1')).toEqual(['c2']);
    expect(rig.run('hold.release', { holdId: other }, li)).toMatchObject({ error: { code: 'hold-unknown' } });
  });

  test('cameras that are gone leave empty tiles and are named', () => {
    show('1', grid(2, 2, 'c1', 'c2'));
    const id = taken('1');
    show('1', grid(1, 1, 'c3'));
    rig.remove('cameras', 'c1');
    expect(rig.run('hold.release', { holdId: id }, li)).toMatchObject({ value: { after: { missing: ['c1'] } } });
    expect(seen('1')).toEqual([null, 'c2', null, null]);
  });

  test('of tiles, only they come back', async () => {
    show('1', grid(2, 2, 'c1', 'c2', 'c3'));
    taken('1', li, { tiles: ['g-0-0'], minutes: 1 });
    show('1', grid(2, 2, 'c8', 'c2', 'c3'), li);
    show('1', grid(2, 2, 'c8', 'c2', 'c7'), wang);
    await rig.clock.advance(minutes(1));
    expect(seen('1')).toEqual(['c1', 'c2', 'c7', null]);
  });

  test('several that end together are one commit, also on one screen', async () => {
    show('1', grid(1, 2, 'c1', 'c2'));
    show('2', grid(1, 1, 'c3'));
    taken('1', li, { tiles: ['g-0-0'], minutes: 1 });
    taken('1', wang, { tiles: ['g-0-1'], minutes: 1 });
    taken('2', wang, { minutes: 1 });
    show('1', grid(1, 2, 'c4', 'c2'), li);
    show('1', grid(1, 2, 'c4', 'c5'), wang);
    show('2', grid(1, 1, 'c6'), wang);
    const { seq } = rig.ledger;
    await rig.clock.advance(minutes(1));
    expect(rig.ledger.seq).toBe(seq + 1);
    expect([seen('1'), seen('2')]).toEqual([['c1', 'c2'], ['c3']]);
    expect(rig.audit).toHaveLength(3);
  });

  test('longer, when it is extended', async () => {
    const id = taken('1', li, { minutes: 1 });
    expect(rig.run('hold.extend', { holdId: id, minutes: 5 }, wang)).toMatchObject({ error: { code: 'hold-foreign' } });
    expect(rig.run('hold.extend', { holdId: id, minutes: 5 }, li)).toMatchObject({
      value: { result: { expiresAt: rig.clock.now() + minutes(5) } },
    });
    await rig.clock.advance(minutes(5) - 1);
    expect(rig.hold(id)).toBeDefined();
    await rig.clock.advance(1);
    rig.holds.settle();
    expect(rig.hold(id)).toBeUndefined();
  });
});

describe('a hold goes without its holder', () => {
  test.each<[string, () => void, string]>([
    ['who is disabled', () => rig.setUser(li, { disabled: true }), 'holder-gone'],
    ['who is removed', () => rig.remove('users', 'u-li'), 'holder-gone'],
    ['who is denied the walls', () => rig.setUser(li, { denied: ['wall.control'] }), 'holder-gone'],
    ['whose roles hold nothing', () => rig.setUser(li, { roles: ['auditor'] }), 'holder-gone'],
  ])('%s', async (_, happens, reason) => {
    show('1', grid(1, 1, 'c1'));
    taken('1');
    show('1', grid(1, 1, 'c2'));
    happens();
    await rig.clock.advance(1000);
    expect(rig.allHolds()).toEqual([]);
    expect(seen('1')).toEqual(['c1']);
    expect(rig.audit).toMatchObject([{ subject: { args: { reason } } }]);
  });

  test('whose screen is gone, also when another one of that name comes at once', () => {
    const first = rig.screen('1');
    taken('1');
    const screens = [{ id: '2', rect: rig.screen('2').rect }];
    resultOf(rig.run('wall.upsert', { wallId: 'main', name: '主墙', screens }, admin));
    resultOf(rig.run('wall.upsert', { wallId: 'main', name: '主墙', screens: [{ id: '1', rect: first.rect }, ...screens] }, admin));
    expect(rig.allHolds()).toEqual([]);
    expect(rig.audit).toMatchObject([{ subject: { args: { reason: 'screen-gone' } }, end: { after: { restored: false } } }]);
    expect(show('1', grid(1, 1, 'c1'), wang).ok).toBe(true);
  });
});

describe('asking, giving, refusing', () => {
  test('who asks stands in the hold, once, with what he said last', () => {
    const id = taken('1');
    const ask = (by: Principal, reason: string) => rig.run('hold.request', { holdId: id, reason }, by);
    ask(wang, 'Accident');
    ask(zhao, 'Fire');
    ask(wang, 'Big accident');
    expect(rig.hold(id)!.requests).toEqual([
      { userId: 'u-wang', name: 'wang', reason: 'Big accident', at: rig.clock.now() },
      { userId: 'u-zhao', name: 'zhao', reason: 'Fire', at: rig.clock.now() },
    ]);
    expect(ask(li, 'Mine')).toMatchObject({ error: { params: { reason: 'own-hold' } } });
  });

  test('no more than eight wait', () => {
    const id = taken('1');
    for (let n = 0; n < maxRequests; n += 1) {
      const one = person(`p${n}`, 'operator');
      rig.setUser(one);
      resultOf(rig.run('hold.request', { holdId: id, reason: 'x' }, one));
    }
    expect(rig.run('hold.request', { holdId: id, reason: 'x' }, wang)).toMatchObject({
      error: { params: { reason: 'too-many-asked', max: maxRequests } },
    });
    expect(rig.run('hold.request', { holdId: id, reason: 'y' }, person('p3', 'operator')).ok).toBe(true);
  });

  test('who is gone asks no more', async () => {
    const id = taken('1');
    rig.run('hold.request', { holdId: id, reason: 'x' }, wang);
    rig.run('hold.request', { holdId: id, reason: 'x' }, zhao);
    rig.setUser(wang, { disabled: true });
    await rig.clock.advance(1000);
    expect(rig.hold(id)).toMatchObject({ requests: [{ name: 'zhao' }], revision: 4 });
  });

  test('given to who asked: it is his, with his reason, until its old end', () => {
    show('1', grid(1, 1, 'c1'), li);
    const id = taken('1', zhao, { priority: 7 });
    const { expiresAt, restore } = rig.hold(id)!;
    rig.run('hold.request', { holdId: id, reason: 'Accident' }, wang);
    rig.run('hold.request', { holdId: id, reason: 'Also' }, admin);
    expect(rig.run('hold.yield', { holdId: id, userId: 'u-li' }, zhao)).toMatchObject({ error: { params: { reason: 'not-asked' } } });
    expect(rig.run('hold.yield', { holdId: id, userId: 'u-wang' }, li)).toMatchObject({ error: { code: 'hold-foreign' } });
    resultOf(rig.run('hold.yield', { holdId: id, userId: 'u-wang' }, zhao));
    expect(rig.hold(id)).toMatchObject({
      userId: 'u-wang',
      name: 'wang',
      reason: 'Accident',
      priority: 4,
      expiresAt,
      restore: { ...restore, passedOn: true },
      requests: [{ name: 'admin' }],
    });
    expect(show('1', grid(1, 1, 'c2'), zhao)).toMatchObject({ error: { params: { by: 'wang' } } });
  });

  test('refused: he does not ask any more', () => {
    const id = taken('1');
    rig.run('hold.request', { holdId: id, reason: 'Accident' }, wang);
    resultOf(rig.run('hold.refuse', { holdId: id, userId: 'u-wang' }, li));
    expect(rig.hold(id)!.requests).toEqual([]);
    expect(rig.run('hold.refuse', { holdId: id, userId: 'u-wang' }, li)).toMatchObject({ error: { params: { reason: 'not-asked' } } });
  });

  test('taken away by a higher priority, with a reason', () => {
    const id = taken('1', li);
    rig.run('hold.request', { holdId: id, reason: 'Fire' }, zhao);
    const override = (by: Principal, priority: number) =>
      rig.run('hold.override', { holdId: id, priority, reason: 'Flood', minutes: 5 }, by);
    expect(override(wang, 4)).toMatchObject({ error: { code: 'priority-too-low', params: { own: 4, needed: 4 } } });
    expect(override(zhao, 8)).toMatchObject({ error: { code: 'priority-too-low', params: { own: 7, needed: 4 } } });
    resultOf(override(zhao, 5));
    expect(rig.hold(id)).toMatchObject({
      userId: 'u-zhao',
      reason: 'Flood',
      priority: 5,
      expiresAt: rig.clock.now() + minutes(5),
      requests: [],
      restore: { passedOn: true },
    });
    expect(show('1', grid(1, 1, 'c1'), li)).toMatchObject({ error: { params: { by: 'zhao' } } });
  });

  test.each<[string, (id: HoldId) => void]>([
    [
      'given away',
      (id) => {
        resultOf(rig.run('hold.request', { holdId: id, reason: 'x' }, zhao));
        resultOf(rig.run('hold.yield', { holdId: id, userId: userIdOf('zhao') }, li));
      },
    ],
    ['taken away', (id) => resultOf(rig.run('hold.override', { holdId: id, priority: 7, reason: 'x' }, zhao))],
  ])('%s: what was there comes back, unless whoever has it now decides otherwise', async (_, passes) => {
    for (const decides of [false, true]) {
      show('1', grid(1, 1, 'c1'), li);
      const id = taken('1', li, { minutes: 10 });
      show('1', grid(1, 1, 'c2'), li);
      passes(id);
      if (decides) resultOf(show('1', grid(1, 1, 'c3'), zhao));
      expect(rig.hold(id)!.restore === null).toBe(decides);
      await rig.clock.advance(minutes(60));
      expect(seen('1')).toEqual([decides ? 'c3' : 'c1']);
    }
  });
});

describe('clocks', () => {
  test('one that is set back lengthens no hold, and its end is told as it is', async () => {
    const id = taken('1', li, { minutes: 30 });
    await rig.clock.advance(minutes(10));
    rig.clock.set(-minutes(600));
    await rig.clock.advance(1000);
    expect(rig.hold(id)!.expiresAt - rig.clock.now()).toBe(minutes(20) - 1000);
    await rig.clock.advance(minutes(20) - 2000);
    expect(rig.hold(id)).toBeDefined();
    await rig.clock.advance(1000);
    expect(rig.hold(id)).toBeUndefined();
  });

  test('one that is set back while the disk refuses lengthens no hold either', async () => {
    const id = taken('1', li, { minutes: 30 });
    const transact = vi.spyOn(rig.ledger, 'transact').mockImplementation(() => {
      throw new Error('disk full');
    });
    rig.clock.set(-minutes(600));
    await rig.clock.advance(1000);
    await rig.clock.advance(1000);
    transact.mockRestore();
    await rig.clock.advance(minutes(30) - 3000);
    expect(rig.hold(id)).toBeDefined();
    await rig.clock.advance(1000);
    expect(rig.hold(id)).toBeUndefined();
  });

  test('one that is corrected by seconds changes nothing', async () => {
    const id = taken('1', li, { minutes: 30 });
    const before = rig.hold(id);
    rig.clock.set(-20_000);
    await rig.clock.advance(1000);
    expect(rig.hold(id)).toBe(before);
  });

  test('one that is set forward ends it', async () => {
    taken('1', li, { minutes: 30 });
    rig.clock.set(minutes(31));
    await rig.clock.advance(1000);
    expect(rig.allHolds()).toEqual([]);
  });

  test('one that was set back while the hub was down: no hold has longer than one can be taken for', async () => {
    const id = taken('1', li, { minutes: 30 });
    await rig.holds.stop();
    rig.clock.set(-365 * 24 * 3_600_000);
    await rig.restart();
    expect(rig.hold(id)!.expiresAt - rig.clock.now()).toBe(longestHoldMs);
    await rig.clock.advance(longestHoldMs);
    expect(rig.allHolds()).toEqual([]);
  });
});

test('a hold that expired while the hub was down ends when it starts; one that did not goes on', async () => {
  show('1', grid(1, 1, 'c1'));
  const [short, long] = [taken('1', li, { minutes: 5 }), taken('2', li, { minutes: 60 })];
  show('1', grid(1, 1, 'c2'));
  await rig.holds.stop();
  await rig.clock.advance(minutes(6));
  expect(rig.hold(short)).toBeDefined();
  await rig.restart();
  expect(rig.hold(short)).toBeUndefined();
  expect(seen('1')).toEqual(['c1']);
  expect(rig.hold(long)).toMatchObject({ name: 'li' });
  expect(show('2', grid(1, 1, 'c2'), wang)).toMatchObject({ error: { code: 'wall-held' } });
});

test('after a hub that was killed the ledger knows every hold, and what comes back at its end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-holds-'));
  const clock = new SettableClock();
  const open = () => openLedger(folder, { changesKept: 100, clock, log: silentLog });
  const hubOver = (ledger: ReturnType<typeof open>) =>
    createHolds({ ledger, audit: createAuditLog(ledger.database, clock), clock, log: silentLog });
  const killed = open();
  try {
    const cause = { kind: 'start', id: 'test', by: 'test' } as const;
    const put = (collection: string, key: string, value: object) => killed.commit([{ collection, op: 'put', key, value }], cause);
    put('users', 'u-li', { id: 'u-li', name: 'li', roles: ['operator'], denied: [], disabled: false });
    put('walls', 'main', rig.wall());
    put('holds', 'h', { ...rig.hold(taken('1', li, { minutes: 10 }))!, id: 'h' } satisfies object);
    const shown = wallShowing(
      rig.wall(),
      '1',
      { scene: { kind: 'grid', rows: 1, cols: 1, tiles: [] }, layout: null },
      { changedBy: 'li', changedAt: 1 },
    );
    put('walls', 'main', shown);

    // Nothing of the first one is closed: the second finds the files as a kill leaves them.
    await clock.advance(minutes(11));
    const next = open();
    try {
      expect(next.get('holds', 'h')).toMatchObject({ name: 'li' } satisfies Partial<Hold>);
      const holds = hubOver(next);
      holds.start();
      await holds.stop();
      expect(next.get('holds', 'h')).toBeUndefined();
      expect((next.get('walls', 'main') as Wall).screens[0]!.scene).toEqual(rig.screen('1').scene);
      expect(createAuditLog(next.database, clock).verify()).toMatchObject({ ok: true, rows: 1 });
    } finally {
      next.close();
    }
  } finally {
    killed.close();
    rmSync(folder, { recursive: true });
  }
});

test('a hub that stops leaves nothing running', async () => {
  await rig.stop();
  expect(rig.clock.sleeping).toBe(0);
});
