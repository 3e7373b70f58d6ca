import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import { systemClock } from '../../main/supervision/system-clock.ts';
import { createFakeCamera, type FakeCamera, type FakeCameraOptions } from '../sources/rtsp/fake-camera.ts';
import { readFakeStream, type FakeStream } from '../sources/rtsp/fake-stream.ts';
import type { RelayStart } from './media-relay.ts';
import { createRelay } from './relay.ts';
import { ask, metricsOf, openTarget, orderOf, runningHub, secret, until } from './testdata/running-relay.ts';

// The whole relay and cameras that speak RTSP over real sockets: what the fleet rules are worth when it comes to it.

const clipsFolder = join(import.meta.dirname, '..', 'demo-city', 'clips');
let stream: FakeStream;
beforeAll(async () => {
  stream = await readFakeStream(join(clipsFolder, 'tunnel.sub.h264'));
});

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function city(change: Partial<RelayStart> = {}, camera: Partial<FakeCameraOptions> = {}) {
  const nvr = await createFakeCamera({ streams: { '/live': stream }, ...camera });
  cleanups.push(() => nvr.stop());
  const relay = await createRelay(
    {
      host: '127.0.0.1',
      port: 0,
      fileRoots: [],
      clipsFolder,
      lingerMs: 0,
      watchdogMs: 8000,
      maxPaths: 256,
      maxLeases: 512,
      partMs: 334,
      segments: 6,
      cameraNetworks: ['127.0.0.0/8'],
      certificates: [],
      startsAtOnce: 16,
      startsPerSecond: 1000,
      perHost: { connections: 64, kbps: 1e6 },
      uplinks: [],
      quarantine: { breaks: 3, withinMs: 60_000, forMs: 600_000 },
      probesAtOnce: 8,
      logLevel: 'info',
      key: secret.toString('base64'),
      ...change,
    },
    { clock: systemClock, log: silentLog },
  );
  cleanups.push(() => relay.stop());
  const url = `http://127.0.0.1:${relay.port}`;
  const hub = runningHub(url);
  cleanups.push(() => hub.relay.stop());
  await hub.heard(hub.kind('up'));
  const open = (index: number, address: string) =>
    hub.relay.open({ ...orderOf(`l${index}`, `c${index}`), profile: 'main', source: { kind: 'rtsp', url: address } });
  const count = (state: string) => hub.relay.paths().filter((path) => path.state === state).length;
  return { nvr, relay, url, hub, open, count };
}
const playedOf = (camera: FakeCamera) => camera.counters.requests.get('PLAY') ?? 0;

test('ten viewers are one connection; the trace names every step of the way, and the address but no password', async () => {
  const login = { user: 'admin', password: 'hunter2' };
  const { nvr, hub, url } = await city({}, { login });
  for (let viewer = 0; viewer < 10; viewer++)
    await hub.relay.open({ ...orderOf(`l${viewer}`), source: { kind: 'rtsp', url: nvr.url('/live', login) } });
  await Promise.all(
    Array.from({ length: 10 }, async (_, viewer) => expect((await ask(url + openTarget(hub.relay, `l${viewer}`))).status).toBe(200)),
  );
  expect([playedOf(nvr), nvr.counters.sessionsPeak]).toEqual([1, 1]);
  const trace = await hub.relay.trace('c1', 'sub');
  if (!trace.ok || !trace.value) throw new Error('no trace');
  expect(trace.value.steps.map(({ step }) => step)).toEqual([
    'resolve',
    'connect',
    'login',
    'describe',
    'codec',
    'setup',
    'play',
    'first-packet',
    'key-picture',
  ]);
  expect(trace.value).toMatchObject({ state: 'ready', failure: null, report: { codec: 'h264', viewers: 10, transcoding: false } });
  expect(JSON.stringify(trace.value)).toContain('127.0.0.1');
  expect(JSON.stringify(trace.value)).not.toContain('hunter2');
  await hub.heard(hub.kind('path', ({ path }) => (path.link?.packets ?? 0) > 0 && path.kbps > 0));
});

test('a recorder that stands eight connections never gets a ninth; the others have their turn when there is room', async () => {
  const { nvr, hub, open, count, url } = await city({ perHost: { connections: 8, kbps: 1e6 } });
  for (let index = 0; index < 20; index++) await open(index, nvr.url(`/live/${index}`));
  await until(() => count('ready') === 8);
  expect([count('failed'), nvr.counters.sessionsPeak]).toEqual([12, 8]);
  expect(hub.relay.paths().find((path) => path.state === 'failed')?.reason).toBe('source-budget');
  const refused = await ask(url + openTarget(hub.relay, 'l19'));
  expect(JSON.parse(refused.body.toString())).toEqual({
    error: { code: 'source-budget', params: { name: '127.0.0.1', max: 8, unit: 'connections' } },
  });
  for (let index = 0; index < 12; index++) hub.relay.close(`l${index}`);
  await until(() => count('ready') === 8 && count('failed') === 0);
  expect(nvr.counters.sessionsPeak).toBeLessThanOrEqual(8);
  expect((await metricsOf(url))['start_queue']).toBe(0);
});

test('a wrong password is tried twice and no more; the right one at once', async () => {
  const login = { user: 'admin', password: 'right' };
  const { nvr, hub, open } = await city({}, { login });
  await open(1, nvr.url('/live', { ...login, password: 'wrong' }));
  await until(() => nvr.counters.loginsRefused >= 2);
  await hub.heard(hub.kind('path', ({ path }) => path.reason === 'source-login-refused'));
  const told = hub.events.length;
  await open(1, nvr.url('/live', login));
  await hub.heard(
    hub.kind('path', ({ path }) => path.state === 'ready'),
    told,
  );
  expect(nvr.counters.loginsRefused).toBe(2);
});

test('a camera that is cut off again and again is left alone, and says so', async () => {
  const { nvr, hub, open } = await city();
  await open(1, nvr.url('/live'));
  for (let breaks = 0; breaks < 3; breaks++) {
    // The trace is asked for, not told now and then: a state in between is not missed.
    const isPlaying = async () => {
      const trace = await hub.relay.trace('c1', 'main');
      return trace.ok && trace.value?.state === 'ready' && playedOf(nvr) === breaks + 1;
    };
    await until(isPlaying);
    nvr.kill();
  }
  await hub.heard(hub.kind('path', ({ path }) => path.reason === 'source-quarantined'));
  expect(hub.relay.paths()[0]).toMatchObject({ state: 'failed', reason: 'source-quarantined' });
  expect(playedOf(nvr)).toBe(3);
});

test('asks cameras without playing them, and never itself or the hub', async () => {
  const login = { user: 'admin', password: 'right' };
  const { nvr, relay, hub, open } = await city({}, { login });
  const closed = await createFakeCamera({ streams: {} });
  const nobody = closed.url('/live');
  await closed.stop();
  const rtsp = (cameraId: string, address: string) => ({ cameraId, source: { kind: 'rtsp', url: address } as const });
  const targets = [
    rtsp('fine', nvr.url('/live', login)),
    rtsp('wrong', nvr.url('/live', { ...login, password: 'wrong' })),
    rtsp('gone', nobody),
    rtsp('relay', `rtsp://127.0.0.1:${relay.port}/`),
    rtsp('hub', 'rtsp://localhost:8600/'),
    rtsp('elsewhere', 'rtsp://192.0.2.1/'),
    { cameraId: 'clip', source: { kind: 'file', url: 'clip:tunnel.sub' } as const },
    { cameraId: 'push', source: { kind: 'rtmp', publishKey: 'k'.repeat(32) } as const },
  ];
  const probed = await hub.relay.probe(targets, 'describe');
  expect(probed.ok && probed.value.map(({ cameraId, state, reason }) => `${cameraId} ${state} ${reason}`)).toEqual([
    'fine online null',
    'wrong offline source-login-refused',
    'gone offline source-unreachable',
    'relay unknown source-address-refused',
    'hub unknown source-address-refused',
    'elsewhere unknown source-address-refused',
    'clip online null',
    'push unknown worker-unavailable',
  ]);
  expect(playedOf(nvr)).toBe(0);
  const { connections } = nvr.counters;
  await open(1, nvr.url('/live', login));
  await hub.heard(hub.kind('path', ({ path }) => path.state === 'ready'));
  const again = await hub.relay.probe([rtsp('c1', nvr.url('/live', login))], 'describe');
  expect(again.ok && again.value[0]?.state).toBe('online');
  expect(nvr.counters.connections).toBe(connections + 1);
});

test('the snapshot of a camera needs a picture, and a worker', async () => {
  const { nvr, hub, open } = await city();
  expect(await hub.relay.snapshot('c1', 'main', 'li.wei desk-12')).toMatchObject({ ok: false, error: { code: 'path-starting' } });
  await open(1, nvr.url('/live'));
  await hub.heard(hub.kind('path', ({ path }) => path.state === 'ready'));
  expect(await hub.relay.snapshot('c1', 'main', 'li.wei desk-12')).toMatchObject({ ok: false, error: { code: 'worker-unavailable' } });
});
