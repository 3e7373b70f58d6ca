import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layoutCommands, layoutEntity, maxLayoutVersions, type LayoutDoc, type LayoutVersion } from '../../../../layouts/contract.ts';
import type { CommandInput } from '../../../contract/catalog.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome } from '../../../contract/define-command.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../../contract/ids.ts';
import { silentLog } from '../../../contract/log.ts';
import { rolePermissions } from '../../../contract/permissions.ts';
import type { Principal } from '../../../contract/principal.ts';
import type { Result } from '../../../contract/result.ts';
import { wholeCity, type Scope } from '../../../contract/scope.ts';
import { temporaryFolder } from '../../hub-rig.ts';
import { openLedger, type SqliteLedger } from '../../ledger/open-ledger.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { createScopeLookup } from '../../scope-lookup.ts';
import { createLayouts, maxLayouts, type Layouts } from './layout-service.ts';

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
const wang = person('wang');
/** Sees what is in the harbour alone. */
const zhao = person('zhao', { districts: ['320201'], groups: '*' });

const claimOf = (id: string) => {
  const camera = ledger.get('cameras', id) as { readonly district: string } | undefined;
  return camera && { district: camera.district, groups: [] };
};

let clock: ManualClock;
let folder: ReturnType<typeof temporaryFolder>;
let ledger: SqliteLedger;
let layouts: Layouts;

const open = () => {
  ledger = openLedger(folder.path, { changesKept: 100, clock, log: silentLog });
  layouts = createLayouts({ ledger, lookup: createScopeLookup(ledger, claimOf) });
};

beforeEach(() => {
  clock = new ManualClock();
  folder = temporaryFolder('layouts');
  open();
  // The even ones are in the harbour.
  const cameras = Array.from({ length: 20 }, (_, n) => ({ id: `c${n}`, district: n % 2 === 0 ? '320201' : '320202' }));
  ledger.commit(
    cameras.map((value) => ({ collection: 'cameras', op: 'put' as const, key: value.id, value })),
    cause,
  );
});
afterEach(() => {
  ledger.close();
  folder.dispose();
});

type Name = keyof Layouts['handlers'];

/** What the command gateway does: parses the arguments, runs the handler, commits what it decided in one transaction. */
function run<N extends Name>(name: N, input: CommandInput<N>, by: Principal = li): Result<Outcome<unknown>, Problem> {
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
  const handler = layouts.handlers[name] as CommandHandler<AnyCommand>;
  const outcome = handler(definition.args.parse(input), context) as Result<Outcome<unknown>, Problem>;
  if (outcome.ok) {
    definition.result.parse(outcome.value.result);
    ledger.transact({ changes: outcome.value.changes ?? [], cause }, () => outcome.value.alongside?.());
  }
  return outcome;
}

const video = (cameraId: string) => ({ panel: 'video' as const, cameraId });
const grid = (...cameras: string[]) => ({ kind: 'grid' as const, rows: 2, cols: 2, tiles: cameras.map(video) });
const saved = (id: string) => ledger.get('layouts', id) as LayoutDoc | undefined;

describe('layouts', () => {
  test('are saved under a new id, changed under their own, and removed', () => {
    const first = run('layout.save', { name: '早高峰', scene: grid('c1') });
    const { layoutId } = (first as { value: { result: { layoutId: string } } }).value.result;
    expect(layoutEntity.parse(saved(layoutId))).toMatchObject({ name: '早高峰', revision: 1, changedBy: 'li', formatVersion: 1 });
    expect(run('layout.save', { layoutId, name: '晚高峰', scene: grid('c2'), baseRevision: 1 }, wang)).toMatchObject({
      value: { result: { revision: 2 }, before: { name: '早高峰' }, after: { name: '晚高峰' } },
    });
    expect(run('layout.save', { layoutId, name: 'x', scene: grid(), baseRevision: 1 })).toMatchObject({
      error: { code: 'revision-conflict', params: { by: 'wang', revision: 2 } },
    });
    expect(run('layout.remove', { layoutId })).toMatchObject({ ok: true });
    expect(saved(layoutId)).toBeUndefined();
    expect(run('layout.remove', { layoutId })).toMatchObject({ error: { code: 'layout-unknown' } });
    expect(run('layout.save', { layoutId, name: 'x', scene: grid(), baseRevision: 2 })).toMatchObject({
      error: { code: 'layout-unknown' },
    });
  });

  test('a saved tour has not started', () => {
    run('layout.save', {
      layoutId: 'round',
      name: '巡视',
      scene: { kind: 'tour', startedAt: 5, pausedAt: 6, loop: false, steps: [{ dwellMs: 5000, scene: grid('c1') }] },
    });
    expect(saved('round')!.scene).not.toHaveProperty('startedAt');
    expect(saved('round')!.scene).not.toHaveProperty('pausedAt');
    expect(saved('round')!.scene).toMatchObject({ loop: false });
  });

  test('a layout with a camera that does not exist is refused', () => {
    expect(run('layout.save', { name: 'x', scene: grid('c404') })).toMatchObject({ error: { code: 'camera-unknown' } });
  });

  test('there is an end to how many are kept', () => {
    const fill = Array.from({ length: maxLayouts }, (_, n) => ({
      collection: 'layouts',
      op: 'put' as const,
      key: `l${n}`,
      value: { id: `l${n}`, name: 'x', scene: grid(), revision: 0 },
    }));
    ledger.commit(fill, cause);
    expect(run('layout.save', { name: 'x', scene: grid() })).toMatchObject({
      error: { code: 'field-invalid', params: { reason: 'too-many' } },
    });
    expect(run('layout.save', { layoutId: 'l3', name: 'x', scene: grid() }).ok).toBe(true);
  });
});

const versionsOf = (layoutId: string) => {
  const answer = run('layout.versions', { layoutId });
  if (!answer.ok) throw new Error(answer.error.code);
  return (answer.value.result as { versions: Omit<LayoutVersion, 'scene'>[] }).versions;
};
const revisions = (layoutId: string) => versionsOf(layoutId).map(({ revision }) => revision);
const versionOf = (layoutId: string, revision: number, by = li) => {
  const answer = run('layout.version', { layoutId, revision }, by);
  if (!answer.ok) throw new Error(answer.error.code);
  return (answer.value.result as { version: LayoutVersion }).version;
};
/** As it came with the data folder, or from before there were versions. */
const unversioned = (id: string) =>
  ledger.commit(
    [
      {
        collection: 'layouts',
        op: 'put',
        key: id,
        value: layoutEntity.parse({
          id,
          name: '老布局',
          scene: grid('c1'),
          formatVersion: 1,
          revision: 4,
          changedBy: 'admin',
          changedAt: 5,
          simulated: false,
          drill: false,
        }),
      },
    ],
    cause,
  );

describe('versions', () => {
  test('each publication is one, with who, when and why; the newest comes first', async () => {
    run('layout.save', { layoutId: 'a', name: 'One', scene: grid('c1') });
    const at = clock.now();
    await clock.advance(1000);
    run('layout.save', { layoutId: 'a', name: 'Two', scene: grid('c2'), note: 'The bridge is closed' }, wang);
    expect(versionsOf('a')).toEqual([
      { revision: 2, name: 'Two', by: 'wang', at: at + 1000, note: 'The bridge is closed' },
      { revision: 1, name: 'One', by: 'li', at, note: null },
    ]);
    expect(versionOf('a', 1)).toMatchObject({ name: 'One', scene: { tiles: [video('c1'), null, null, null] } });
    expect(run('layout.version', { layoutId: 'a', revision: 3 })).toMatchObject({
      error: { code: 'version-unknown', params: { layoutId: 'a', revision: 3 } },
    });
    expect(run('layout.versions', { layoutId: 'b' })).toMatchObject({ error: { code: 'layout-unknown' } });
  });

  test('what was there before there were versions is the first of them once it is changed', () => {
    unversioned('old');
    expect(versionsOf('old')).toEqual([{ revision: 4, name: '老布局', by: 'admin', at: 5, note: null }]);
    expect(versionOf('old', 4)).toMatchObject({ scene: { rows: 2 } });
    run('layout.save', { layoutId: 'old', name: 'New', scene: grid('c2') });
    expect(revisions('old')).toEqual([5, 4]);
    expect(versionOf('old', 4)).toMatchObject({ name: '老布局', by: 'admin', scene: { tiles: [video('c1')] } });
  });

  test('so many are kept of each layout; the oldest go', () => {
    run('layout.save', { layoutId: 'b', name: 'b', scene: grid('c1') });
    for (let n = 1; n <= maxLayoutVersions + 2; n += 1) run('layout.save', { layoutId: 'a', name: `a${n}`, scene: grid('c1') });
    expect(revisions('a')).toEqual(Array.from({ length: maxLayoutVersions }, (_, n) => maxLayoutVersions + 2 - n));
    expect(revisions('b')).toEqual([1]);
    expect(run('layout.version', { layoutId: 'a', revision: 2 })).toMatchObject({ error: { code: 'version-unknown' } });
  });

  test('are there after a restart, and go with their layout', () => {
    run('layout.save', { layoutId: 'a', name: 'a', scene: grid('c1') });
    run('layout.save', { layoutId: 'a', name: 'b', scene: grid('c2') });
    ledger.close();
    open();
    expect(revisions('a')).toEqual([2, 1]);
    run('layout.remove', { layoutId: 'a' });
    run('layout.save', { layoutId: 'a', name: 'c', scene: grid('c3') });
    expect(versionsOf('a')).toMatchObject([{ revision: 1, name: 'c' }]);
  });

  test('a save that is not stored is no version', () => {
    run('layout.save', { layoutId: 'a', name: 'a', scene: grid('c1') });
    run('layout.save', { layoutId: 'a', name: 'b', scene: grid('c404') });
    run('layout.save', { layoutId: 'a', name: 'b', scene: grid('c1'), baseRevision: 7 });
    expect(revisions('a')).toEqual([1]);
  });

  test('of an earlier one nobody sees cameras that he may not see', () => {
    run('layout.save', { layoutId: 'a', name: 'a', scene: grid('c1', 'c2') });
    run('layout.save', { layoutId: 'a', name: 'b', scene: grid('c2') });
    expect(versionOf('a', 1, zhao)).toMatchObject({ scene: { tiles: [null, video('c2'), null, null] } });
    expect(versionOf('a', 1)).toMatchObject({ scene: { tiles: [video('c1'), video('c2'), null, null] } });
  });
});

describe('a roll-back', () => {
  beforeEach(() => {
    run('layout.save', { layoutId: 'a', name: 'One', number: 7, scene: grid('c1', 'c2') });
    run('layout.save', { layoutId: 'a', name: 'Two', scene: grid('c2') });
  });

  test('publishes the earlier scene and name as a new version; the number stays', () => {
    expect(run('layout.roll-back', { layoutId: 'a', revision: 1, baseRevision: 2 }, wang)).toMatchObject({
      value: { result: { revision: 3, missing: [] }, before: { revision: 2 }, after: { revision: 3, version: 1, cameras: 2 } },
    });
    expect(layoutEntity.parse(saved('a'))).toMatchObject({ name: 'One', number: 7, revision: 3, changedBy: 'wang' });
    expect(saved('a')!.scene).toEqual(versionOf('a', 1).scene);
    expect(versionsOf('a')).toMatchObject([{ revision: 3, by: 'wang', note: '↩ 1' }, { revision: 2 }, { revision: 1 }]);
  });

  test('leaves tiles empty whose cameras are no more, and names them', () => {
    ledger.commit([{ collection: 'cameras', op: 'delete', key: 'c1' }], cause);
    expect(run('layout.roll-back', { layoutId: 'a', revision: 1 })).toMatchObject({ value: { result: { revision: 3, missing: ['c1'] } } });
    expect(saved('a')!.scene).toMatchObject({ tiles: [null, video('c2'), null, null] });
  });

  test.each<[string, object, Principal, string, object]>([
    ['to a version that never was', { revision: 9 }, li, 'version-unknown', { layoutId: 'a', revision: 9 }],
    ['of an unknown layout', { layoutId: 'b', revision: 1 }, li, 'layout-unknown', { layoutId: 'b' }],
    ['that somebody overtook', { revision: 1, baseRevision: 1 }, wang, 'revision-conflict', { by: 'li', revision: 2 }],
    ['to cameras that he may not see', { revision: 1 }, zhao, 'out-of-scope', {}],
  ])('%s is refused and changes nothing', (_, args, by, code, params) => {
    const { seq } = ledger;
    expect(run('layout.roll-back', { layoutId: 'a', ...args } as never, by)).toMatchObject({ ok: false, error: { code, params } });
    expect(ledger.seq).toBe(seq);
  });
});

describe('a number', () => {
  test('is one layout’s or preset’s alone, stays until another is given, and can be taken away', () => {
    run('layout.save', { layoutId: 'a', name: 'One', number: 7, scene: grid() });
    expect(run('layout.save', { layoutId: 'b', name: 'Two', number: 7, scene: grid() })).toMatchObject({
      error: { code: 'number-taken', params: { number: 7, name: 'One' } },
    });
    run('layout.save', { layoutId: 'a', name: 'One', scene: grid() });
    expect(saved('a')!.number).toBe(7);
    run('layout.save', { layoutId: 'a', name: 'One', number: null, scene: grid() });
    expect(saved('a')!.number).toBeNull();
    expect(run('layout.save', { layoutId: 'b', name: 'Two', number: 7, scene: grid() }).ok).toBe(true);
  });
});
