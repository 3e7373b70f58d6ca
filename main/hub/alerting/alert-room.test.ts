import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alert } from '../../../alerts/contract.ts';
import { configSchema } from '../../config/config.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from '../hub-rig.ts';
import type { Hub } from '../hub.ts';

const folder = temporaryFolder('alerts');
/** What the pager answers until it is well again. */
let pagerStatus = 204;
const received: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
const pager = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    if (pagerStatus === 204) received.push({ headers: request.headers, body });
    response.statusCode = pagerStatus;
    response.end();
  });
});
let hub: Hub;
let token: string;
let tokens: Record<string, string>;

const mapping = {
  format: 'json',
  entity: { path: 'pump' },
  asset: { kind: { is: 'pump-station' }, name: { path: 'pump' } },
  values: [{ path: 'state', quantity: 'state', type: 'text' }],
};

const start = async () => {
  const { port } = pager.address() as AddressInfo;
  const secretFile = join(folder.path, 'pager.secret');
  writeFileSync(secretFile, 'kiln\n');
  const config = configSchema.parse({
    hub: { port: 0 },
    alerts: { networks: ['127.0.0.0/8'], webhooks: [{ name: 'pager', url: `http://127.0.0.1:${port}/in`, secretFile, atLeast: 'high' }] },
  });
  hub = await startedHub({ ...hubOptions(folder.path), config });
  token = await login(hub.origin, 'admin', adminPassword);
};
const push = (feedId: string, pump: string, state: string) =>
  fetch(`${hub.origin}/api/feeds/${feedId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[feedId]}`, 'content-type': 'application/json' },
    body: JSON.stringify({ pump, state }),
  });
const alerts = async () => ((await ask(hub.origin, '/api/collections/alerts?limit=1000', { token })).json as { items: Alert[] }).items;
const until = async <T>(probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> => {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await later(20);
  }
};
const of = (name: string) => async () => (await alerts()).find(({ subject }) => subject.name === name);

beforeAll(async () => {
  builtPages(folder.path);
  await new Promise<void>((listening) => pager.listen(0, '127.0.0.1', listening));
  await start();
  const create = async (id: string, drill: boolean) => {
    const { json } = await command(
      hub.origin,
      'feed.create',
      { id, kind: 'mapping', system: 'utilities', settings: { mapping }, drill },
      { token },
    );
    return (json as { token: string }).token;
  };
  tokens = { pumps: await create('pumps', false), exercise: await create('exercise', true) };
});
afterAll(async () => {
  await hub.stop();
  pager.close();
  folder.dispose();
});

test('a pushed value becomes an alert of its system’s rule, and its receiver is told with a signature', async () => {
  expect((await push('pumps', 'P-1', 'trip')).status).toBe(204);
  const alert = await until(of('P-1'));
  expect(alert).toMatchObject({
    rule: 'utilities.pump-trip',
    system: 'utilities',
    severity: 'high',
    active: true,
    held: null,
    subject: { id: 'pumps/P-1' },
  });
  const { headers, body } = await until(() => received[0]);
  expect(JSON.parse(body)).toMatchObject({ why: 'raised', alerts: [{ id: alert.id, title: alert.title }] });
  const [, at, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['taodu-signature'] as string)!;
  expect(signature).toBe(createHmac('sha256', 'kiln').update(`${at}.${body}`).digest('hex'));
});

test('an exercise is an alert like any other, and never leaves the house', async () => {
  await push('exercise', 'E-1', 'trip');
  expect(await until(of('E-1'))).toMatchObject({ drill: true, active: true });
  await push('pumps', 'P-2', 'trip');
  await until(() => received.some(({ body }) => body.includes('P-2')));
  expect(received.filter(({ body }) => body.includes('E-1'))).toEqual([]);
  const metrics = await ask(hub.origin, '/metrics', { token });
  expect(metrics.text).toMatch(/^taodu_alerts_kept_in_total 1$/m);
});

test('over a restart it is the same alert; acknowledged and cleared it leaves, and the figures tell who', async () => {
  const before = (await of('P-1')())!;
  await hub.stop();
  await start();
  expect(await of('P-1')()).toEqual(before);
  await push('pumps', 'P-1', 'fault');
  expect((await command(hub.origin, 'alert.acknowledge', { alertIds: [before.id], note: 'On it' }, { token })).json).toMatchObject({
    acknowledged: 1,
  });
  expect((await of('P-1')())!.acknowledged).toMatchObject({ by: 'admin', note: 'On it' });
  await push('pumps', 'P-1', 'running');
  await until(async () => (await of('P-1')()) === undefined);
  const { json } = await command(hub.origin, 'alert.figures', { from: 0, to: Date.now() + 1000 }, { token });
  expect(json).toMatchObject({ alerts: 2, operators: [{ name: 'admin', acknowledged: 1 }], bySeverity: { high: 2 } });
  // It was told once, although the hub was started twice.
  expect(received.filter(({ body }) => body.includes('"raised"') && body.includes('P-1'))).toHaveLength(1);
});

test('what its receiver did not take is told by the hub that comes after, once', async () => {
  pagerStatus = 503;
  await push('pumps', 'P-3', 'trip');
  await until(of('P-3'));
  await hub.stop();
  await start();
  pagerStatus = 204;
  await until(() => received.some(({ body }) => body.includes('P-3')));
  await hub.stop();
  await start();
  await push('pumps', 'P-4', 'trip');
  await until(() => received.some(({ body }) => body.includes('P-4')));
  expect(received.filter(({ body }) => body.includes('P-3'))).toHaveLength(1);
  const metrics = await ask(hub.origin, '/metrics', { token });
  expect(metrics.text).toMatch(/^taodu_alerts_unsent 0$/m);
});

test('a silence holds what is there, through the door', async () => {
  const { json } = await command(
    hub.origin,
    'silence.create',
    { matchers: [{ label: 'feed', op: '=', value: 'pumps' }], reason: 'Works', minutes: 5 },
    { token },
  );
  expect(await of('P-2')()).toMatchObject({ held: { by: 'silence', what: (json as { silenceId: string }).silenceId } });
  expect(await of('E-1')()).toMatchObject({ held: null });
});
