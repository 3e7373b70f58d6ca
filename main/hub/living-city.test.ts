import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Asset, Feed, Indicator } from '../../streams/feed-contract.ts';
import { systems } from '../../streams/systems/systems.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

const folder = temporaryFolder('living-city');
let hub: Hub;
let token: string;

const start = async () => {
  hub = await startedHub(hubOptions(folder.path, { demo: true, story: null }));
  token = await login(hub.origin, 'admin', adminPassword);
};
// The directory of the whole demo city is put in beside it.
beforeAll(async () => {
  builtPages(folder.path);
  await start();
}, 60_000);
afterAll(async () => {
  await hub?.stop();
  folder.dispose();
}, 60_000);

const items = async <T>(name: string) =>
  ((await ask(hub.origin, `/api/collections/${name}?limit=1000`, { token })).json as { items: T[] }).items;
const until = async <T>(probe: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await later(100);
  }
};
const statesOf = (feeds: readonly Feed[]) => Object.fromEntries(feeds.map(({ id, status }) => [id, status?.state]));
/** What tells only when something happens may have nothing to tell. */
const mayWait = new Set(['demo-elder-sos', 'demo-security']);
const allLive = () =>
  until(async () => {
    const feeds = await items<Feed>('feeds');
    return feeds.length > 40 && feeds.every(({ id, status }) => status?.state === 'live' || mayWait.has(id)) && feeds;
  });

test('the demo city talks to its hub by every kind of feed, all of it marked, and no record is refused', { timeout: 90_000 }, async () => {
  const feeds = await allLive();
  expect(new Set(feeds.map(({ kind }) => kind))).toEqual(new Set(['ngsi', 'mapping', 'mqtt', 'cap', 'hj212', 'jt808', 'indicator']));
  expect(new Set(feeds.map(({ system }) => system as string))).toEqual(new Set(systems.map(({ id }) => id)));
  expect(feeds.filter(({ simulated }) => !simulated)).toEqual([]);
  expect(feeds.filter(({ status }) => status!.quarantined > 0 || status!.problem !== null).map(({ id, status }) => [id, status])).toEqual(
    [],
  );
  expect((await items<Asset>('assets')).filter(({ simulated }) => !simulated)).toEqual([]);
});

test('every figure of the 26 systems is known, as one of a simulated city', { timeout: 90_000 }, async () => {
  // Nobody has asked for help, or attacked: then there is nothing to count. What is reckoned of cameras is theirs.
  const mayBeUnknown = new Set([
    'health/elder-sos-today',
    'security/attacks-today',
    'public-safety/online',
    'public-safety/cameras',
    'public-safety/covered',
  ]);
  let known: readonly Indicator[] = [];
  await expect
    .poll(
      async () => {
        known = (await items<Indicator>('indicators')).filter(({ key }) => !mayBeUnknown.has(key));
        return known.filter(({ value }) => value === null).map(({ key }) => key);
      },
      { timeout: 60_000 },
    )
    .toEqual([]);
  expect(known.filter(({ ofSimulated }) => !ofSimulated).map(({ key }) => key)).toEqual([]);
});

test('a story changes what the systems tell', { timeout: 60_000 }, async () => {
  const story = (args: object) => command(hub.origin, 'demo.story', args, { token });
  expect((await story({ story: 'district-offline', active: true })).json).toMatchObject({ error: { code: 'malformed' } });
  expect((await story({ story: 'rainstorm', active: true })).json).toEqual({ changed: 0 });
  await until(async () =>
    (await items<{ class: string; status: string }>('events')).some(
      (event) => event.class === 'weather.rainstorm' && event.status === 'open',
    ),
  );
  await story({ story: 'rainstorm', active: false });
  await until(async () =>
    (await items<{ class: string; status: string }>('events')).every(
      (event) => event.class !== 'weather.rainstorm' || event.status !== 'open',
    ),
  );
});

test('after a restart the same feeds talk on, and one that somebody switched off stays silent', { timeout: 90_000 }, async () => {
  const before = (await items<Feed>('feeds')).map(({ id }) => id).sort();
  await command(hub.origin, 'feed.update', { feedId: 'demo-cloud', enabled: false }, { token });
  await hub.stop();
  await start();
  const feeds = await until(async () => {
    const all = await items<Feed>('feeds');
    return all.every(({ id, status }) => status?.state === 'live' || mayWait.has(id) || id === 'demo-cloud') && all;
  });
  expect(feeds.map(({ id }) => id).sort()).toEqual(before);
  expect(statesOf(feeds)['demo-cloud']).toBe('stopped');
});
