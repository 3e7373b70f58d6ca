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

const sitting = { ...order, interactive: true };

function openedWithLock(idleLockMs: number, clock?: ManualClock, folder?: string) {
  const opening = opened(clock, folder);
  opening.sessions.stop();
  const sessions = createSessions(opening.ledger.database, opening.clock, { idleLockMs });
  ends.push(() => sessions.stop());
  return { ...opening, sessions };
}

test('a session at which a person sits locks itself when nobody was there for so long, and others do not', async () => {
  const { sessions, clock } = openedWithLock(60_000);
  const here = sessions.open(sitting).session;
  const script = sessions.open(order).session;
  await clock.advance(50_000);
  expect(sessions.active(here.id)).toBe(clock.now() + 60_000);
  expect(sessions.active(script.id)).toBeNull();
  await clock.advance(59_000);
  sessions.seen(here.id);
  expect(sessions.byId(here.id)?.locked).toBe(false);
  await clock.advance(1000);
  expect(sessions.byId(here.id)?.locked).toBe(true);
  expect(sessions.byId(script.id)?.locked).toBe(false);
  // somebody moved the mouse: that unlocks nothing
  expect(sessions.active(here.id)).toBeNull();
  await clock.advance(1000);
  expect(sessions.byId(here.id)?.locked).toBe(true);
  sessions.unlock(here.id);
  await clock.advance(59_000);
  expect(sessions.byId(here.id)?.locked).toBe(false);
  await clock.advance(1000);
  expect(sessions.byId(here.id)?.locked).toBe(true);
});

test('a lock, and when somebody was there, outlive the hub', async () => {
  const before = openedWithLock(600_000);
  const locked = before.sessions.open(sitting);
  const busy = before.sessions.open(sitting);
  const idle = before.sessions.open(sitting);
  before.sessions.lock(locked.session.id);
  await before.clock.advance(400_000);
  before.sessions.active(busy.session.id);
  await before.clock.advance(1000);
  before.sessions.stop();
  before.ledger.close();
  const after = openedWithLock(600_000, new ManualClock(before.clock.now() + 300_000), before.folder);
  expect(after.sessions.byToken(locked.token)).toMatchObject({ locked: true, interactive: true, address: '10.0.0.1' });
  expect(after.sessions.byToken(busy.token)).toMatchObject({ locked: false, lastActiveAt: before.clock.now() - 1000 });
  expect(after.sessions.byToken(idle.token)).toMatchObject({ locked: true });
});

test('a clock that was set back puts no lock off', async () => {
  const before = openedWithLock(60_000);
  const { token } = before.sessions.open(sitting);
  before.sessions.stop();
  before.ledger.close();
  const after = openedWithLock(60_000, new ManualClock(before.clock.now() - 500_000), before.folder);
  await after.clock.advance(59_000);
  expect(after.sessions.byToken(token)?.locked).toBe(false);
  await after.clock.advance(1000);
  expect(after.sessions.byToken(token)?.locked).toBe(true);
});

test('what a full disk refuses holds all the same, and is written when there is room', async () => {
  const { sessions, ledger, clock } = openedWithLock(60_000);
  const told: unknown[] = [];
  sessions.onEnd((session) => told.push(session.id));
  const gone = sessions.open(order);
  const locked = sessions.open(sitting);
  ledger.database.exec(`
    CREATE TRIGGER full_d BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'disk full'); END;
    CREATE TRIGGER full_u BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'disk full'); END;`);
  sessions.end(gone.session.id, 'logout');
  sessions.lock(locked.session.id);
  expect(told).toEqual([gone.session.id]);
  expect(sessions.byToken(gone.token)).toBeUndefined();
  expect(sessions.byToken(locked.token)?.locked).toBe(true);
  await clock.advance(1000);
  const rows = () => ledger.database.prepare('SELECT id, locked FROM sessions ORDER BY id').all();
  expect(rows()).toHaveLength(2);
  ledger.database.exec('DROP TRIGGER full_d; DROP TRIGGER full_u;');
  await clock.advance(1000);
  expect(rows()).toEqual([{ id: locked.session.id, locked: 1 }]);
});

test('the sessions of a wall end together, or those of one screen', () => {
  const { sessions } = opened();
  const screen = (wallId: string, screenId: string) => sessions.open({ ...order, holder: { kind: 'wall', wallId, screenId } }).token;
  const [left, right, other] = [screen('main', '1'), screen('main', '2'), screen('lobby', '1')];
  const { token } = sessions.open(order);
  const alive = () => [left, right, other, token].map((one) => sessions.byToken(one) !== undefined);
  expect(sessions.endOfWall('main', '2', 'revoked')).toBe(1);
  expect(alive()).toEqual([true, false, true, true]);
  expect(sessions.endOfWall('main', null, 'revoked')).toBe(1);
  expect(alive()).toEqual([false, false, true, true]);
});

test('all that are open are listed, the oldest first', () => {
  const { sessions } = opened();
  const one = sessions.open({ ...order, lifetimeMs: 0 }).session;
  const two = sessions.open(order).session;
  const three = sessions.open(sitting).session;
  expect(sessions.all()).toEqual([two, three]);
  expect(sessions.byId(one.id)).toBeUndefined();
});
