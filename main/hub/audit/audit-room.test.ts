import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProblemError } from '../../contract/errors.ts';
import { silentLog } from '../../contract/log.ts';
import type { Hub } from '../hub.ts';
import { ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from '../hub-rig.ts';
import { openAuditRoom } from './audit-room.ts';
import { auditedLedger, dayMs } from './testdata/audited-ledger.ts';
import type { AuditVerdict } from './verify-audit.ts';

const folder = temporaryFolder('audit-room');
let hub: Hub;
let admin: string;
let scoped: string;

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path));
  admin = await login(hub.origin);
  const first = 'First-Shift-4711';
  const scope = { districts: ['320282'], groups: '*' };
  await command(hub.origin, 'user.upsert', { name: 'wu', roles: ['auditor'], scope, password: first }, { token: admin });
  scoped = await login(hub.origin, 'wu', first);
  await command(hub.origin, 'session.password', { current: first, next: 'Second-Shift-4712' }, { token: scoped });
});
afterAll(async () => {
  await hub.stop();
  folder.dispose();
});

const camera = (number: string, district: string) =>
  command(
    hub.origin,
    'camera.upsert',
    { number, name: number, district, source: { kind: 'rtsp', url: 'rtsp://10.1.1.1/1' } },
    { token: admin },
  );

it('answers an auditor what his scope covers, and his questions are on record themselves', async () => {
  await camera('A-1', '320282001');
  await camera('B-1', '320205001');
  const upserts = async (token: string) => {
    const { rows } = (await command(hub.origin, 'audit.search', { command: 'camera.upsert' }, { token })).json as {
      rows: { args: { number: string } }[];
    };
    return rows.map(({ args }) => args.number);
  };
  expect(await upserts(admin)).toEqual(['B-1', 'B-1', 'A-1', 'A-1']);
  expect(await upserts(scoped)).toEqual(['A-1', 'A-1']);
  const asked = await command(hub.origin, 'audit.search', { actor: 'wu', command: 'audit.' }, { token: admin });
  expect(asked.json.rows.map(({ phase, outcome }: { phase: string; outcome: string }) => [phase, outcome])).toEqual([
    ['close', 'ok'],
    ['open', null],
  ]);
});

it('verifies for whoever answers for the whole city', async () => {
  const { json } = await command(hub.origin, 'audit.verify', {}, { token: admin });
  expect(json).toMatchObject({ ok: true, firstBadSeq: null, firstBadSeal: null, sealedUntil: null });
  const { items } = (await ask(hub.origin, '/api/collections/audit?limit=1000', { token: admin })).json as { items: { seq: number }[] };
  expect(json.rows).toBeGreaterThanOrEqual(items.length - 2);
  expect((await command(hub.origin, 'audit.verify', {}, { token: scoped })).json.error.code).toBe('out-of-scope');
});

it('looks into the register for those who name what they look for', async () => {
  expect((await command(hub.origin, 'audit.watches', { actor: 'admin' }, { token: admin })).json).toEqual({ watches: [], next: null });
  expect((await command(hub.origin, 'audit.watches', {}, { token: admin })).status).toBe(400);
});

it('makes its key at the first start, for its owner alone', () => {
  expect(statSync(join(folder.path, 'data', 'keys', 'seal.key')).mode & 0o777).toBe(0o600);
});

it('does not open when the key is lost that days were sealed with', async () => {
  const city = auditedLedger();
  const { ledger, audit, clock } = city;
  const config = hubOptions(city.folder).config;
  const verdicts: AuditVerdict[] = [];
  const onVerdict = (verdict: AuditVerdict) => void verdicts.push(verdict);
  const given = { ledger, audit, dataFolder: city.folder, config, clock, log: silentLog, claimOf: () => undefined, onVerdict };
  const open = () => openAuditRoom(given);
  city.fill(1);
  const room = open();
  await clock.advance(0);
  await clock.advance(dayMs);
  await clock.advance(0);
  expect(await room.verify(new AbortController().signal)).toMatchObject({ ok: true, value: { ok: true, sealedUntil: '2023-11-15' } });
  expect(verdicts).toMatchObject([{ ok: true, rows: 2 }]);
  await room.stop();
  expect(clock.sleeping).toBe(0);
  rmSync(join(city.folder, 'keys', 'seal.key'));
  expect(open).toThrow(ProblemError);
  city.dispose();
});
