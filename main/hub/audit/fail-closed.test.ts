import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../config/config.ts';
import { commands } from '../../contract/catalog.ts';
import { type AnyCommand, type CommandHandler, defineCommand } from '../../contract/define-command.ts';
import { problem } from '../../contract/errors.ts';
import type { SessionId, UserId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import type { Permission } from '../../contract/permissions.ts';
import { err, ok } from '../../contract/result.ts';
import { wholeCity } from '../../contract/scope.ts';
import { type Caller, type CommandGateway, createCommandGateway } from '../commands/command-gateway.ts';
import { auditedLedger, type AuditedLedger } from './testdata/audited-ledger.ts';
import { nothingKnown } from '../testdata/nothing-known.ts';

const definition = {
  summary: '',
  args: z.object({}).strict(),
  result: z.object({ token: z.string() }),
  scopeOf: () => [],
  risk: 'routine' as const,
  permission: 'wall.control' as const,
  audit: 'two-rows' as const,
  deadlineMs: 3000,
};
const definitions: readonly AnyCommand[] = [
  defineCommand({ ...definition, name: 'test.do' }),
  defineCommand({ ...definition, name: 'test.read', risk: 'read' }),
  defineCommand({ ...definition, name: 'test.peek', risk: 'read', audit: 'none' }),
  defineCommand({ ...definition, name: 'test.login', permission: 'public' }),
];

let city: AuditedLedger;
let gateway: CommandGateway;
let handler: CommandHandler<AnyCommand>;
let calls: number;

const caller = (permissions: readonly Permission[]): Caller => ({
  principal: {
    sessionId: 's1' as SessionId,
    userId: 'u1' as UserId,
    name: 'wang',
    roles: ['operator'],
    permissions: new Set(permissions),
    scope: wholeCity,
    screen: null,
    barrier: null,
  },
  from: { door: 'http', address: '10.0.0.7', workstation: null },
});
const wang = caller(['wall.control']);
const stranger: Caller = { principal: null, from: { door: 'http', address: '10.0.0.8', workstation: null } };
const execute = (name: string, as = wang) => gateway.execute({ name, args: {} }, as);
const trail = () => city.audit.page(0, 100).map(({ command, phase, outcome }) => `${phase} ${command} ${outcome ?? ''}`.trim());

/** A disk without a free page: SQLite says SQLITE_FULL, as it does on a real one. */
function fillDisk(): () => void {
  const { database } = city.ledger;
  const pages = database.pragma('page_count', { simple: true }) as number;
  database.pragma(`max_page_count = ${pages}`);
  // what is left in pages that are there already
  const most = database.prepare("INSERT INTO entities (collection, key, body, seq) VALUES ('filler', ?, ?, 0)");
  let number = 0;
  for (let size = 2048; size > 0; size = Math.floor(size / 2)) {
    try {
      for (;;) most.run(String((number += 1)), 'x'.repeat(size));
    } catch (cause) {
      if ((cause as { code?: string }).code !== 'SQLITE_FULL') throw cause;
    }
  }
  const audits = database.prepare("SELECT count(*) FROM entities WHERE collection = 'filler'").pluck().get() as number;
  if (audits === 0) throw new Error('the disk was never filled');
  return () => void database.pragma('max_page_count = 1073741823');
}

beforeEach(() => {
  city = auditedLedger();
  // the audit's own pages are full, too
  city.fill(20);
  calls = 0;
  handler = () => ok({ result: { token: 'secret' } });
  const handlers = Object.fromEntries(
    definitions.map(({ name }): [string, CommandHandler<AnyCommand>] => [name, (args, context) => ((calls += 1), handler(args, context))]),
  );
  gateway = createCommandGateway({
    ledger: city.ledger,
    audit: city.audit,
    handlers,
    lookup: nothingKnown,
    callerNow: (admitted) => admitted,
    requesterNow: () => undefined,
    clock: city.clock,
    log: silentLog,
    definitions,
  });
});
afterEach(async () => {
  await gateway.close();
  expect(city.audit.verify().ok).toBe(true);
  city.dispose();
});

describe('when the audit cannot be written', () => {
  it('nothing begins on a full disk, and all goes on once there is room', async () => {
    const before = trail().length;
    const free = fillDisk();
    let refused = 0;
    // the last rows may still find room in pages that were there; the disk is full for good after a few
    for (let attempt = 0; attempt < 40 && refused === 0; attempt += 1) if (!(await execute('test.do')).ok) refused += 1;
    expect(await execute('test.do')).toEqual({ ok: false, error: { code: 'unavailable', params: {} } });
    const called = calls;
    expect(await execute('test.do')).toMatchObject({ ok: false });
    expect(calls).toBe(called);
    free();
    const rows = trail().length;
    expect(await execute('test.do')).toMatchObject({ ok: true });
    expect([calls, trail().length]).toEqual([called + 1, rows + 2]);
    expect(rows).toBeGreaterThanOrEqual(before);
  });

  it('a command that has begun is not answered as done, and changes nothing', async () => {
    let free = () => {};
    handler = () => {
      city.ledger.database.pragma('query_only = ON');
      free = () => void city.ledger.database.pragma('query_only = OFF');
      return ok({ result: { token: 'secret' }, changes: [{ collection: 'layouts', op: 'put', key: 'l1', value: {} }] });
    };
    expect(await execute('test.do')).toEqual({ ok: false, error: { code: 'unavailable', params: {} } });
    free();
    expect(city.ledger.get('layouts', 'l1')).toBeUndefined();
    // what was begun and never ended stands in the audit
    expect(trail().at(-1)).toBe('open test.do');
  });

  it.each(['test.read', 'test.login'])('the answer of %s is not given: its rows are part of it', async (name) => {
    const rows = trail().length;
    city.ledger.database.pragma('query_only = ON');
    const answer = await execute(name, name === 'test.login' ? stranger : wang);
    city.ledger.database.pragma('query_only = OFF');
    expect(answer).toEqual({ ok: false, error: { code: 'unavailable', params: {} } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(trail()).toHaveLength(rows);
  });

  it('a refusal stays a refusal', async () => {
    city.ledger.database.pragma('query_only = ON');
    expect(await execute('test.do', caller([]))).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    handler = () => err(problem('login-refused'));
    expect(await execute('test.login', stranger)).toMatchObject({ ok: false });
    city.ledger.database.pragma('query_only = OFF');
    expect(calls).toBe(1);
  });

  it('what the contract leaves out of it goes on', async () => {
    city.ledger.database.pragma('query_only = ON');
    expect(await execute('test.peek')).toMatchObject({ ok: true });
    city.ledger.database.pragma('query_only = OFF');
  });
});

describe('the audit cannot be switched off', () => {
  it('by the configuration: there is nothing about it but how long it is kept, six months at least', () => {
    const keys = (value: unknown, path = ''): string[] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([name, inner]) => keys(inner, `${path}.${name}`))
        : [path.slice(1)];
    expect(keys(configSchema.parse({})).filter((key) => /audit|watch(?!dog)|seal/i.test(key))).toEqual(['retention.auditMonths']);
    expect(configSchema.safeParse({ retention: { auditMonths: 5 } }).success).toBe(false);
  });

  it('by a command: those about it read it', () => {
    const about = commands.filter(({ name }) => /^(audit|watch)\./.test(name));
    expect(about.map(({ name, risk }) => [name, risk])).toEqual([
      ['audit.search', 'read'],
      ['audit.watches', 'read'],
      ['audit.verify', 'read'],
      ['audit.export', 'two-person'],
    ]);
  });

  it('for a command: what changes something is in it, but for reports that it is alive or what it shows', () => {
    const quiet = commands.filter(({ audit, risk }) => audit === 'none' && risk !== 'read').map(({ name }) => name);
    expect(
      quiet.filter((name) => !['session.activity', 'wall.report-shown', 'wall.pairing-begin', 'wall.pairing-claim'].includes(name)),
    ).toEqual([]);
  });

  it('from elsewhere: no other room writes to its tables', () => {
    const root = resolve(import.meta.dirname, '../../..');
    const writes = /\b(INSERT|REPLACE|UPDATE|DELETE|DROP|ALTER)\b[^;`'"]*\b(audit|audit_base|audit_seals|watches|watch_heartbeat)\b/i;
    const files = ['main', 'streams', 'alerts', 'layouts'].flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, withFileTypes: true })
        .filter(
          (entry) =>
            entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && !entry.parentPath.includes('testdata'),
        )
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    const found = files.filter((file) => writes.test(readFileSync(file, 'utf8'))).map((file) => relative(root, file).replaceAll('\\', '/'));
    const own = (file: string) => file.startsWith('main/hub/audit/') || file.startsWith('main/hub/ledger/migrations/');
    expect(found.filter(own).length).toBeGreaterThan(3);
    expect(found.filter((file) => !own(file))).toEqual([]);
  });
});
