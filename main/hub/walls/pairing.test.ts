import { beforeEach, expect, test } from 'vitest';
import type { Wall } from '../../../layouts/contract.ts';
import type { CommandInput, CommandName } from '../../contract/catalog.ts';
import type { CommandContext, Outcome } from '../../contract/define-command.ts';
import type { Problem } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { firstWall } from './first-walls.ts';
import { codeAlphabet, codeLifetimeMs, createPairing, openAtMost, openAtMostFromOneAddress, silentMs, type Pairing } from './pairing.ts';

interface Opened {
  readonly wallId: string;
  readonly screenId: string;
  readonly address: string;
  readonly workstation: string | null;
}

let clock: ManualClock;
let pairing: Pairing;
let opened: Opened[];
let ended: string[];
let wall: Wall;

beforeEach(() => {
  clock = new ManualClock();
  opened = [];
  ended = [];
  wall = firstWall();
  pairing = createPairing({
    ledger: { get: (_collection: string, id: string) => (id === 'main' ? wall : undefined) } as never,
    accounts: {
      openWall(wallId, screenId, address, workstation) {
        opened.push({ wallId, screenId, address, workstation });
        return { token: `token-${opened.length}`, session: { expiresAt: 77 } } as never;
      },
      endWall(wallId, screenId) {
        ended.push(`${wallId}/${screenId}`);
        return 2;
      },
    },
    clock,
  });
});

type PairingCommand = CommandName & keyof Pairing['handlers'];

/** Runs a handler as the gateway does, what follows the commit included. */
async function run(
  name: PairingCommand,
  args: object,
  address = '10.0.0.7',
): Promise<any> /* oxlint-disable-line typescript/no-explicit-any */ {
  const handler = pairing.handlers[name] as (args: object, context: CommandContext) => Promise<Result<Outcome<unknown>, Problem>>;
  const answer = await handler(args, { from: { door: 'http', address, workstation: null }, now: clock.now() } as CommandContext);
  if (!answer.ok) return answer.error;
  await answer.value.afterCommit?.();
  return answer.value.result;
}
const begin = (args: Partial<CommandInput<'wall.pairing-begin'>> = {}, address?: string) =>
  run('wall.pairing-begin', { wallId: 'main', screenId: '1', ...args }, address);

test('a display shows a code, somebody enters it, and the display is let in', async () => {
  const { code, secret, expiresAt, lifetimeMs } = await begin({ workstation: '大厅左屏' });
  expect(code).toMatch(new RegExp(`^[${codeAlphabet}]{8}$`));
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect([expiresAt, lifetimeMs]).toEqual([clock.now() + codeLifetimeMs, codeLifetimeMs]);
  expect(await run('wall.pairing-claim', { secret })).toEqual({ state: 'waiting', session: null });
  expect(opened).toEqual([]);
  const display = { wallId: 'main', screenId: '1', address: '10.0.0.7', workstation: '大厅左屏' };
  expect(await run('wall.pair', { code }, '10.0.0.1')).toEqual(display);
  expect(ended, 'whoever showed this screen before').toEqual(['main/1']);
  const session = { token: 'token-1', expiresAt: 77, wallId: 'main', screenId: '1' };
  expect(await run('wall.pairing-claim', { secret })).toEqual({ state: 'paired', session });
  expect(opened).toEqual([display]);
});

test('an answer that got lost is given again, as the same session, for a while', async () => {
  const { code, secret } = await begin();
  await run('wall.pair', { code });
  const first = await run('wall.pairing-claim', { secret });
  await clock.advance(5000);
  expect(await run('wall.pairing-claim', { secret })).toEqual(first);
  expect(opened).toHaveLength(1);
  await clock.advance(60_000);
  expect(await run('wall.pairing-claim', { secret })).toMatchObject({ code: 'pairing-unknown' });
});

test.each([
  ['as it is', (code: string) => code],
  ['in small letters and two groups', (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase()],
  ['with spaces around', (code: string) => ` ${code.slice(0, 4)} ${code.slice(4)} `],
])('a code is taken %s', async (_name, typed) => {
  const { code } = await begin();
  expect(await run('wall.pair', { code: typed(code) })).toMatchObject({ wallId: 'main' });
});

test('a code opens once, and only what it was made for', async () => {
  const { code, secret } = await begin({ screenId: '2' as never });
  expect(await run('wall.pair', { code: 'AAAAAAAA' })).toMatchObject({ code: 'pairing-unknown' });
  expect(await run('wall.pair', { code })).toMatchObject({ screenId: '2' });
  expect(await run('wall.pair', { code })).toMatchObject({ code: 'pairing-unknown' });
  expect(await run('wall.pairing-claim', { secret: `${secret}x` })).toMatchObject({ code: 'pairing-unknown' });
  expect(await run('wall.pairing-claim', { secret }, '10.0.0.66'), 'from elsewhere').toMatchObject({ code: 'pairing-unknown' });
  expect(await run('wall.pairing-claim', { secret })).toMatchObject({ state: 'paired', session: { screenId: '2' } });
});

test('codes grow old, and a display that is not heard any more loses its place', async () => {
  const { code, secret } = await begin();
  await clock.advance(silentMs - 1);
  expect(await run('wall.pairing-claim', { secret })).toMatchObject({ state: 'waiting' });
  await clock.advance(silentMs - 1);
  expect(pairing.open).toBe(1);
  await clock.advance(1);
  expect(pairing.open).toBe(0);
  expect(await run('wall.pair', { code })).toMatchObject({ code: 'pairing-unknown' });

  const patient = await begin();
  for (let past = 0; past < codeLifetimeMs; past += 10_000) {
    expect(await run('wall.pairing-claim', { secret: patient.secret })).toMatchObject({ state: 'waiting' });
    await clock.advance(10_000);
  }
  expect(await run('wall.pairing-claim', { secret: patient.secret })).toMatchObject({ code: 'pairing-unknown' });
});

test('one that was paired may take its time to ask', async () => {
  const { code, secret } = await begin();
  await run('wall.pair', { code });
  await clock.advance(silentMs * 3);
  expect(await run('wall.pairing-claim', { secret })).toMatchObject({ state: 'paired' });
});

test('from one address come a few displays, from all together some dozens', async () => {
  for (let index = 0; index < openAtMostFromOneAddress; index += 1) expect(await begin()).toMatchObject({ code: expect.any(String) });
  expect(await begin()).toMatchObject({ code: 'too-many-requests', params: { retryAfterMs: silentMs } });
  for (let index = openAtMostFromOneAddress; index < openAtMost; index += 1)
    expect(await begin({}, `10.1.0.${index}`)).toHaveProperty('secret');
  expect(await begin({}, '10.2.0.1')).toMatchObject({ code: 'too-many-requests' });
  expect(pairing.open).toBe(openAtMost);
  await clock.advance(silentMs);
  expect(await begin({}, '10.2.0.1')).toHaveProperty('secret');
});

test('a flood of guesses is answered slowly, and keeps nobody else out', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => run('wall.pairing-claim', { secret: 'guessed-guessed-' }, '10.6.6.6')),
  );
  expect(answers.filter(({ code }) => code === 'pairing-unknown')).toHaveLength(40);
  expect(answers.at(-1)).toMatchObject({ code: 'too-many-requests', params: { retryAfterMs: 10_000 } });
  expect(await begin()).toHaveProperty('secret');
});

test('walls and screens that are not there', async () => {
  expect(await begin({ wallId: 'cellar' as never })).toMatchObject({ code: 'wall-unknown' });
  expect(await begin({ screenId: '9' as never })).toMatchObject({ code: 'screen-unknown' });
});

test('revoking ends every session of the screen, and one that was about to be opened', async () => {
  const { code, secret } = await begin();
  const other = await begin({ screenId: '2' as never });
  await run('wall.pair', { code });
  await run('wall.pair', { code: other.code });
  ended = [];
  expect(await run('wall.revoke', { wallId: 'main', screenId: '1' })).toEqual({ ended: 2 });
  expect(ended).toEqual(['main/1']);
  expect(await run('wall.pairing-claim', { secret })).toMatchObject({ code: 'pairing-unknown' });
  expect(await run('wall.pairing-claim', { secret: other.secret })).toMatchObject({ state: 'paired' });
});

test('of two displays that were let in as one screen before either asked again, the later one is it', async () => {
  const first = await begin();
  const second = await begin({}, '10.0.0.8');
  await run('wall.pair', { code: first.code });
  await run('wall.pair', { code: second.code });
  expect(await run('wall.pairing-claim', { secret: first.secret })).toMatchObject({ code: 'pairing-unknown' });
  expect(await run('wall.pairing-claim', { secret: second.secret }, '10.0.0.8')).toMatchObject({ state: 'paired' });
  expect(opened).toHaveLength(1);
});

test('a screen that was taken from its wall meanwhile is opened to nobody', async () => {
  const { code, secret } = await begin();
  await run('wall.pair', { code });
  wall = { ...wall, screens: wall.screens.filter(({ id }) => id !== '1') };
  expect(await run('wall.pairing-claim', { secret })).toMatchObject({ code: 'screen-unknown' });
  expect(opened).toEqual([]);
});
