import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layoutCommands, layoutEntity, type LayoutDoc } from '../../../../layouts/contract.ts';
import type { CommandInput } from '../../../contract/catalog.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome } from '../../../contract/define-command.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../../contract/ids.ts';
import { silentLog } from '../../../contract/log.ts';
import { rolePermissions } from '../../../contract/permissions.ts';
import type { Principal } from '../../../contract/principal.ts';
import type { Result } from '../../../contract/result.ts';
import { wholeCity } from '../../../contract/scope.ts';
import { temporaryFolder } from '../../hub-rig.ts';
import { openLedger, type SqliteLedger } from '../../ledger/open-ledger.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { createLayouts, maxLayouts, type Layouts } from './layout-service.ts';

const cause = { kind: 'command', id: 'test', by: 'test' } as const;
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
const li = person('li');
const wang = person('wang');

let clock: ManualClock;
let folder: ReturnType<typeof temporaryFolder>;
let ledger: SqliteLedger;
let layouts: Layouts;

const open = () => {
  ledger = openLedger(folder.path, { changesKept: 100, clock, log: silentLog });
  layouts = createLayouts({ ledger });
};

beforeEach(() => {
  clock = new ManualClock();
  folder = temporaryFolder('layouts');
  open();
  for (let n = 0; n < 20; n += 1) ledger.commit([{ collection: 'cameras', op: 'put', key: `c${n}`, value: { id: `c${n}` } }], cause);
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
