import { fork, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident, IncidentLogEntry } from '../../alerts/incident-contract.ts';
import type { Feed } from '../../streams/feed-contract.ts';
import { configSchema } from '../config/config.ts';
import type { FromChild } from '../contract/processes.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

/** A case platform as a city has one: its own words for state and class. */
const mapping = {
  format: 'json',
  entity: { path: 'no' },
  event: {
    external: 'no',
    version: 'rev',
    class: { is: 'urban' },
    status: { path: 'state', words: { 结案: 'ended' }, otherwise: 'open' },
    severity: { is: 'low' },
    title: { path: 'what' },
    text: 'text',
    source: { state: 'state', code: 'code', kind: 'kind' },
  },
};
const until = async <T>(probe: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await later(50);
  }
};
const casesOf = async (origin: string, token: string) =>
  ((await ask(origin, '/api/collections/incidents?limit=1000', { token })).json as { items: Incident[] }).items.toSorted((one, other) =>
    one.number < other.number ? -1 : 1,
  );

describe('a platform of urban management', () => {
  const folder = temporaryFolder('cases');
  let hub: Hub;
  let token: string;
  let feedToken: string;
  const start = async () => {
    const limitsFile = join(folder.path, 'limits.json');
    writeFileSync(
      limitsFile,
      JSON.stringify({ 'urban.event.garbage': [{ until: 'resolved', from: 'dispatched', value: 1, unit: 'working-days' }] }),
    );
    const config = configSchema.parse({ hub: { port: 0 }, cases: { perFeedAndDay: 3, limitsFile } });
    hub = await startedHub({ ...hubOptions(folder.path), config });
    token = await login(hub.origin, 'admin', adminPassword);
  };
  const tell = async (no: string, rev: number, state: string, more: object = {}) => {
    const body = { no, rev, state, what: '暴露垃圾', text: '北门', code: '3202820102', ...more };
    expect((await ask(hub.origin, '/api/feeds/cases', { method: 'POST', token: feedToken, body })).status).toBe(204);
  };
  const of = (no: string) => async () => (await casesOf(hub.origin, token)).find(({ external }) => external?.id === no);
  const advance = async (id: string, event: string) =>
    expect((await command(hub.origin, 'incident.advance', { incidentId: id, event, reason: 'x' }, { token })).status).toBe(200);

  beforeAll(async () => {
    builtPages(folder.path);
    await start();
    const made = await command(
      hub.origin,
      'feed.create',
      { id: 'cases', kind: 'mapping', system: 'urban-management', settings: { mapping } },
      { token },
    );
    feedToken = made.json.token as string;
  });
  afterAll(async () => {
    await hub.stop();
    folder.dispose();
  });

  test(
    'its cases go from report to close here, each once, within the time of this city, also over a restart',
    { timeout: 60_000 },
    async () => {
      await tell('A1', 1, '上报');
      expect(await until(of('A1'))).toMatchObject({
        type: 'urban.event.garbage',
        state: 'reported',
        report: { by: 'platform', text: '北门' },
        external: { feed: 'cases', id: 'A1' },
      });
      await tell('A1', 2, '派遣');
      const sent = await until(async () => {
        const found = await of('A1')();
        return found?.state === 'dispatched' && found;
      });
      expect(sent.timers.find(({ until: what, metAt }) => what === 'resolved' && metAt === null)).toMatchObject({ unit: 'working-days' });

      await hub.stop();
      await start();
      await tell('A1', 2, '派遣');
      await tell('A1', 3, '反馈');
      await tell('A1', 4, '结案');
      const verifying = await until(async () => {
        const found = await of('A1')();
        return found?.state === 'verifying' && found;
      });
      await advance(verifying.id, 'close');
      await tell('A1', 5, '返工');
      await tell('A2', 1, '上报', { kind: '部件' });
      expect(await until(of('A2'))).toMatchObject({ type: 'urban.component.sewer-manhole' });
      const all = await casesOf(hub.origin, token);
      expect(all.map(({ number, state }) => [number.slice(-4), state])).toEqual([
        ['0001', 'closed'],
        ['0002', 'reported'],
      ]);
      const log = (await command(hub.origin, 'incident.log', { incidentId: verifying.id }, { token })).json as {
        entries: IncidentLogEntry[];
      };
      expect(log.entries.filter(({ kind }) => kind === 'moved').map(({ by, body }) => [by, (body as { event: string }).event])).toEqual([
        ['cases', 'accept'],
        ['cases', 'file'],
        ['cases', 'dispatch'],
        ['cases', 'resolve'],
        ['cases', 'verify'],
        ['admin', 'close'],
      ]);
      expect(log.entries.some(({ kind, body }) => kind === 'note' && (body as { text: string }).text.includes('请核实后结案'))).toBe(true);
    },
  );

  test('more than a day may have is said of the feed', { timeout: 60_000 }, async () => {
    for (const no of ['B1', 'B2', 'B3']) await tell(no, 1, '上报');
    const feed = await until(async () => {
      const { items } = (await ask(hub.origin, '/api/collections/feeds', { token })).json as { items: Feed[] };
      return items[0]?.status?.problem?.code === 'cases-too-many' && items[0];
    });
    expect(feed.status?.problem?.params).toEqual({ limit: 3, refused: 2 });
    expect((await casesOf(hub.origin, token)).map(({ external }) => external?.id)).toEqual(['A1', 'A2', 'B1']);
  });
});

describe('kill -9', () => {
  const folder = temporaryFolder('case-kill');
  const running = new Set<ChildProcess>();
  afterAll(() => {
    for (const process of running) process.kill('SIGKILL');
    folder.dispose();
  });

  /** A hub in a process of its own, that can die. */
  async function start() {
    const process = fork(join(import.meta.dirname, 'main.ts'), [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    running.add(process);
    const { log: _log, clock: _clock, hasher: _hasher, ...config } = hubOptions(folder.path);
    process.send({ kind: 'start', config });
    const ready = await new Promise<FromChild>((resolve) => process.once('message', (message) => resolve(message as FromChild)));
    if (ready.kind !== 'ready') throw new Error(JSON.stringify(ready));
    const origin = String(ready.facts['listening']);
    const token = await login(origin, 'admin', adminPassword);
    const kill = () =>
      new Promise<void>((resolve) => {
        process.once('exit', () => resolve());
        process.kill('SIGKILL');
      });
    return { origin, token, kill };
  }

  test('whatever was acknowledged is one case after any kill, never two, and no number is given twice', { timeout: 240_000 }, async () => {
    builtPages(folder.path);
    let hub = await start();
    const made = await command(
      hub.origin,
      'feed.create',
      { id: 'cases', kind: 'mapping', system: 'urban-management', settings: { mapping } },
      { token: hub.token },
    );
    const feedToken = made.json.token as string;
    const acknowledged: string[] = [];
    let sent = 0;
    /** Sends one after the other until the hub is dead. */
    const storm = async (origin: string, enough: () => void): Promise<void> => {
      for (let count = 1; ; count += 1) {
        const no = `K${(sent += 1)}`;
        const body = JSON.stringify({ no, rev: 1, state: '上报', what: '暴露垃圾', code: '3202820102' });
        const answer = await fetch(`${origin}/api/feeds/cases`, {
          method: 'POST',
          headers: { authorization: `Bearer ${feedToken}` },
          body,
        }).catch(() => null);
        if (answer === null) return;
        if (answer.status === 204) acknowledged.push(no);
        if (count === 15) enough();
      }
    };
    for (let round = 0; round < 2; round += 1) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const sending = storm(hub.origin, resolve);
      await promise;
      // Cases are followed once a second: somewhere before, in or after that.
      await later(round * 600);
      await hub.kill();
      await sending;
      hub = await start();
      await until(async () => {
        const cases = await casesOf(hub.origin, hub.token);
        const names = cases.map(({ external }) => external!.id);
        expect(new Set(names).size).toBe(names.length);
        expect(new Set(cases.map(({ number }) => number)).size).toBe(cases.length);
        return acknowledged.every((no) => names.includes(no));
      });
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(30);
    await hub.kill();
  });
});
