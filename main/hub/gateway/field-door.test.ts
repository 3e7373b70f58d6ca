import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Unit } from '../../../alerts/incident-contract.ts';
import { configSchema } from '../../config/config.ts';
import { problem } from '../../contract/errors.ts';
import type { UnitId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import { nowhere } from '../../contract/place.ts';
import type { CommandRequest } from '../../contract/protocol.ts';
import { err, ok } from '../../contract/result.ts';
import { createAccounts, type Accounts } from '../accounts/accounts.ts';
import { createPasswordHasher } from '../accounts/password-hash.ts';
import { createAuditLog } from '../audit/audit-log.ts';
import type { Caller } from '../commands/command-gateway.ts';
import { createFieldHandlers } from '../field/field-handlers.ts';
import { createFieldLinks, fieldLinkLifetimeMs, type FieldLinks } from '../field/field-links.ts';
import { adminPassword, ask, temporaryFolder, type Answer } from '../hub-rig.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { createLatestValues } from '../readings/latest-values.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { addFieldDoor, exchangesEach } from './field-door.ts';
import { createHttpServer } from './http-server.ts';
import { createOwnOrigins } from './own-origins.ts';
import { createPrincipalDoor } from './principal.ts';

const unitId = 'u-1' as UnitId;
const unit: Unit = {
  id: unitId,
  number: 'F-12',
  name: 'Engine 12',
  department: 'Fire',
  capabilities: [],
  crew: 6,
  home: nowhere,
  districts: [],
  state: 'available',
  reason: null,
  backAt: null,
  stateAt: 0,
  stateBy: 'desk',
  task: null,
  queued: [],
  lastReleasedAt: null,
  positionOf: null,
  position: null,
  revision: 1,
  simulated: false,
  drill: false,
};

let folder: ReturnType<typeof temporaryFolder>;
let clock: ManualClock;
let ledger: SqliteLedger;
let accounts: Accounts;
let links: FieldLinks;
let origin: string;
let asked: { request: CommandRequest; caller: Caller }[];
let close: () => Promise<unknown>;

beforeEach(async () => {
  folder = temporaryFolder('field-door');
  clock = new ManualClock(Date.UTC(2026, 10, 27));
  ledger = openLedger(folder.path, { changesKept: 100, clock, log: silentLog });
  ledger.commit([{ collection: 'units', op: 'put', key: unitId, value: unit }], { kind: 'command', id: 'c', by: 'li' });
  const config = configSchema.parse({ hub: { port: 0 } });
  accounts = await createAccounts({
    ledger,
    latest: createLatestValues({ flushMs: 100, clock }),
    clock,
    log: silentLog,
    config,
    dataFolder: folder.path,
    adminPassword,
    demo: false,
    hasher: createPasswordHasher({ N: 1024, r: 8, p: 1 }),
  });
  let port = 0;
  const origins = createOwnOrigins(config.hub, () => port);
  const http = createHttpServer({ origins, relays: () => [], bodyLimitBytes: 1 << 26, certificate: null, log: silentLog });
  links = createFieldLinks({ ledger, clock, base: () => 'http://hub.example' });
  asked = [];
  addFieldDoor(http.app, {
    door: createPrincipalDoor(accounts, origins, 'i1'),
    accounts,
    links,
    commands: {
      execute: async (request, caller) => {
        asked.push({ request, caller });
        return request.name === 'task.mine' ? ok({ tasks: [] }) : err(problem('task-event-illegal'));
      },
    },
    ledger,
    audit: createAuditLog(ledger.database, clock),
    clock,
  });
  await http.app.listen({ host: '127.0.0.1', port: 0 });
  port = (http.app.server.address() as { port: number }).port;
  origin = origins.local();
  close = () => http.app.close();
});
afterEach(async () => {
  await close();
  accounts.stop();
  ledger.close();
  folder.dispose();
});

function link(id = unitId): string {
  const made = links.create(id);
  ledger.transact({ changes: [], cause: { kind: 'command', id: 'c', by: 'li' } }, () => made.store());
  return made.url.split('/').at(-1)!;
}
const exchange = (token: unknown, headers: Record<string, string> = {}) =>
  ask(origin, '/unit/session', { method: 'POST', body: { token }, headers: { origin, ...headers } });
const cookieOf = ({ headers }: Answer) => headers['set-cookie']?.[0]?.split(';')[0] ?? '';
const run = (name: string, cookie: string, headers: Record<string, string> = {}, body: unknown = {}) =>
  ask(origin, `/unit/commands/${name}`, { method: 'POST', body, headers: { cookie, origin, ...headers } });

test('a link lets its unit in, with what a unit may do and nothing else, until the link is over', async () => {
  const answer = await exchange(link());
  expect([answer.status, answer.text]).toEqual([204, '']);
  expect(answer.headers['set-cookie']).toEqual([
    expect.stringMatching(
      new RegExp(`^taodu_i1_unit=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${fieldLinkLifetimeMs / 1000}$`),
    ),
  ]);
  const mine = await run('task.mine', cookieOf(answer), { 'idempotency-key': 'k1' });
  expect([mine.status, mine.json]).toEqual([200, { tasks: [] }]);
  const { request, caller } = asked[0]!;
  expect(request).toEqual({ name: 'task.mine', args: {}, idempotencyKey: 'k1' });
  expect(caller.principal).toMatchObject({
    userId: 'unit:u-1',
    name: 'unit:F-12',
    roles: ['unit'],
    unit: unitId,
    screen: null,
    barrier: null,
  });
  expect([...caller.principal!.permissions]).toEqual(['task.report']);
  clock.advance(fieldLinkLifetimeMs);
  expect((await run('task.mine', cookieOf(answer))).status).toBe(401);
});

test('what the command answers comes through, refusals too', async () => {
  const cookie = cookieOf(await exchange(link()));
  const answer = await run('task.report', cookie, {}, { taskId: 't', state: 'done' });
  expect([answer.status, answer.json.error.code]).toEqual([409, 'task-event-illegal']);
  expect(asked[0]!.request.args).toEqual({ taskId: 't', state: 'done' });
});

test.each(['incident.open', 'unit.upsert', 'session.list', 'camera.search', 'task.cancel'])('%s has no door here', async (name) => {
  const cookie = cookieOf(await exchange(link()));
  expect((await run(name, cookie)).status).toBe(404);
  expect(asked).toEqual([]);
});

test('whatever is wrong with a link has one answer, and opens no session', async () => {
  const [old, stranger] = [link(), link('u-gone' as UnitId)];
  link();
  for (const token of [old, stranger, 'A'.repeat(43), '', "' OR 1=1 --"]) {
    const answer = await exchange(token);
    expect([answer.status, answer.json, answer.headers['set-cookie']]).toEqual([
      403,
      { error: { code: 'field-link-refused', params: {} } },
      undefined,
    ]);
  }
  for (const token of [7, null, { a: 1 }, 'A'.repeat(200)]) expect((await exchange(token)).status).toBe(400);
  expect(accounts.sessionCount).toBe(0);
});

test('whoever is in stays in when a newer link is made, also by the old link; another phone does not get in by it', async () => {
  const old = link();
  const cookie = cookieOf(await exchange(old));
  const newer = link();
  expect((await run('task.mine', cookie)).status).toBe(200);
  const again = await exchange(old, { cookie });
  expect([again.status, again.headers['set-cookie']]).toEqual([204, undefined]);
  expect((await exchange(old)).status).toBe(403);
  expect((await exchange(newer)).status).toBe(204);
});

test('the session of one unit does not come back by the ended link of another', async () => {
  const other = 'u-2' as UnitId;
  ledger.commit([{ collection: 'units', op: 'put', key: other, value: { ...unit, id: other, number: 'F-13' } }], {
    kind: 'command',
    id: 'c',
    by: 'li',
  });
  const ended = link(other);
  link(other);
  const cookie = cookieOf(await exchange(link()));
  expect((await exchange(ended, { cookie })).status).toBe(403);
});

test('ended sessions, foreign pages and foreign tokens open nothing', async () => {
  const cookie = cookieOf(await exchange(link()));
  expect((await run('task.mine', cookie, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await ask(origin, '/unit/commands/task.mine', { method: 'POST', body: {}, headers: { cookie } })).json.error.code).toBe(
    'origin-refused',
  );
  const bare = await ask(origin, '/unit/session', { method: 'POST', body: { token: link() } });
  expect([bare.status, bare.headers['set-cookie']]).toEqual([403, undefined]);
  const bearer = await run('task.mine', '', { authorization: `Bearer ${'a'.repeat(43)}` });
  expect(bearer.status).toBe(401);
  expect(asked).toEqual([]);
  accounts.endUnit(unitId);
  expect((await run('task.mine', cookie)).status).toBe(401);
});

test('the session of a screen is none of a unit, under any name', async () => {
  const { token } = accounts.redeem(accounts.issueTicket({ kind: 'wall', wallId: 'main', screenId: '1' }).ticket, () => true, '127.0.0.1')!;
  for (const cookie of [`taodu_i1_console=${token}`, `taodu_i1_unit=${token}`])
    expect((await run('task.mine', cookie)).status).toBeGreaterThanOrEqual(401);
  expect(asked).toEqual([]);
});

test('too many tries from one address wait', async () => {
  for (let tried = 0; tried < exchangesEach; tried += 1) expect((await exchange('A'.repeat(43))).status).toBe(403);
  const answer = await exchange(link());
  expect([answer.status, answer.headers['retry-after']]).toEqual([429, '60']);
  clock.advance(60_000);
  expect((await exchange(link())).status).toBe(204);
});

test('who came in is in the audit; the token is nowhere in the data folder', async () => {
  const token = link();
  const cookie = cookieOf(await exchange(token));
  const rows = ledger.database.prepare('SELECT command, actor, phase, outcome FROM audit ORDER BY seq').all();
  expect(rows.slice(-2)).toEqual([
    { command: 'session.link', actor: 'unit:F-12', phase: 'open', outcome: null },
    { command: 'session.link', actor: 'unit:F-12', phase: 'close', outcome: 'ok' },
  ]);
  const tables = ledger.database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const text = tables.map((name) => JSON.stringify(ledger.database.prepare(`SELECT * FROM "${name}"`).all())).join('\n');
  expect(text).toContain('unit:F-12');
  expect(text).not.toContain(token);
  expect(text).not.toContain(cookie.split('=')[1]);
});

test('a body that is too long is refused before it is kept', async () => {
  const cookie = cookieOf(await exchange(link()));
  const answer = await run('task.report', cookie, {}, { photo: 'a'.repeat(1_700_000) });
  expect(answer.status).toBe(413);
});

test('a unit that was revoked is out at once, and its link with it; a new link lets it in again', async () => {
  const { 'unit.revoke': revoke } = createFieldHandlers({ ledger, links, accounts });
  const token = link();
  const cookie = cookieOf(await exchange(token));
  const outcome = revoke({ unitId }, {} as never) as { ok: true; value: { result: unknown; alongside(): void } };
  outcome.value.alongside();
  expect(outcome.value.result).toEqual({ ended: 1 });
  expect([(await run('task.mine', cookie)).status, (await exchange(token, { cookie })).status]).toEqual([401, 403]);
  expect((await exchange(link())).status).toBe(204);
  expect(revoke({ unitId: 'u-none' as UnitId }, {} as never)).toMatchObject({ ok: false, error: { code: 'unit-unknown' } });
});
