import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { UserId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createSessions, type Sessions } from './sessions.ts';

const ends: (() => void)[] = [];
afterEach(() =>
  ends
    .splice(0)
    .reverse()
    .forEach((end) => end()),
);

function opened(
  clock = new ManualClock(),
  folder?: string,
): { sessions: Sessions; ledger: SqliteLedger; clock: ManualClock; folder: string } {
  const path = folder ?? mkdtempSync(join(tmpdir(), 'taodu-sessions-'));
  if (folder === undefined) ends.push(() => rmSync(path, { recursive: true }));
  const ledger = openLedger(path, { changesKept: 100, clock, log: silentLog });
  const sessions = createSessions(ledger.database, clock);
  ends.push(() => {
    sessions.stop();
    ledger.close();
  });
  return { sessions, ledger, clock, folder: path };
}

const person = { kind: 'person', userId: 'u1' as UserId } as const;
const order = { holder: person, lifetimeMs: 3_600_000, address: '10.0.0.1', workstation: 'desk 3' };

test('a token opens its session and nothing else does', () => {
  const { sessions } = opened();
  const { session, token } = sessions.open(order);
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(sessions.byToken(token)).toBe(session);
  expect(sessions.byId(session.id)).toBe(session);
  expect(session).toMatchObject({ holder: person, expiresAt: 1_000_000 + 3_600_000, workstation: 'desk 3' });
  for (const wrong of ['', token.slice(1), `${token}A`, 'x'.repeat(10_000)]) expect(sessions.byToken(wrong)).toBeUndefined();
});

test('the database file never holds a token', () => {
  const { sessions, ledger, folder } = opened();
  const { token } = sessions.open(order);
  ledger.database.pragma('wal_checkpoint(TRUNCATE)');
  const bytes = readFileSync(join(folder, 'ledger.db')).toString('latin1');
  expect(bytes).toContain('desk 3');
  expect(bytes).not.toContain(token);
});

test('sessions outlive the hub; those that expired meanwhile do not', () => {
  const before = opened();
  const long = before.sessions.open(order);
  const short = before.sessions.open({ ...order, lifetimeMs: 1000 });
  const screen = before.sessions.open({ ...order, holder: { kind: 'wall', wallId: 'main', screenId: '1' } });
  before.sessions.stop();
  before.ledger.close();
  const after = opened(new ManualClock(1_002_000), before.folder);
  expect(after.sessions.byToken(long.token)).toEqual(long.session);
  expect(after.sessions.byToken(short.token)).toBeUndefined();
  expect(after.sessions.byToken(screen.token)?.holder).toEqual({ kind: 'wall', wallId: 'main', screenId: '1' });
  expect(after.ledger.database.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(2);
});

test('an expired session opens nothing from that moment, and its end is told within a second', async () => {
  const { sessions, clock, ledger } = opened();
  const told: unknown[] = [];
  sessions.onEnd((session, reason) => told.push([session.id, reason.params['reason']]));
  const { session, token } = sessions.open({ ...order, lifetimeMs: 5500 });
  await clock.advance(5500);
  expect(sessions.byToken(token)).toBeUndefined();
  expect(sessions.byId(session.id)).toBeUndefined();
  await clock.advance(1000);
  expect(told).toEqual([[session.id, 'expired']]);
  expect(ledger.database.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(0);
});

test('ending is told once, with its reason, and is for ever', () => {
  const { sessions } = opened();
  const told: string[] = [];
  const ignore = sessions.onEnd((session, reason) => told.push(`${session.id} ${reason.code} ${reason.params['reason']}`));
  const one = sessions.open(order);
  const two = sessions.open(order);
  const other = sessions.open({ ...order, holder: { kind: 'person', userId: 'u2' as UserId } });
  sessions.end(one.session.id, 'logout');
  sessions.end(one.session.id, 'logout');
  sessions.endOfUser('u1' as UserId, 'password-changed', two.session.id);
  expect(told).toEqual([`${one.session.id} login-required logout`]);
  sessions.endOfUser('u1' as UserId, 'account-changed');
  expect(told[1]).toBe(`${two.session.id} login-required account-changed`);
  expect(sessions.byToken(one.token)).toBeUndefined();
  expect(sessions.byToken(other.token)).toBeDefined();
  ignore();
  sessions.end(other.session.id, 'logout');
  expect(told).toHaveLength(2);
});

test.each([
  ['a person', person, 32],
  ['a screen', { kind: 'wall', wallId: 'main', screenId: '1' } as const, 4],
])('%s has so many sessions at most: the oldest gives way', (_name, holder, atMost) => {
  const { sessions } = opened();
  const told: unknown[] = [];
  sessions.onEnd((_session, reason) => told.push(reason.params['reason']));
  const tokens = Array.from({ length: atMost + 2 }, () => sessions.open({ ...order, holder }).token);
  expect(told).toEqual(['displaced', 'displaced']);
  expect(tokens.map((token) => sessions.byToken(token) !== undefined)).toEqual(tokens.map((_token, index) => index >= 2));
  expect(sessions.count).toBe(atMost);
});

test('stopping leaves no timer', () => {
  const { sessions, clock } = opened();
  expect(clock.sleeping).toBe(1);
  sessions.stop();
  expect(clock.sleeping).toBe(0);
});
