import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alert } from '../../alerts/contract.ts';
import type { Incident } from '../../alerts/incident-contract.ts';
import { configSchema } from '../config/config.ts';
import type { Clock } from '../contract/time.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

/** A hub whose days pass as the test says; what waits, waits as ever. */
let shift = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + shift };
const passTo = (text: string) => {
  shift = Date.parse(`${text.replace(' ', 'T')}+08:00`) - systemClock.now();
};

const sent: { readonly why: string; readonly alerts: readonly Alert[] }[] = [];
const pager = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    sent.push(JSON.parse(body) as (typeof sent)[number]);
    response.statusCode = 204;
    response.end();
  });
});
const folder = temporaryFolder('overdue');
let hub: Hub;
let token: string;
let feedToken: string;

const mapping = {
  format: 'json',
  entity: { path: 'no' },
  event: {
    external: 'no',
    version: 'rev',
    class: {
      path: 'what',
      words: { 暴露垃圾: 'urban.event.garbage', 积存垃圾渣土: 'urban.event.waste-soil', 路面塌陷: 'urban.event.collapse' },
      otherwise: 'urban',
    },
    status: { is: 'open' },
    severity: { is: 'low' },
    title: { path: 'what' },
    text: 'text',
    source: { state: 'state' },
  },
};
const start = async () => {
  const url = `http://127.0.0.1:${(pager.address() as AddressInfo).port}`;
  const config = configSchema.parse({
    hub: { port: 0 },
    alerts: { networks: ['127.0.0.0/8'], webhooks: [{ name: 'pager', url, atLeast: 'medium' }] },
  });
  hub = await startedHub({ ...hubOptions(folder.path), config, clock });
  token = await login(hub.origin, 'admin', adminPassword);
};
const all = async <T>(collection: string): Promise<T[]> => {
  // Days have passed since somebody logged in.
  token = await login(hub.origin, 'admin', adminPassword);
  return (await ask(hub.origin, `/api/collections/${collection}?limit=1000`, { token })).json.items as T[];
};
const caseOf = async (no: string) => (await all<Incident>('incidents')).find(({ external }) => external?.id === no);
const overdueOf = async (id: string) =>
  (await all<Alert>('alerts')).find(({ rule, subject }) => rule === 'dispatch.overdue' && subject.id === id);
const until = async <T>(probe: () => Promise<T | undefined | null | false>): Promise<T> => {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await later(50);
  }
};
/** What was told of the limit of handling, once it is so; a case that was told something else in between fails. */
const told = (no: string, expected: readonly number[]) =>
  until(async () => {
    const { warned } = (await caseOf(no))!.timers.find(({ until: what, metAt }) => what === 'resolved' && metAt === null)!;
    expect(expected.slice(0, warned.length)).toEqual(warned);
    return warned.length === expected.length;
  });
beforeAll(async () => {
  builtPages(folder.path);
  await new Promise<void>((listening) => pager.listen(0, '127.0.0.1', listening));
  passTo('2026-06-05 20:00');
  await start();
  const args = { id: 'cases', kind: 'mapping', system: 'urban-management', settings: { mapping } };
  feedToken = (await command(hub.origin, 'feed.create', args, { token })).json.token as string;
});
afterAll(async () => {
  await hub.stop();
  pager.close();
  folder.dispose();
});

const tell = async (no: string, what: string) => {
  for (const [rev, state] of ['上报', '派遣'].entries()) {
    const body = { no, rev, state, what, text: '北门' };
    expect((await ask(hub.origin, '/api/feeds/cases', { method: 'POST', token: feedToken, body })).status).toBe(204);
  }
  await until(async () => (await caseOf(no))?.state === 'dispatched');
};
const news = (id: string) => sent.filter(({ alerts }) => alerts.some(({ subject }) => subject.id === id)).map(({ why }) => why);

test(
  'a case over its limit of four working hours: nothing passes at the weekend, the shift is told when it is late, and again when it is very late',
  { timeout: 60_000 },
  async () => {
    await tell('A1', '暴露垃圾');
    // Two hours of any day: what is said of it shows that the hub has looked.
    await tell('mark', '路面塌陷');
    expect(await caseOf('A1')).toMatchObject({ type: 'urban.event.garbage' });
    passTo('2026-06-07 12:00');
    await told('mark', [50, 80, 100, 150]);
    await told('A1', []);
    passTo('2026-06-08 14:29');
    await told('A1', [50, 80]);
    const { id } = (await caseOf('A1'))!;
    expect(await overdueOf(id)).toBeUndefined();
    passTo('2026-06-08 14:31');
    await told('A1', [50, 80, 100]);
    expect(await until(async () => (await overdueOf(id))?.incident === id && overdueOf(id))).toMatchObject({
      active: true,
      severity: 'medium',
    });
    await hub.stop();
    passTo('2026-06-08 16:31');
    await start();
    await told('A1', [50, 80, 100, 150]);
    await until(async () => (await overdueOf(id))?.severity === 'high');
    await until(async () => news(id).length >= 2);
    // Somebody has it handled: it is late no more, and what was late is known.
    for (const event of ['resolve', 'verify', 'close'])
      expect((await command(hub.origin, 'incident.advance', { incidentId: id, event }, { token })).status).toBe(200);
    await until(async () => (await overdueOf(id))?.active === false);
    await until(async () => news(id).length >= 3);
    expect(news(id)).toEqual(['raised', 'worse', 'cleared']);
  },
);

test(
  'a case over its limit of two working days, with the week of the national day between and a hub that was not there',
  { timeout: 60_000 },
  async () => {
    passTo('2026-09-30 10:00');
    await all('incidents');
    await tell('B1', '积存垃圾渣土');
    await tell('mark2', '路面塌陷');
    await hub.stop();
    passTo('2026-10-07 12:00');
    await start();
    await told('mark2', [50, 80, 100, 150]);
    await told('B1', []);
    passTo('2026-10-08 12:00');
    await told('B1', [50]);
    passTo('2026-10-09 09:59');
    await told('B1', [50, 80]);
    const { id } = (await caseOf('B1'))!;
    // More time is granted: what was told stays told, and it is late only after that.
    const extendBy = { value: 1, unit: 'working-days' };
    expect(
      (await command(hub.origin, 'incident.advance', { incidentId: id, event: 'extend', reason: 'Lorry broken', extendBy }, { token }))
        .status,
    ).toBe(200);
    await tell('mark3', '路面塌陷');
    passTo('2026-10-10 09:59');
    await told('mark3', [50, 80, 100, 150]);
    expect(await overdueOf(id)).toBeUndefined();
    // A Saturday that is worked.
    passTo('2026-10-10 10:01');
    await until(async () => (await overdueOf(id))?.active === true);
    // It was told some moments after ten, by the clock of this machine.
    const { dueAt } = (await caseOf('B1'))!.timers.find(({ until: what }) => what === 'resolved')!;
    expect(new Date(dueAt + 8 * 3_600_000).toISOString().slice(0, 15)).toBe('2026-10-10T10:0');
  },
);
