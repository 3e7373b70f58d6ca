import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import Fastify from 'fastify';
import type { CommandEntity } from '../../contract/commands.ts';
import { problem, ProblemError } from '../../contract/errors.ts';
import { permissions } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import { ok } from '../../contract/result.ts';
import { wholeCity } from '../../contract/scope.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { verifyExport } from '../audit/verify-export.ts';
import type { Hub } from '../hub.ts';
import { ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from '../hub-rig.ts';
import { addExportRoutes } from './export-routes.ts';

const folder = temporaryFolder('exports');
let hub: Hub;
let admin: string;
let zhao: string;
let sun: string;
let exportId: string;
const data = join(folder.path, 'data');

async function person(name: string, roles: readonly string[], scope: object = { districts: '*', groups: '*' }): Promise<string> {
  const first = 'First-Shift-4711';
  const next = 'Second-Shift-4712';
  const made = await command(hub.origin, 'user.upsert', { name, roles, scope, password: first }, { token: admin });
  if (made.status !== 200) throw new Error(made.text);
  const token = await login(hub.origin, name, first);
  await command(hub.origin, 'session.password', { current: first, next }, { token });
  return token;
}
const waiting = async () => (await ask(hub.origin, '/api/collections/commands', { token: admin })).json.items as CommandEntity[];
const download = (path: string, token: string) => ask(hub.origin, `/api/exports/${path}`, { token });
const trail = async () =>
  (await command(hub.origin, 'audit.search', { command: 'audit.download' }, { token: zhao })).json.rows as {
    actor: string;
    phase: string;
    outcome: string | null;
    args: object;
  }[];

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path));
  admin = await login(hub.origin);
  zhao = await person('zhao', ['auditor']);
  sun = await person('sun', ['auditor']);
  const args = { from: 0, to: Date.now() + 1000, purpose: '督察', caseNumber: 'A-17' };
  const asked = await command(hub.origin, 'audit.export', args, { token: zhao });
  expect(asked.json).toMatchObject({ state: 'awaitingApproval' });
  const { id, payloadHash } = (await waiting()).find((one) => one.name === 'audit.export')!;
  const approved = await command(hub.origin, 'command.approve', { commandId: id, payloadHash }, { token: admin });
  expect(approved.status, approved.text).toBe(200);
  for (;;) {
    const { state, result, reason } = (await waiting()).find((one) => one.id === id)!;
    if (state === 'confirmed') {
      exportId = (result as { exportId: string }).exportId;
      return;
    }
    if (state === 'failed') throw new Error(String(reason));
    await new Promise((resolve) => setImmediate(resolve));
  }
});
afterAll(async () => {
  await hub.stop();
  folder.dispose();
});

describe('the files of an export', () => {
  it('are made when the second person has approved, and hold who they are', () => {
    expect(verifyExport(join(data, 'exports', exportId), null)).toMatchObject({
      ok: true,
      manifest: { requestedBy: 'zhao', approvedBy: 'admin', purpose: '督察', caseNumber: 'A-17' },
    });
  });

  it('go to who asked and to who approved, as they are, and each download is in the audit', async () => {
    const before = (await trail()).length;
    const manifest = await download(`${exportId}/manifest.json`, zhao);
    expect(manifest.status).toBe(200);
    expect(manifest.json).toMatchObject({ exportId });
    expect(manifest.headers).toMatchObject({
      'content-disposition': `attachment; filename="${exportId}-manifest.json"`,
      'content-length': String(Buffer.byteLength(manifest.text)),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const names = ['audit.jsonl', 'watches.csv', 'manifest.sig', 'public.pem'];
    for (const name of names) expect((await download(`${exportId}/${name}`, admin)).status, name).toBe(200);
    const rows = await trail();
    expect(rows.length - before).toBe(10);
    expect(rows.at(-1 - before)).toMatchObject({ actor: 'zhao', phase: 'open', args: { exportId, file: 'manifest.json' } });
    expect(rows[0]).toMatchObject({ actor: 'admin', phase: 'close', outcome: 'ok', args: { exportId, file: 'public.pem' } });
  });

  it('go to nobody else, and the attempt of somebody known is in the audit', async () => {
    expect((await ask(hub.origin, `/api/exports/${exportId}/manifest.json`)).status).toBe(401);
    const other = await download(`${exportId}/manifest.json`, sun);
    expect([other.status, other.json]).toMatchObject([403, { error: { code: 'forbidden', params: { reason: 'export-of-others' } } }]);
    expect((await trail())[0]).toMatchObject({ actor: 'sun', phase: 'close', outcome: 'forbidden' });
    const operator = await person('li', ['operator']);
    expect((await download(`${exportId}/manifest.json`, operator)).json.error).toMatchObject({
      code: 'forbidden',
      params: { permission: 'audit.export' },
    });
    expect((await trail())[0]).toMatchObject({ actor: 'li', outcome: 'forbidden' });
    const scoped = await person('wu', ['auditor'], { districts: ['320282'], groups: '*' });
    expect((await download(`${exportId}/manifest.json`, scoped)).json.error.code).toBe('out-of-scope');
  });

  it.each([
    ['another id', () => `${'0'.repeat(32)}/manifest.json`],
    ['an id that is none', () => 'x/manifest.json'],
    ['a file that is none of it', () => `${exportId}/ledger.db`],
    ['a way up in the file', () => `${exportId}/..%2F..%2Fledger.db`],
    ['a way up in the id', () => `..%2F..%2Fkeys/seal.key`],
    ['dots', () => `%2e%2e/public.pem`],
    ['a folder above with a name that is given', () => `%2e%2e%2fseals/public.pem`],
    ['a zero byte', () => `${exportId}/manifest.json%00`],
    ['a slash from the other side', () => `${exportId}/..%5C..%5Cledger.db`],
    ['letters in capitals', () => `${exportId.toUpperCase()}/manifest.json`],
  ])('are nowhere by %s', async (_name, path) => {
    const answer = await download(path(), zhao);
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toMatch(/SQLite format|PRIVATE KEY|PUBLIC KEY/);
  });

  it('are not followed out of their folder', async () => {
    const file = join(data, 'exports', exportId, 'watches.csv');
    rmSync(file);
    symlinkSync(join(data, 'ledger.db'), file);
    expect((await download(`${exportId}/watches.csv`, zhao)).json.error.code).toBe('export-unknown');
  });

  it('are not given out when that cannot be written down', async () => {
    const app = Fastify();
    const principal = {
      sessionId: 's1',
      name: 'zhao',
      roles: ['auditor'],
      permissions: new Set(permissions),
      scope: wholeCity,
      barrier: null,
    };
    addExportRoutes(app, {
      door: { admit: () => ok(principal as unknown as Principal) } as never,
      accounts: { workstationOf: () => null },
      ledger: {
        transact() {
          throw new ProblemError(problem('unavailable'));
        },
      },
      audit: {} as AuditLog,
      exportsFolder: join(data, 'exports'),
    });
    const answer = await app.inject(`/api/exports/${exportId}/manifest.json`);
    expect(answer.statusCode).toBeGreaterThanOrEqual(500);
    expect(answer.body).not.toContain('督察');
    await app.close();
  });
});

describe('a session', () => {
  it('that must change its password gets none', async () => {
    await command(
      hub.origin,
      'user.upsert',
      { name: 'qian', roles: ['auditor'], scope: { districts: '*', groups: '*' }, password: 'First-Shift-4711' },
      { token: admin },
    );
    const fresh = await login(hub.origin, 'qian', 'First-Shift-4711');
    expect((await download(`${exportId}/manifest.json`, fresh)).json.error.code).toBe('password-change-required');
  });
});
