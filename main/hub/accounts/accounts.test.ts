import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { configSchema } from '../../config/config.ts';
import { userUpsert, type User } from '../../contract/accounts.ts';
import type { CommandArgs } from '../../contract/catalog.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome } from '../../contract/define-command.ts';
import type { Problem } from '../../contract/errors.ts';
import type { CommandId, UserId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import { rolePermissions } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import type { Result } from '../../contract/result.ts';
import { createAuditLog } from '../audit/audit-log.ts';
import { createCommandGateway } from '../commands/command-gateway.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { createLatestValues } from '../readings/latest-values.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createAccounts } from './accounts.ts';
import { fromBase32 } from './base32.ts';
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts';
import { stepMs, totpCode } from './totp.ts';
import { nothingKnown } from '../testdata/nothing-known.ts';

const ends: (() => void)[] = [];
afterEach(() =>
  ends
    .splice(0)
    .reverse()
    .forEach((end) => end()),
);

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-accounts-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  return folder;
};

interface Opening {
  readonly folder?: string;
  readonly adminPassword?: string | null;
  readonly demo?: boolean;
  readonly config?: z.input<typeof configSchema>;
  readonly clock?: ManualClock;
}

async function opened(options: Opening = {}) {
  // Thursday, 26 November 2026, 12:00 in Yixing
  const clock = options.clock ?? new ManualClock(Date.parse('2026-11-26T12:00:00+08:00'));
  const folder = options.folder ?? newFolder();
  const ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
  const latest = createLatestValues({ flushMs: 100, clock });
  const hasher = holdingHasher();
  const accounts = await createAccounts({
    ledger,
    latest,
    clock,
    log: silentLog,
    config: configSchema.parse(options.config ?? {}),
    dataFolder: folder,
    adminPassword: options.adminPassword === undefined ? adminPassword : options.adminPassword,
    demo: options.demo ?? false,
    hasher,
  });
  const close = () => {
    accounts.stop();
    latest.stop();
    ledger.close();
  };
  ends.push(close);
  const context = (principal: Principal | null = null, address = '10.0.0.1'): CommandContext => ({
    commandId: 'c1' as CommandId,
    principal,
    from: { door: 'http', address, workstation: null },
    approvedBy: null,
    now: clock.now(),
    signal: new AbortController().signal,
    commitPart: () => {
      throw new Error('not here');
    },
  });
  const cause = { kind: 'command', id: 'c1', by: 'test' } as const;
  /** As the gateway would: one transaction, then the step after it. */
  const settle = async <R>(outcome: Outcome<R>): Promise<R> => {
    ledger.transact({ changes: outcome.changes ?? [], secrets: outcome.secrets ?? [], cause }, () => outcome.alongside?.());
    await outcome.afterCommit?.();
    return outcome.result;
  };
  /** Runs a command to its end; answers the result, or throws the code and what the problem says. */
  const done = async <R>(work: Result<Outcome<R>, Problem> | Promise<Result<Outcome<R>, Problem>>): Promise<R> => {
    const answer = await work;
    if (answer.ok) return settle(answer.value);
    throw new Error([answer.error.code, ...Object.values(answer.error.params)].join(' '));
  };
  const { handlers } = accounts;
  const login = (password: string, user = 'admin', more: { code?: string; address?: string; interactive?: boolean } = {}) => {
    const { address = '10.0.0.1', ...args } = more;
    return handlers['session.login']({ user, password, interactive: false, ...args }, context(null, address));
  };
  const session = async (password: string, user?: string, more?: Parameters<typeof login>[2]) => {
    const { token } = await done(login(password, user, more));
    return { token, principal: accounts.principalByToken(token)! };
  };
  const principal = async (...given: Parameters<typeof session>): Promise<Principal> => (await session(...given)).principal;
  const upsert = async (by: Principal, change: Partial<CommandArgs<'user.upsert'>> & { name: string }) =>
    done(handlers['user.upsert']({ ...operator, ...change }, context(by)));
  /** An account with a password of its own. */
  const colleague = async (by: Principal, change: Partial<CommandArgs<'user.upsert'>> & { name: string }, password = 'Kiln-Shift-2026') => {
    const { userId } = await upsert(by, { ...change, password: 'First-Teapot-1' });
    const mine = await principal('First-Teapot-1', change.name);
    await done(handlers['session.password']({ current: 'First-Teapot-1', next: password }, context(mine)));
    await done(handlers['session.logout']({}, context(mine)));
    return userId as UserId;
  };
  /** Sets up an authenticator; answers its secret and the recovery codes. */
  const enrol = async (mine: Principal, password: string) => {
    const { secret } = await done(handlers['session.totp-begin']({ password }, context(mine)));
    const { recoveryCodes } = await done(handlers['session.totp-confirm']({ code: codeOf(secret, clock) }, context(mine)));
    return { secret, recoveryCodes };
  };
  const shown = (id: string) => ({ ...ledger.get('users', id), ...latest.get('users', id) }) as User;
  return {
    hasher,
    accounts,
    handlers,
    ledger,
    clock,
    folder,
    close,
    context,
    login,
    settle,
    done,
    session,
    principal,
    upsert,
    colleague,
    enrol,
    shown,
  };
}

/** A cheap hasher that is made to take its time over a password: what is done with it waits until it is released. */
function holdingHasher(): PasswordHasher & { hold(password: string): { readonly reached: Promise<void>; release(): void } } {
  const quick = createPasswordHasher({ N: 1024, r: 8, p: 1 });
  const held = new Map<string, () => Promise<void>>();
  return {
    admits: quick.admits,
    async hash(password) {
      const made = await quick.hash(password);
      await held.get(password)?.();
      return made;
    },
    async verify(password, stored, suspicion) {
      const answer = await quick.verify(password, stored, suspicion);
      await held.get(password)?.();
      return answer;
    },
    hold(password) {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held.set(password, () => {
        reached.resolve();
        return released.promise;
      });
      return { reached: reached.promise, release: released.resolve };
    },
  };
}

const codeOf = (secret: string, clock: ManualClock) => totpCode(fromBase32(secret)!, Math.floor(clock.now() / stepMs));
const adminPassword = 'Kiln-4711-bench';
const operator: CommandArgs<'user.upsert'> = {
  name: 'li',
  roles: ['operator'],
  denied: [],
  scope: { districts: ['320282'], groups: '*' },
  shift: null,
  networks: '*',
  disabled: false,
  resetSecondFactor: false,
};

describe('the first start', () => {
  test('with a given password: that password works and need not be changed', async () => {
    const { login, accounts } = await opened();
    expect(await login('Kiln-4711-bench')).toMatchObject({ ok: true, value: { result: { mustChangePassword: false } } });
    expect(accounts.passwordFile()).toBeNull();
  });

  test.each([null, ''])(
    'without (%j): a generated one stands in a file of its owner, must be changed, and the file goes with the change',
    async (given) => {
      const { accounts, folder, principal, context, done } = await opened({ adminPassword: given });
      const file = accounts.passwordFile();
      expect(file).toBe(join(folder, 'admin-password.txt'));
      expect(statSync(file!).mode & 0o777).toBe(0o600);
      const generated = readFileSync(file!, 'utf8').trim();
      const admin = await principal(generated);
      expect(admin.barrier).toBe('password-change-required');
      await done(accounts.handlers['session.password']({ current: generated, next: 'Zisha-Teapot-9' }, context(admin)));
      expect(existsSync(file!)).toBe(false);
      expect(accounts.principalOf(admin.sessionId)?.barrier).toBeNull();
    },
  );

  test('only the first start makes the administrator: a later password is not taken', async () => {
    const first = await opened();
    first.close();
    const second = await opened({ folder: first.folder, adminPassword: 'Other-Teapot-77' });
    expect((await second.login('Other-Teapot-77')).ok).toBe(false);
    expect((await second.login('Kiln-4711-bench')).ok).toBe(true);
    expect([...second.ledger.all('users')]).toHaveLength(1);
  });
});

describe('logging in', () => {
  test('the answer names neither which part was wrong nor whether the user exists', async () => {
    const { login } = await opened();
    const wrong = await login('wrong');
    expect(wrong).toEqual({ ok: false, error: { code: 'login-refused', params: {} } });
    expect(await login('wrong', 'nobody')).toEqual(wrong);
  });

  test('after five failures even the right password waits; then it works', async () => {
    const { login, clock } = await opened();
    for (let i = 0; i < 5; i++) expect((await login('wrong')).ok).toBe(false);
    const refused = await login('Kiln-4711-bench');
    expect(refused).toEqual({ ok: false, error: { code: 'too-many-requests', params: { retryAfterMs: 2000 } } });
    await clock.advance(2000);
    expect((await login('Kiln-4711-bench')).ok).toBe(true);
  });

  test('a principal is what its account says now, and nothing once it is disabled', async () => {
    const { principal, accounts, ledger } = await opened();
    const admin = await principal('Kiln-4711-bench');
    expect(admin).toMatchObject({
      name: 'admin',
      roles: ['administrator', 'security-administrator', 'auditor'],
      screen: null,
      scope: { districts: '*', groups: '*' },
    });
    const user = ledger.get('users', admin.userId) as User;
    ledger.commit([{ collection: 'users', op: 'put', key: user.id, value: { ...user, disabled: true } }], {
      kind: 'command',
      id: 'x',
      by: 'x',
    });
    expect(accounts.principalOf(admin.sessionId)).toBeUndefined();
  });
});

describe('when and from where', () => {
  const days = [1, 2, 3, 4, 5, 6, 7];
  const shift = [{ days, from: '08:00', to: '20:00' }];

  test('outside its shift an account cannot log in, which only the right password learns', async () => {
    const { colleague, principal, login, clock } = await opened();
    await colleague(await principal(adminPassword), { name: 'li', shift });
    await clock.advance(8 * 3_600_000);
    expect(await login('Kiln-Shift-2026', 'li')).toEqual({ ok: false, error: { code: 'outside-shift', params: {} } });
    expect(await login('wrong', 'li')).toMatchObject({ error: { code: 'login-refused' } });
    await clock.advance(12 * 3_600_000);
    expect((await login('Kiln-Shift-2026', 'li')).ok).toBe(true);
  });

  test('when the shift ends its sessions end within a second, and nobody else’s', async () => {
    const { colleague, principal, accounts, clock } = await opened();
    const admin = await principal(adminPassword);
    await colleague(admin, { name: 'li', shift });
    const li = await principal('Kiln-Shift-2026', 'li');
    const told: unknown[] = [];
    accounts.onSessionEnd((ended, { code, params }) => told.push([ended.id, code, params['reason']]));
    await clock.advance(8 * 3_600_000 - 1000);
    expect(accounts.principalOf(li.sessionId)).toBeDefined();
    await clock.advance(1000);
    expect(told).toEqual([[li.sessionId, 'login-required', 'shift-ended']]);
    expect(accounts.principalOf(admin.sessionId)).toBeDefined();
  });

  test('from a network that is not its own it cannot log in, which only the right password learns', async () => {
    const { colleague, principal, login } = await opened();
    await colleague(await principal(adminPassword), { name: 'li', networks: ['10.0.0.0/24'] });
    expect(await login('Kiln-Shift-2026', 'li', { address: '10.0.1.1' })).toEqual({
      ok: false,
      error: { code: 'network-refused', params: {} },
    });
    expect(await login('wrong', 'li', { address: '10.0.1.1' })).toMatchObject({ error: { code: 'login-refused' } });
    expect((await login('Kiln-Shift-2026', 'li', { address: '10.0.0.9' })).ok).toBe(true);
  });

  test('such refusals are no guesses', async () => {
    const { colleague, principal, login, clock } = await opened();
    await colleague(await principal(adminPassword), { name: 'li', networks: ['10.0.0.0/24'], shift });
    for (let i = 0; i < 10; i++)
      expect(await login('Kiln-Shift-2026', 'li', { address: '10.0.1.1' })).toMatchObject({ error: { code: 'network-refused' } });
    await clock.advance(8 * 3_600_000);
    for (let i = 0; i < 10; i++) expect(await login('Kiln-Shift-2026', 'li')).toMatchObject({ error: { code: 'outside-shift' } });
  });
});

describe('after too many failures', () => {
  test('a restart forgives nobody, the account is shown as locked, and the security administrator unlocks it', async () => {
    const before = await opened();
    const admin = await before.session(adminPassword);
    const li = await before.colleague(admin.principal, { name: 'li' });
    for (let i = 0; i < 5; i++) expect(await before.login('wrong', 'li')).toMatchObject({ error: { code: 'login-refused' } });
    const { clock } = before;
    expect(before.shown(li).lockedUntil).toBe(clock.now() + 2000);
    before.close();

    const { login, shown, handlers, done, context, accounts } = await opened({ folder: before.folder, clock });
    expect(shown(li).lockedUntil).toBe(clock.now() + 2000);
    expect(await login('Kiln-Shift-2026', 'li')).toEqual({
      ok: false,
      error: { code: 'too-many-requests', params: { retryAfterMs: 2000 } },
    });
    const again = accounts.principalByToken(admin.token)!;
    await done(handlers['user.unlock']({ userId: li }, context(again)));
    expect(shown(li).lockedUntil).toBeNull();
    expect((await login('Kiln-Shift-2026', 'li')).ok).toBe(true);
    expect(await handlers['user.unlock']({ userId: 'nobody' as UserId }, context(again))).toMatchObject({
      error: { code: 'user-unknown' },
    });
  });

  test('what is shown ends when the wait does, and with the right password', async () => {
    const { login, done, shown, ledger, clock } = await opened();
    const admin = ([...ledger.all('users')] as User[])[0]!.id;
    for (let i = 0; i < 5; i++) await login('wrong');
    expect(shown(admin).lockedUntil).toBe(clock.now() + 2000);
    await clock.advance(1000);
    expect(shown(admin).lockedUntil).not.toBeNull();
    await clock.advance(1000);
    expect(shown(admin).lockedUntil).toBeNull();
    await done(login(adminPassword));
    expect(shown(admin).lastLoginAt).toBe(clock.now());
  });

  test('the last login outlives the hub', async () => {
    const before = await opened();
    const admin = await before.principal(adminPassword);
    const at = before.clock.now();
    before.close();
    await before.clock.advance(60_000);
    const after = await opened({ folder: before.folder, clock: before.clock });
    expect(after.shown(admin.userId).lastLoginAt).toBe(at);
  });

  test('a flood from a thousand addresses is bounded, and an owner who guesses nothing gets in within the wait of his account', async () => {
    const { login, done, clock, ledger } = await opened();
    const rows = () => ledger.database.prepare('SELECT kind, count(*) FROM login_failures GROUP BY kind').raw().all();
    const flood = (user: (index: number) => string) =>
      Promise.all(
        Array.from({ length: 1000 }, (_none, index) => login('guess', user(index), { address: `10.1.${index >> 8}.${index & 255}` })),
      );
    const codes = (answers: Awaited<ReturnType<typeof flood>>) =>
      [...Map.groupBy(answers, (answer) => (answer.ok ? 'ok' : answer.error.code))].map(([code, all]) => [code, all.length]);

    // many names: what has no place in the line is refused at once, and leaves no trace
    const [many, owner] = await Promise.all([flood((index) => `name${index}`), login(adminPassword)]);
    expect(codes(many)).toEqual([
      ['login-refused', 66],
      ['too-many-requests', 934],
    ]);
    expect(owner).toMatchObject({ error: { code: 'too-many-requests', params: { retryAfterMs: 2000 } } });
    expect(rows()).toEqual([
      ['account', 66],
      ['address', 66],
      ['guesser', 66],
    ]);
    // those who guessed wrong do not keep him out a second time
    const again = Promise.all(Array.from({ length: 66 }, (_none, index) => login('guess', `name${index}`, { address: `10.1.0.${index}` })));
    await done(login(adminPassword));
    await again;

    // one name, his own: the account waits, for him too
    const one = await flood(() => 'admin');
    expect(codes(one)).toEqual([
      ['login-refused', 40],
      ['too-many-requests', 960],
    ]);
    const waits = await login(adminPassword);
    expect(waits).toMatchObject({ error: { code: 'too-many-requests', params: { retryAfterMs: 2000 } } });
    await clock.advance(2000);
    await done(login(adminPassword));
    // and with that the account is as good as new
    expect(rows()).toContainEqual(['account', 66]);
  });
});

describe('changing the password', () => {
  test('needs the current one, a strong and different one, and ends the other sessions', async () => {
    const { principal, accounts, context, done, shown, clock } = await opened();
    const here = await principal(adminPassword);
    const there = await principal(adminPassword);
    const change = (current: string, next: string) => accounts.handlers['session.password']({ current, next }, context(here));
    expect(await change('wrong', 'Zisha-Teapot-9')).toMatchObject({ error: { code: 'login-refused' } });
    expect(await change(adminPassword, 'short')).toMatchObject({ error: { code: 'password-too-weak' } });
    expect(await change(adminPassword, adminPassword)).toMatchObject({ error: { params: { reason: 'unchanged' } } });
    await clock.advance(1000);
    await done(change(adminPassword, 'Zisha-Teapot-9'));
    expect(shown(here.userId).passwordChangedAt).toBe(clock.now());
    expect(accounts.principalOf(here.sessionId)).toBeDefined();
    expect(accounts.principalOf(there.sessionId)).toBeUndefined();
    await principal('Zisha-Teapot-9');
  });

  test('none of the last few, also not those that somebody else set; the one before them is forgotten', async () => {
    const { principal, handlers, context, done } = await opened({ config: { accounts: { passwordHistory: 2 } } });
    const admin = await principal(adminPassword);
    const change = (current: string, next: string) => done(handlers['session.password']({ current, next }, context(admin)));
    await change(adminPassword, 'Zisha-Teapot-1');
    await change('Zisha-Teapot-1', 'Zisha-Teapot-2');
    await expect(change('Zisha-Teapot-2', adminPassword)).rejects.toThrow('password-too-weak used-before 2');
    await expect(change('Zisha-Teapot-2', 'Zisha-Teapot-1')).rejects.toThrow('password-too-weak used-before 2');
    await change('Zisha-Teapot-2', 'Zisha-Teapot-3');
    await change('Zisha-Teapot-3', adminPassword);
  });

  test('after its days a password must be changed before anything else', async () => {
    const { principal, accounts, context, done, clock } = await opened({ config: { accounts: { passwordDays: 180 } } });
    await clock.advance(180 * 86_400_000 - 1);
    const admin = await principal(adminPassword);
    expect(admin.barrier).toBeNull();
    await clock.advance(1);
    expect(accounts.principalOf(admin.sessionId)?.barrier).toBe('password-change-required');
    await done(accounts.handlers['session.password']({ current: adminPassword, next: 'Zisha-Teapot-9' }, context(admin)));
    expect(accounts.principalOf(admin.sessionId)?.barrier).toBeNull();
  });

  test('where none is wanted, it never expires', async () => {
    const { principal, clock } = await opened({ config: { accounts: { passwordDays: 0 } } });
    await clock.advance(20 * 365 * 86_400_000);
    expect((await principal(adminPassword)).barrier).toBeNull();
  });

  test('what an administrator set meanwhile is not overwritten', async () => {
    const { principal, handlers, context, colleague, upsert, session, hasher } = await opened();
    const admin = await principal(adminPassword);
    await colleague(admin, { name: 'li' });
    const li = await principal('Kiln-Shift-2026', 'li');
    const { reached, release } = hasher.hold('Zisha-Teapot-9');
    const late = handlers['session.password']({ current: 'Kiln-Shift-2026', next: 'Zisha-Teapot-9' }, context(li));
    await reached;
    await upsert(admin, { name: 'li', password: 'Set-By-Wang-88' });
    release();
    expect(await late).toMatchObject({ error: { code: 'login-refused' } });
    expect((await session('Set-By-Wang-88', 'li')).principal.barrier).toBe('password-change-required');
  });

  test.each([{ password: 'Set-By-Wang-88' }, { disabled: true }])(
    'nobody logs in with what was taken from him meanwhile: %j',
    async (change) => {
      const { principal, colleague, upsert, login, hasher } = await opened();
      const admin = await principal(adminPassword);
      await colleague(admin, { name: 'li' });
      const { reached, release } = hasher.hold('Kiln-Shift-2026');
      const late = login('Kiln-Shift-2026', 'li');
      await reached;
      await upsert(admin, { name: 'li', ...change });
      release();
      expect(await late).toMatchObject({ error: { code: 'login-refused' } });
    },
  );
});

describe('the second factor', () => {
  test('who has one must give it, each code once; a missing one is no guess, a wrong one is', async () => {
    const { principal, enrol, login, done, clock, shown } = await opened();
    const admin = await principal(adminPassword);
    const { secret } = await enrol(admin, adminPassword);
    expect(shown(admin.userId).secondFactor).toBe(true);
    await clock.advance(stepMs);
    for (let i = 0; i < 10; i++)
      expect(await login(adminPassword)).toEqual({ ok: false, error: { code: 'second-factor-required', params: {} } });
    await done(login(adminPassword, 'admin', { code: codeOf(secret, clock) }));
    for (let i = 0; i < 5; i++)
      expect(await login(adminPassword, 'admin', { code: codeOf(secret, clock) })).toEqual({
        ok: false,
        error: { code: 'second-factor-refused', params: {} },
      });
    await clock.advance(1999);
    expect(await login(adminPassword, 'admin', { code: codeOf(secret, clock) })).toMatchObject({ error: { code: 'too-many-requests' } });
    await clock.advance(stepMs);
    await done(login(adminPassword, 'admin', { code: codeOf(secret, clock) }));
  });

  test('a wrong password says nothing about it', async () => {
    const { principal, enrol, login } = await opened();
    await enrol(await principal(adminPassword), adminPassword);
    expect(await login('wrong', 'admin', { code: '000000' })).toMatchObject({ error: { code: 'login-refused' } });
    expect(await login('wrong')).toMatchObject({ error: { code: 'login-refused' } });
  });

  test('needs the password to begin and a code to be in force, and ends the sessions that were opened without it', async () => {
    const { principal, handlers, context, done, accounts, clock } = await opened();
    const here = await principal(adminPassword);
    const there = await principal(adminPassword);
    await expect(done(handlers['session.totp-begin']({ password: 'wrong' }, context(here)))).rejects.toThrow('login-refused');
    await expect(done(handlers['session.totp-confirm']({ code: '123456' }, context(here)))).rejects.toThrow('second-factor-refused');
    const { secret, uri } = await done(handlers['session.totp-begin']({ password: adminPassword }, context(here)));
    expect(uri).toContain(`otpauth://totp/Taodu:admin?secret=${secret}`);
    await expect(done(handlers['session.totp-confirm']({ code: codeOf(secret, clock) }, context(there)))).rejects.toThrow(
      'second-factor-refused',
    );
    expect((await done(handlers['session.totp-confirm']({ code: codeOf(secret, clock) }, context(here)))).recoveryCodes).toHaveLength(10);
    expect(accounts.principalOf(there.sessionId)).toBeUndefined();
    expect(await done(handlers['session.who']({}, context(here)))).toMatchObject({ secondFactor: true, hasPassword: true });
  });

  test('a new authenticator takes the place of one only for whoever has that one, or a recovery code', async () => {
    const { principal, enrol, handlers, context, done, clock } = await opened();
    const here = await principal(adminPassword);
    const { secret, recoveryCodes } = await enrol(here, adminPassword);
    await clock.advance(stepMs);
    const begin = (code?: string) =>
      done(handlers['session.totp-begin']({ password: adminPassword, ...(code !== undefined && { code }) }, context(here)));
    await expect(begin()).rejects.toThrow('second-factor-required');
    await expect(begin('000000')).rejects.toThrow('second-factor-refused');
    expect(await begin(codeOf(secret, clock))).toHaveProperty('secret');
    expect(await begin(recoveryCodes[0])).toHaveProperty('secret');
  });

  test('a recovery code opens once', async () => {
    const { principal, enrol, login, done } = await opened();
    const { recoveryCodes } = await enrol(await principal(adminPassword), adminPassword);
    await done(login(adminPassword, 'admin', { code: recoveryCodes[3]! }));
    expect(await login(adminPassword, 'admin', { code: recoveryCodes[3]! })).toMatchObject({ error: { code: 'second-factor-refused' } });
  });

  test('the security administrator takes it away from somebody, who sets up a new one', async () => {
    const { principal, colleague, enrol, upsert, login, accounts, session } = await opened({
      config: { accounts: { secondFactor: 'required' } },
    });
    const admin = await principal(adminPassword);
    await colleague(admin, { name: 'zhou', roles: ['administrator'] });
    const zhou = await principal('Kiln-Shift-2026', 'zhou');
    await enrol(zhou, 'Kiln-Shift-2026');
    expect(accounts.principalOf(zhou.sessionId)?.barrier).toBeNull();
    expect(await login('Kiln-Shift-2026', 'zhou')).toMatchObject({ error: { code: 'second-factor-required' } });
    await upsert(admin, { name: 'zhou', roles: ['administrator'], resetSecondFactor: true });
    expect(accounts.principalOf(zhou.sessionId)).toBeUndefined();
    const again = await session('Kiln-Shift-2026', 'zhou');
    expect(again.principal.barrier).toBe('second-factor-enrolment-required');
  });

  test.each<[string, z.input<typeof configSchema>, 'administrator' | 'operator', Principal['barrier']]>([
    ['required of the privileged', { accounts: { secondFactor: 'required' } }, 'administrator', 'second-factor-enrolment-required'],
    ['not of others', { accounts: { secondFactor: 'required' } }, 'operator', null],
    ['required where others can reach the hub', { hub: { host: '0.0.0.0' } }, 'administrator', 'second-factor-enrolment-required'],
    ['not on a machine of its own', {}, 'administrator', null],
    ['optional anywhere', { hub: { host: '0.0.0.0' }, accounts: { secondFactor: 'optional' } }, 'administrator', null],
  ])('%s', async (_name, config, role, barrier) => {
    const { principal, colleague, login } = await opened({ config });
    await colleague(await principal(adminPassword), { name: 'zhou', roles: [role] });
    expect(await login('Kiln-Shift-2026', 'zhou')).toMatchObject({ value: { result: { barrier, mustChangePassword: false } } });
    expect((await principal('Kiln-Shift-2026', 'zhou')).barrier).toBe(barrier);
  });

  test('the first password is changed before the factor is set up; the demo’s account has nothing to add to', async () => {
    const { principal, upsert, accounts } = await opened({ demo: true, config: { accounts: { secondFactor: 'required' } } });
    await upsert(await principal(adminPassword), { name: 'zhou', roles: ['auditor'], password: 'First-Teapot-1' });
    expect((await principal('First-Teapot-1', 'zhou')).barrier).toBe('password-change-required');
    const { ticket } = accounts.issueTicket({ kind: 'console', userId: accounts.demoUser! });
    expect(accounts.principalByToken(accounts.redeem(ticket, () => true, '10.0.0.1')!.token)?.barrier).toBeNull();
  });
});

describe('a console nobody sits at', () => {
  const minutes = (count: number) => count * 60_000;

  test('locks itself, shows what a wall shows, and opens to its user alone', async () => {
    const { accounts, colleague, principal, handlers, done, context, clock } = await opened();
    await colleague(await principal(adminPassword), { name: 'li' });
    const li = await principal('Kiln-Shift-2026', 'li', { interactive: true });
    expect(await done(handlers['session.activity']({}, context(li)))).toEqual({ idleLockAt: clock.now() + minutes(15) });
    await clock.advance(minutes(14));
    // what a page does by itself is not somebody who sits there
    expect(accounts.principalOf(li.sessionId)?.barrier).toBeNull();
    await done(handlers['session.activity']({}, context(li)));
    await clock.advance(minutes(14));
    expect(accounts.principalOf(li.sessionId)?.barrier).toBeNull();
    await clock.advance(minutes(1));
    const locked = accounts.principalOf(li.sessionId)!;
    expect(locked).toMatchObject({ name: 'li', roles: ['operator'], barrier: 'session-locked' });
    expect([...locked.permissions].sort()).toEqual([...rolePermissions.wall].sort());
    expect(await done(handlers['session.activity']({}, context(locked)))).toEqual({ idleLockAt: null });
    expect(await done(handlers['session.who']({}, context(locked)))).toMatchObject({
      barrier: 'session-locked',
      mustChangePassword: false,
    });
    await expect(done(handlers['session.unlock']({ password: 'wrong' }, context(locked)))).rejects.toThrow('login-refused');
    expect(accounts.principalOf(li.sessionId)?.barrier).toBe('session-locked');
    await done(handlers['session.unlock']({ password: 'Kiln-Shift-2026' }, context(locked)));
    expect(accounts.principalOf(li.sessionId)).toEqual(li);
  });

  test('is locked at once on demand, and stays locked over a restart', async () => {
    const before = await opened();
    const { token, principal } = await before.session(adminPassword);
    await before.done(before.handlers['session.lock']({}, before.context(principal)));
    before.close();
    const after = await opened({ folder: before.folder, clock: before.clock });
    const locked = after.accounts.principalByToken(token)!;
    expect(locked.barrier).toBe('session-locked');
    await after.done(after.handlers['session.unlock']({ password: adminPassword }, after.context(locked)));
    expect(after.accounts.principalByToken(token)?.barrier).toBeNull();
  });

  test('was nobody there while the hub was down, it is locked before anybody asks', async () => {
    const before = await opened();
    const { token } = await before.session(adminPassword, 'admin', { interactive: true });
    before.close();
    await before.clock.advance(minutes(15));
    const after = await opened({ folder: before.folder, clock: before.clock });
    expect(after.accounts.principalByToken(token)?.barrier).toBe('session-locked');
  });

  test('needs the second factor of whoever has one', async () => {
    const { principal, enrol, handlers, context, done, accounts, clock } = await opened();
    const admin = await principal(adminPassword);
    const { secret } = await enrol(admin, adminPassword);
    await done(handlers['session.lock']({}, context(admin)));
    await clock.advance(stepMs);
    const unlock = (code?: string) =>
      done(handlers['session.unlock']({ password: adminPassword, ...(code !== undefined && { code }) }, context(admin)));
    await expect(unlock()).rejects.toThrow('second-factor-required');
    await expect(unlock('000000')).rejects.toThrow('second-factor-refused');
    expect(accounts.principalOf(admin.sessionId)?.barrier).toBe('session-locked');
    await unlock(codeOf(secret, clock));
    expect(accounts.principalOf(admin.sessionId)?.barrier).toBeNull();
  });

  test.each<[string, number, boolean]>([
    ['a script', 15, false],
    ['where it is not wanted', 0, true],
  ])('does not lock: %s', async (_name, idleLockMinutes, interactive) => {
    const { principal, accounts, handlers, context, done, clock } = await opened({ config: { accounts: { idleLockMinutes } } });
    const admin = await principal(adminPassword, 'admin', { interactive });
    expect(await done(handlers['session.activity']({}, context(admin)))).toEqual({ idleLockAt: null });
    await clock.advance(minutes(600));
    expect(accounts.principalOf(admin.sessionId)?.barrier).toBeNull();
  });

  test('walls and the demo never lock', async () => {
    const { accounts, handlers, context, done, clock } = await opened({ demo: true });
    const wall = accounts.principalByToken(accounts.openWall('main', '1', '10.0.0.2', 'left').token)!;
    const { ticket } = accounts.issueTicket({ kind: 'console', userId: accounts.demoUser! });
    const demo = accounts.principalByToken(accounts.redeem(ticket, () => true, '10.0.0.1')!.token)!;
    for (const who of [wall, demo]) {
      await expect(done(handlers['session.lock']({}, context(who)))).rejects.toThrow('forbidden no-password');
      expect(await done(handlers['session.activity']({}, context(who)))).toEqual({ idleLockAt: null });
    }
    await clock.advance(minutes(600));
    for (const who of [wall, demo]) expect(accounts.principalOf(who.sessionId)?.barrier).toBeNull();
  });
});

describe('who is logged in', () => {
  test('is listed, and sent away', async () => {
    const { accounts, principal, colleague, handlers, context, done, clock } = await opened();
    const admin = await principal(adminPassword);
    await colleague(admin, { name: 'li' });
    const li = await principal('Kiln-Shift-2026', 'li', { address: '10.0.0.7', interactive: true });
    accounts.openWall('main', '2', '10.0.0.8', 'right');
    await clock.advance(5000);
    accounts.principalOf(admin.sessionId);
    const { sessions } = await done(handlers['session.list']({}, context(admin)));
    const at = clock.now();
    expect(sessions).toMatchObject([
      { kind: 'person', name: 'admin', screen: null, address: '10.0.0.1', workstation: null, lastActiveAt: at, locked: false, own: true },
      { kind: 'person', name: 'li', address: '10.0.0.7', createdAt: at - 5000, lastActiveAt: at - 5000, own: false },
      {
        kind: 'wall',
        name: 'wall:main:2',
        screen: { wallId: 'main', screenId: '2' },
        address: '10.0.0.8',
        workstation: 'right',
        own: false,
      },
    ]);
    const told: unknown[] = [];
    accounts.onSessionEnd((ended, reason) => told.push([ended.id, reason.params['reason']]));
    await done(handlers['session.end']({ sessionId: li.sessionId }, context(admin)));
    expect(told).toEqual([[li.sessionId, 'ended']]);
    await expect(done(handlers['session.end']({ sessionId: li.sessionId }, context(admin)))).rejects.toThrow('session-unknown');
    expect(accounts.endWall('main', null)).toBe(1);
    expect(told[1]).toMatchObject([expect.any(String), 'revoked']);
  });
});

describe('accounts of others', () => {
  test('a new one needs a password, which must be changed; a change ends its sessions', async () => {
    const { accounts, principal, upsert } = await opened();
    const admin = await principal(adminPassword);
    await expect(upsert(admin, { name: 'li' })).rejects.toThrow('field-missing');
    await expect(upsert(admin, { name: 'li', password: 'weak' })).rejects.toThrow('password-too-weak');
    const { userId } = await upsert(admin, { name: 'li', password: 'Kiln-Shift-2026' });
    const li = await principal('Kiln-Shift-2026', 'li');
    expect(li).toMatchObject({ userId, barrier: 'password-change-required', scope: { districts: ['320282'], groups: '*' } });
    expect((await upsert(admin, { name: 'li', disabled: true })).userId).toBe(userId);
    expect(accounts.principalOf(li.sessionId)).toBeUndefined();
    await expect(principal('Kiln-Shift-2026', 'li')).rejects.toThrow('login-refused');
  });

  test('another full name disturbs nobody at work', async () => {
    const { accounts, principal, upsert, colleague } = await opened();
    const admin = await principal(adminPassword);
    await colleague(admin, { name: 'li' });
    const li = await principal('Kiln-Shift-2026', 'li');
    await upsert(admin, { name: 'li', fullName: 'Li Wei' });
    expect(accounts.principalOf(li.sessionId)).toBeDefined();
    await upsert(admin, { name: 'li', fullName: 'Li Wei', denied: ['wall.control'] });
    expect(accounts.principalOf(li.sessionId)).toBeUndefined();
    expect((await principal('Kiln-Shift-2026', 'li')).permissions.has('wall.control')).toBe(false);
  });

  test('one that came too late changes no password', async () => {
    const { accounts, context, principal, colleague } = await opened();
    const admin = await principal(adminPassword);
    await colleague(admin, { name: 'li' });
    const late = { ...context(admin), signal: AbortSignal.abort() };
    const change = { ...operator, password: 'Other-Teapot-77' };
    expect(await accounts.handlers['user.upsert'](change, late)).toMatchObject({ error: { code: 'deadline-exceeded' } });
    expect(await principal('Kiln-Shift-2026', 'li')).toMatchObject({ name: 'li', barrier: null });
  });

  test('duties stay apart, the last administrators stay, and nobody widens what he himself may do', async () => {
    const { principal, upsert, colleague, accounts } = await opened({ demo: true });
    const admin = await principal(adminPassword);
    const own = { name: 'admin', scope: { districts: '*' as const, groups: '*' as const } };
    await expect(upsert(admin, { name: 'zhou', roles: ['auditor', 'operator'], password: 'Kiln-Shift-2026' })).rejects.toThrow(
      'roles-incompatible auditor, operator',
    );
    await expect(upsert(admin, { ...own, roles: ['operator'] })).rejects.toThrow('forbidden own-account roles');
    await expect(upsert(admin, { ...own, roles: ['auditor', 'security-administrator'] })).rejects.toThrow(
      'field-invalid roles last-administrator',
    );
    await colleague(admin, { ...own, name: 'zhou', roles: ['administrator'] });
    await upsert(admin, { ...own, roles: ['auditor', 'security-administrator'] });
    const now = await principal(adminPassword);
    await expect(upsert(now, { ...own, roles: ['auditor'] })).rejects.toThrow('field-invalid roles last-security-administrator');
    await colleague(now, { ...own, name: 'wang', roles: ['security-administrator'] });
    await upsert(now, { ...own, roles: ['auditor'] });
    expect(accounts.principalOf(now.sessionId)).toBeUndefined();
    expect((await principal(adminPassword)).permissions.has('user.admin')).toBe(false);
  });

  test('the last administrators stay, also when both are asked to go in one breath', async () => {
    const { principal, colleague, accounts, ledger, clock, context, shown } = await opened();
    const admin = await principal(adminPassword);
    const everywhere = { scope: { districts: '*' as const, groups: '*' as const } };
    const users = [
      await colleague(admin, { ...everywhere, name: 'zhou', roles: ['administrator'] }),
      await colleague(admin, { ...everywhere, name: 'wang', roles: ['security-administrator'] }),
    ];
    const gateway = createCommandGateway({
      ledger,
      audit: createAuditLog(ledger.database, clock),
      handlers: { 'user.upsert': accounts.handlers['user.upsert'] as CommandHandler<AnyCommand> },
      lookup: nothingKnown,
      callerNow: (admitted) => admitted,
      requesterNow: () => undefined,
      clock,
      log: silentLog,
      definitions: [userUpsert],
    });
    const change = (name: string, roles: CommandArgs<'user.upsert'>['roles']) =>
      gateway.execute({ name: 'user.upsert', args: { name, roles, disabled: true } }, { principal: admin, from: context().from });
    // somebody else gives the founder's duties away first
    const founder = ledger.get('users', admin.userId) as User;
    ledger.commit([{ collection: 'users', op: 'put', key: founder.id, value: { ...founder, roles: ['auditor'] } }], {
      kind: 'command',
      id: 'x',
      by: 'x',
    });
    await colleague(admin, { ...everywhere, name: 'zhao', roles: ['administrator'] });
    const answers = await Promise.all([change('zhou', ['administrator']), change('zhao', ['administrator'])]);
    expect(answers).toMatchObject([
      { ok: true },
      { ok: false, error: { code: 'field-invalid', params: { reason: 'last-administrator' } } },
    ]);
    expect(users.map((id) => shown(id).disabled)).toEqual([true, false]);
    await gateway.close();
  });
});

describe('one-time links', () => {
  test('the demo link opens an administrator without a password, which is gone when the demo is', async () => {
    const demo = await opened({ demo: true });
    const { ticket } = demo.accounts.issueTicket({ kind: 'console', userId: demo.accounts.demoUser! });
    const link = demo.accounts.redeem(ticket, (purpose) => purpose.kind === 'console', '10.0.0.1')!;
    expect(demo.accounts.principalByToken(link.token)).toMatchObject({
      name: 'demo',
      roles: ['administrator', 'security-administrator', 'auditor'],
      barrier: null,
    });
    expect(demo.accounts.redeem(ticket, () => true, '10.0.0.1')).toBeNull();
    expect((await demo.login('', 'demo')).ok).toBe(false);
    demo.close();
    const real = await opened({ folder: demo.folder });
    expect(real.accounts.demoUser).toBeNull();
    expect(real.accounts.principalByToken(link.token)).toBeUndefined();
    expect([...real.ledger.all('users')].map((user) => (user as User).name)).toEqual(['admin']);
  });

  test('a wall link opens a screen that may show and report and no more', async () => {
    const { accounts } = await opened();
    const { ticket } = accounts.issueTicket({ kind: 'wall', wallId: 'main', screenId: '2' });
    const link = accounts.redeem(ticket, (purpose) => purpose.kind === 'wall', '10.0.0.1')!;
    const wall = accounts.principalByToken(link.token)!;
    expect(wall.screen).toEqual({ wallId: 'main', screenId: '2' });
    expect(wall.permissions.has('wall.report')).toBe(true);
    expect(wall.permissions.has('wall.control')).toBe(false);
  });

  test('a link whose use cannot be put on record opens nothing and is used up', async () => {
    const { accounts } = await opened();
    const { ticket } = accounts.issueTicket({ kind: 'wall', wallId: 'main', screenId: '2' });
    const full = () => {
      throw new Error('the disk is full');
    };
    expect(() => accounts.redeem(ticket, () => true, '10.0.0.1', full)).toThrow('the disk is full');
    expect(accounts.redeem(ticket, () => true, '10.0.0.1')).toBeNull();
    expect(accounts.sessionCount).toBe(0);
  });

  test('a link used for the wrong thing opens nothing and is used up', async () => {
    const { accounts } = await opened();
    const { ticket } = accounts.issueTicket({ kind: 'wall', wallId: 'main', screenId: '2' });
    expect(accounts.redeem(ticket, (purpose) => purpose.kind === 'console', '10.0.0.1')).toBeNull();
    expect(accounts.redeem(ticket, () => true, '10.0.0.1')).toBeNull();
    expect(accounts.sessionCount).toBe(0);
  });
});
