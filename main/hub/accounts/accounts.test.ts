import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { configSchema } from '../../config/config.ts';
import type { User } from '../../contract/accounts.ts';
import type { CommandContext, Outcome } from '../../contract/define-command.ts';
import type { CommandId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import type { Principal } from '../../contract/principal.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createAccounts } from './accounts.ts';
import { createPasswordHasher } from './password-hash.ts';

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

async function opened(options: { folder?: string; adminPassword?: string | null; demo?: boolean } = {}) {
  const clock = new ManualClock();
  const folder = options.folder ?? newFolder();
  const ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
  const accounts = await createAccounts({
    ledger,
    clock,
    log: silentLog,
    config: configSchema.parse({}),
    dataFolder: folder,
    adminPassword: options.adminPassword === undefined ? 'Kiln-4711-bench' : options.adminPassword,
    demo: options.demo ?? false,
    hasher: createPasswordHasher({ N: 1024, r: 8, p: 1 }),
  });
  const close = () => {
    accounts.stop();
    ledger.close();
  };
  ends.push(close);
  const context = (principal: Principal | null = null): CommandContext => ({
    commandId: 'c1' as CommandId,
    principal,
    from: { door: 'http', address: '10.0.0.1', workstation: null },
    approvedBy: null,
    now: clock.now(),
    signal: new AbortController().signal,
    commitPart: () => {
      throw new Error('not here');
    },
  });
  const login = (password: string, user = 'admin') => accounts.handlers['session.login']({ user, password, interactive: false }, context());
  /** As the gateway would: commit, then the step after it. */
  const settle = async <R>(outcome: Outcome<R>): Promise<R> => {
    if (outcome.changes) ledger.commit(outcome.changes, { kind: 'command', id: 'c1', by: 'test' });
    await outcome.afterCommit?.();
    return outcome.result;
  };
  const principal = async (password: string, user?: string): Promise<Principal> => {
    const answer = await login(password, user);
    if (!answer.ok) throw new Error(answer.error.code);
    return accounts.principalByToken(answer.value.result.token)!;
  };
  return { accounts, ledger, clock, folder, close, context, login, settle, principal };
}

describe('the first start', () => {
  test('with a given password: that password works and need not be changed', async () => {
    const { login, accounts } = await opened();
    expect(await login('Kiln-4711-bench')).toMatchObject({ ok: true, value: { result: { mustChangePassword: false } } });
    expect(accounts.passwordFile()).toBeNull();
  });

  test('without: a generated one stands in a file of its owner, must be changed, and the file goes with the change', async () => {
    const { accounts, folder, principal, context, settle } = await opened({ adminPassword: null });
    const file = accounts.passwordFile();
    expect(file).toBe(join(folder, 'admin-password.txt'));
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    const generated = readFileSync(file!, 'utf8').trim();
    const admin = await principal(generated);
    expect(admin.barrier).toBe('password-change-required');
    const changed = await accounts.handlers['session.password']({ current: generated, next: 'Zisha-Teapot-9' }, context(admin));
    if (!changed.ok) throw new Error(changed.error.code);
    await settle(changed.value);
    expect(existsSync(file!)).toBe(false);
    expect(accounts.principalOf(admin.sessionId)?.barrier).toBeNull();
  });

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

describe('changing the password', () => {
  test('needs the current one, a strong and different one, and ends the other sessions', async () => {
    const { principal, accounts, context, settle } = await opened();
    const here = await principal('Kiln-4711-bench');
    const there = await principal('Kiln-4711-bench');
    const change = (current: string, next: string) => accounts.handlers['session.password']({ current, next }, context(here));
    expect(await change('wrong', 'Zisha-Teapot-9')).toMatchObject({ error: { code: 'login-refused' } });
    expect(await change('Kiln-4711-bench', 'short')).toMatchObject({ error: { code: 'password-too-weak' } });
    expect(await change('Kiln-4711-bench', 'Kiln-4711-bench')).toMatchObject({ error: { params: { reason: 'unchanged' } } });
    const changed = await change('Kiln-4711-bench', 'Zisha-Teapot-9');
    if (!changed.ok) throw new Error(changed.error.code);
    await settle(changed.value);
    expect(accounts.principalOf(here.sessionId)).toBeDefined();
    expect(accounts.principalOf(there.sessionId)).toBeUndefined();
    await principal('Zisha-Teapot-9');
  });
});

describe('accounts of others', () => {
  const operator = {
    name: 'li',
    roles: ['operator' as const],
    denied: [],
    scope: { districts: ['320282'], groups: '*' as const },
    shift: null,
    networks: '*' as const,
    disabled: false,
    resetSecondFactor: false,
  };

  test('a new one needs a password, which must be changed; a change ends its sessions', async () => {
    const { accounts, context, principal, settle } = await opened();
    const admin = await principal('Kiln-4711-bench');
    const upsert = accounts.handlers['user.upsert'];
    expect(await upsert(operator, context(admin))).toMatchObject({ error: { code: 'field-missing' } });
    expect(await upsert({ ...operator, password: 'weak' }, context(admin))).toMatchObject({ error: { code: 'password-too-weak' } });
    const made = await upsert({ ...operator, password: 'Kiln-Shift-2026' }, context(admin));
    if (!made.ok) throw new Error(made.error.code);
    const { userId } = await settle(made.value);
    const li = await principal('Kiln-Shift-2026', 'li');
    expect(li).toMatchObject({ userId, barrier: 'password-change-required', scope: { districts: ['320282'], groups: '*' } });
    const disabled = await upsert({ ...operator, disabled: true }, context(admin));
    if (!disabled.ok) throw new Error(disabled.error.code);
    expect((await settle(disabled.value)).userId).toBe(userId);
    expect(accounts.principalOf(li.sessionId)).toBeUndefined();
    await expect(principal('Kiln-Shift-2026', 'li')).rejects.toThrow('login-refused');
  });

  test('one that came too late changes no password', async () => {
    const { accounts, context, principal } = await opened();
    const admin = await principal('Kiln-4711-bench');
    const late = { ...context(admin), signal: AbortSignal.abort() };
    const change = { ...operator, name: 'admin', roles: ['administrator' as const], password: 'Kiln-Shift-2026' };
    expect(await accounts.handlers['user.upsert'](change, late)).toMatchObject({ error: { code: 'deadline-exceeded' } });
    expect(await principal('Kiln-4711-bench')).toMatchObject({ name: 'admin', barrier: null });
  });

  test('the last administrator can neither be disabled nor lose the role', async () => {
    const { accounts, context, principal } = await opened({ demo: true });
    const admin = await principal('Kiln-4711-bench');
    const base = { ...operator, name: 'admin', scope: { districts: '*' as const, groups: '*' as const } };
    for (const change of [base, { ...base, roles: ['administrator' as const], disabled: true }])
      expect(await accounts.handlers['user.upsert'](change, context(admin))).toMatchObject({
        error: { params: { reason: 'last-administrator' } },
      });
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

  test('a link used for the wrong thing opens nothing and is used up', async () => {
    const { accounts } = await opened();
    const { ticket } = accounts.issueTicket({ kind: 'wall', wallId: 'main', screenId: '2' });
    expect(accounts.redeem(ticket, (purpose) => purpose.kind === 'console', '10.0.0.1')).toBeNull();
    expect(accounts.redeem(ticket, () => true, '10.0.0.1')).toBeNull();
    expect(accounts.sessionCount).toBe(0);
  });
});
