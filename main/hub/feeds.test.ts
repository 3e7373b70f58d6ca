import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Feed, Indicator, JournalRecord } from '../../streams/feed-contract.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

const folder = temporaryFolder('feeds');
let hub: Hub;
let token: string;

const start = async () => {
  hub = await startedHub(hubOptions(folder.path));
  token = await login(hub.origin, 'admin', adminPassword);
};
beforeAll(async () => {
  builtPages(folder.path);
  await start();
});
afterAll(async () => {
  await hub.stop();
});

const push = (feedId: string, feedToken: string, body: string | Uint8Array, type = 'application/json') =>
  fetch(`${hub.origin}/api/feeds/${feedId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${feedToken}`, 'content-type': type },
    body,
  });
const create = async (id: string, more: object = {}) => {
  const answer = await command(hub.origin, 'feed.create', { id, kind: 'indicator', system: 'traffic', ...more }, { token });
  return answer.json as { token: string };
};
const items = async <T>(name: string) =>
  ((await ask(hub.origin, `/api/collections/${name}?limit=1000`, { token })).json as { items: T[] }).items;
const records = async (feedId: string) =>
  ((await command(hub.origin, 'journal.search', { feedId }, { token })).json as { records: JournalRecord[] }).records;
const until = async <T>(probe: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await later(20);
  }
};
const figure = (key: string) => async () => (await items<Indicator>('indicators')).find((one) => one.key === key);

const document = { format: 'json', entity: { path: 'id' } };

describe('a feed of indicators', () => {
  test('what is pushed is in the journal when the answer comes, and becomes the figure of its system', async () => {
    const { token: feedToken } = await create('parking');
    const at = Date.now() - 1000;
    const answer = await push(
      'parking',
      feedToken,
      JSON.stringify([{ indicator: 'car-parks-connected', value: 83.5, at: new Date(at).toISOString() }]),
    );
    expect(answer.status).toBe(204);
    expect(await records('parking')).toMatchObject([{ feedId: 'parking', parser: 'indicator/1' }]);
    expect(
      await until(async () => (await figure('traffic/car-parks-connected')())?.value !== null && figure('traffic/car-parks-connected')()),
    ).toMatchObject({
      value: 83.5,
      at,
      source: 'parking',
      target: { op: '>', value: 80 },
    });
  });

  test('what cannot be read is answered like the rest, and lies in quarantine with its reason and its bytes', async () => {
    const { token: feedToken } = await create('broken');
    expect((await push('broken', feedToken, 'not JSON', 'text/plain')).status).toBe(204);
    const record = await until(async () => (await records('broken')).find(({ outcome }) => outcome === 'quarantined'));
    expect(record).toMatchObject({ problems: [{ code: 'json-malformed' }] });
    const shown = await command(hub.origin, 'journal.record', { recordId: record.id }, { token });
    expect(shown.json).toMatchObject({ text: 'not JSON', encoding: 'utf8', truncated: false });
  });

  test.each([
    ['no token', (feedToken: string) => ['parking', '', feedToken], 401],
    ['a wrong token', () => ['parking', 'x'.repeat(32)], 401],
    ['a feed that is not there', (feedToken: string) => ['nobody', feedToken], 401],
  ] as const)('%s is refused', async (_what, made, status) => {
    const [feedId, feedToken] = made('x'.repeat(32));
    expect((await push(feedId!, feedToken!, '[]')).status).toBe(status);
  });

  test('a new token makes the old one worthless, a feed that is off takes nothing, a removed one is unknown', async () => {
    const { token: first } = await create('turned');
    const rotated = (await command(hub.origin, 'feed.rotate-token', { feedId: 'turned' }, { token })).json as { token: string };
    expect((await push('turned', first, '[]')).status).toBe(401);
    expect((await push('turned', rotated.token, '[]')).status).toBe(204);
    await command(hub.origin, 'feed.update', { feedId: 'turned', enabled: false }, { token });
    expect((await push('turned', rotated.token, '[]')).status).toBe(409);
    await command(hub.origin, 'feed.remove', { feedId: 'turned' }, { token });
    expect((await push('turned', rotated.token, '[]')).status).toBe(401);
  });

  test.each([
    [{ kind: 'gbfs' }, 'feed-kind-unavailable'],
    [{ system: 'nothing' }, 'system-unknown'],
    [{ settings: { more: 1 } }, 'feed-settings-invalid'],
    [
      { kind: 'mapping', settings: { mapping: { ...document, values: [{ path: 'v', quantity: 'free-spaces' }] } } },
      'feed-settings-invalid',
    ],
    [
      { kind: 'mapping', settings: { mapping: { ...document, indicators: [{ path: 'v', indicator: 'growth' }] } } },
      'feed-settings-invalid',
    ],
  ])('%j is refused with %s', async (more, code) => {
    const answer = await command(hub.origin, 'feed.create', { id: 'refused', kind: 'indicator', system: 'traffic', ...more }, { token });
    expect(answer.json).toMatchObject({ error: { code } });
  });

  test('a feed and its figure are there after a restart, and so is its token', async () => {
    const { token: feedToken } = await create('kept');
    await push('kept', feedToken, JSON.stringify({ indicator: 'clear-time', value: 12 }));
    await until(async () => (await figure('traffic/clear-time')())?.value === 12);
    await hub.stop();
    await start();
    expect((await items<Feed>('feeds')).map(({ id }) => id)).toContain('kept');
    expect(await figure('traffic/clear-time')()).toMatchObject({ value: 12, source: 'kept' });
    expect((await push('kept', feedToken, JSON.stringify({ indicator: 'clear-time', value: 11 }))).status).toBe(204);
    await until(async () => (await figure('traffic/clear-time')())?.value === 11);
  });

  test('all 26 systems and their figures are told, unknown ones as unknown', async () => {
    expect(await items('systems')).toHaveLength(26);
    expect(await figure('commerce/growth')()).toMatchObject({ value: null, at: null });
  });
});

test('a feed that is polled: an index of warnings and what it links to become events of the city', { timeout: 60_000 }, async () => {
  const alert = `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>P1</identifier><sender>met@city.example</sender><sent>${new Date(Date.now() - 60_000).toISOString()}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language><category>Met</category><event>暴雨</event><severity>Severe</severity><headline>暴雨橙色预警</headline></info></alert>`;
  const source = createServer((request, response) => {
    const { port } = source.address() as AddressInfo;
    response.end(
      request.url === '/index'
        ? `<feed><entry><link type="application/cap+xml" href="http://127.0.0.1:${port}/1.cap"/></entry></feed>`
        : alert,
    );
  }).listen(0, '127.0.0.1');
  await once(source, 'listening');
  const { port } = source.address() as AddressInfo;
  await create('warnings', {
    kind: 'cap',
    system: 'emergency',
    settings: { poll: { url: `http://127.0.0.1:${port}/index`, everySeconds: 5 } },
  });
  const event = await until(async () =>
    (await items<{ id: string; title: string; severity: string }>('events')).find(({ id }) => id.startsWith('warnings/')),
  );
  expect(event).toMatchObject({ id: 'warnings/met@city.example,P1', title: '暴雨橙色预警', severity: 'high' });
  await command(hub.origin, 'feed.remove', { feedId: 'warnings' }, { token });
  source.close();
});
