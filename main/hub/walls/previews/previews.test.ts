import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wallReport, type Wall } from '../../../../layouts/contract.ts';
import { wallPreview } from '../../../../layouts/control-contract.ts';
import type { CommandContext, Outcome } from '../../../contract/define-command.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../../contract/ids.ts';
import { rolePermissions } from '../../../contract/permissions.ts';
import type { Principal } from '../../../contract/principal.ts';
import type { Result } from '../../../contract/result.ts';
import { wholeCity, type Scope } from '../../../contract/scope.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { startPreviews, type ScreenPreviews } from './previews.ts';

const jpeg = '/9j/4AAQ';
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
const north = person('north', { districts: ['320282001'], groups: '*' });

let clock: ManualClock;
let previews: ScreenPreviews;
let told: string[];
let commands: number;

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  commands = 0;
  previews = startPreviews({
    ledger: {
      get: (_collection, key) => (key === 'main' ? ({ id: 'main', screens: [{ id: '1' }, { id: '2' }] } as unknown as Wall) : undefined),
    },
    clock,
    claimOf: (id) => (id.startsWith('gone') ? undefined : { district: id.startsWith('n') ? '320282001' : '320282002', groups: [] }),
    watching: {
      given: ({ sessionId, cameraId }) => void told.push(`+${sessionId.slice(8)} ${cameraId}`),
      ended: ({ sessionId, cameraId }) => void told.push(`-${sessionId.slice(8)} ${cameraId}`),
    },
  });
});
afterEach(async () => {
  await previews.stop();
  expect(clock.sleeping).toBe(0);
});

/** What the gateway does with an answer: once it is on record, the step after the commit. */
function look(by: Principal | null = li, args: { screenId?: string; after?: number; wallId?: string } = {}, isStored = true) {
  const context = { principal: by, commandId: `k${(commands += 1)}` as unknown as CommandId, now: clock.now() } as CommandContext;
  const asked = wallPreview.args.parse({ wallId: 'main', screenId: '1', ...args });
  const outcome = previews.handlers['wall.preview'](asked, context) as Result<Outcome<{ picture: unknown }>, Problem>;
  if (!outcome.ok) return outcome.error.code;
  wallPreview.result.parse(outcome.value.result);
  if (isStored) void outcome.value.afterCommit?.();
  const { begins, after } = outcome.value;
  return { ...outcome.value.result, ...(begins && { begins: after }) };
}
const report = (
  cameras: readonly string[] | null,
  { at = clock.now(), shown = cameras ?? [], sessionId = 'display', screenId = '1' } = {},
) =>
  previews.reported({
    wallId: 'main',
    screenId,
    sessionId,
    shown: { tiles: shown.map((cameraId, index) => ({ tileId: `g-0-${index}`, cameraId }) as never) },
    preview: cameras === null ? undefined : { at, revision: 4, cameras: [...cameras], jpeg },
  });

describe('previews', () => {
  test('are made while somebody looks, and for ten seconds after', async () => {
    expect(report(null)).toBe(false);
    expect(look()).toEqual({ picture: null });
    expect(report(null)).toBe(true);
    await clock.advance(10_000);
    expect(report(null)).toBe(true);
    await clock.advance(1);
    expect(report(null)).toBe(false);
  });

  test('are given once each, with their age and revision', async () => {
    look();
    report(['n1', 's1']);
    const at = clock.now();
    expect(look()).toEqual({ picture: { at, revision: 4, jpeg }, begins: { cameras: 2 } });
    expect(look(li, { after: at })).toEqual({ picture: null });
    await clock.advance(2000);
    report(['n1', 's1']);
    expect(look(li, { after: at })).toEqual({ picture: { at: at + 2000, revision: 4, jpeg } });
  });

  test('that nobody wants are not kept, whoever sends them', async () => {
    report(['n1']);
    expect(look()).toEqual({ picture: null });
    await clock.advance(10_001);
    report(['n1']);
    expect(previews.figures.kept).toBe(0);
  });

  test('are never younger than their arrival', () => {
    look();
    report(['n1'], { at: clock.now() + 60_000 });
    expect(look()).toMatchObject({ picture: { at: clock.now() } });
  });

  test.each([
    ['in the picture, though the screen should show something else by now', ['n1', 's1'], ['n1']],
    ['reported, though the picture does not say so', ['n1'], ['n1', 's1']],
    ['gone from the directory', ['n1', 'gone1'], ['n1']],
  ])('are refused to whoever may not see a camera that is %s', (_, cameras, shown) => {
    look();
    report(cameras, { shown });
    expect(look(north)).toBe('out-of-scope');
    expect(told).toEqual([]);
    expect(look(li)).toMatchObject({ begins: { cameras: 2 } });
    report(['n1']);
    expect(look(north)).toMatchObject({ picture: { revision: 4 }, begins: { cameras: 1 } });
  });

  test('keep asking alive although the picture was refused: the next one may show what he may see', async () => {
    look(north);
    report(['s1']);
    await clock.advance(9000);
    expect(look(north)).toBe('out-of-scope');
    await clock.advance(9000);
    expect(report(['n1'])).toBe(true);
  });

  test('put whoever looks in the watch register, until ten seconds after the last look', async () => {
    look();
    report(['n1', 's1']);
    look();
    const { picture } = look() as { picture: { at: number } };
    expect(told).toEqual(['+li n1', '+li s1']);
    await clock.advance(9000);
    // The same picture still: he looks on.
    look(li, { after: picture.at });
    await clock.advance(9000);
    expect(told).toHaveLength(2);
    report(['n1']);
    look();
    await clock.advance(2000);
    expect(told.slice(2)).toEqual(['-li s1']);
    await clock.advance(9000);
    expect(told.slice(3)).toEqual(['-li n1']);
  });

  test('are on record anew when the answer could not be written down', () => {
    look();
    report(['n1']);
    expect(look(li, {}, false)).toMatchObject({ begins: { cameras: 1 } });
    expect(look()).toMatchObject({ begins: { cameras: 1 } });
    expect(look()).not.toHaveProperty('begins');
    expect(told).toEqual(['+li n1', '-li n1', '+li n1']);
  });

  test('go with the session that made them, and the looks with theirs', () => {
    look();
    report(['n1']);
    look();
    previews.sessionEnded('session-li');
    expect(told).toEqual(['+li n1', '-li n1']);
    expect(previews.figures.kept).toBe(1);
    previews.sessionEnded('display');
    expect(previews.figures).toEqual({ kept: 0, bytes: 0, dropped: 0 });
    expect(look()).toEqual({ picture: null });
  });

  test('of a screen that has fallen silent go after half a minute, although somebody looks', async () => {
    look();
    report(['n1']);
    for (let seconds = 0; seconds < 30; seconds += 5) {
      expect(look()).toMatchObject({ picture: { revision: 4 } });
      await clock.advance(5000);
    }
    await clock.advance(1000);
    expect(look()).toEqual({ picture: null });
  });

  test('that nobody asks for any more go after half a minute', async () => {
    look();
    report(['n1']);
    await clock.advance(29_000);
    expect(previews.figures.kept).toBe(1);
    await clock.advance(2000);
    expect(previews.figures.kept).toBe(0);
  });

  test.each([
    ['an unknown wall', li, { wallId: 'hall' }, 'wall-unknown'],
    ['an unknown screen', li, { screenId: '9' }, 'screen-unknown'],
    ['nobody', null, {}, 'login-required'],
  ])('%s: refused', (_, by, args, code) => {
    expect(look(by, args)).toBe(code);
  });

  test('end in order: nobody looks any more', async () => {
    look();
    report(['n1']);
    look();
    await previews.stop();
    expect(told).toEqual(['+li n1', '-li n1']);
  });
});

test.each([
  ['a JPEG', jpeg, true],
  ['96 KiB of it', `/9j/${'A'.repeat(131_068)}`, true],
  ['more', `/9j/${'A'.repeat(131_072)}`, false],
  ['a PNG', 'iVBORw0KGgo=', false],
  ['no base64', '/9j/<script>', false],
])('what comes with a report: %s', (_, data, isTaken) => {
  const shown = { revision: 1, at: 1, tiles: [] };
  const preview = { at: 1, revision: 1, cameras: ['c1'], jpeg: data };
  expect(wallReport.args.safeParse({ wallId: 'main', screenId: '1', shown, preview }).success).toBe(isTaken);
});
