import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorStatus, type ErrorCode } from '../../main/contract/errors.ts';
import { silentLog } from '../../main/contract/log.ts';
import { systemClock } from '../../main/supervision/system-clock.ts';
import type { SourceSpec } from '../contract.ts';
import { createRelay } from './relay.ts';
import type { RelayServer } from './relay-server.ts';
import { ask, metricsOf, openTarget, orderOf, pageOrigin, pageSocket, runningHub, secret, until } from './testdata/running-relay.ts';

// The whole relay with its real parts: a bundled clip, the file source, the muxer, real sockets and the hub's client.

let relay: RelayServer;
let hub: ReturnType<typeof runningHub>;
let url: string;

beforeAll(async () => {
  relay = await createRelay(
    {
      host: '127.0.0.1',
      port: 0,
      fileRoots: [],
      clipsFolder: join(import.meta.dirname, '..', 'demo-city', 'clips'),
      lingerMs: 0,
      watchdogMs: 8000,
      maxPaths: 8,
      maxLeases: 64,
      partMs: 334,
      segments: 6,
      cameraNetworks: ['127.0.0.0/8'],
      certificates: [],
      startsAtOnce: 16,
      startsPerSecond: 64,
      perHost: { connections: 64, kbps: 400_000 },
      uplinks: [],
      quarantine: { breaks: 6, withinMs: 60_000, forMs: 30_000 },
      probesAtOnce: 16,
      logLevel: 'info',
      key: secret.toString('base64'),
    },
    { clock: systemClock, log: silentLog },
  );
  url = `http://127.0.0.1:${relay.port}`;
  hub = runningHub(url);
  await hub.heard(hub.kind('up'));
});
afterAll(async () => {
  await hub.relay.stop();
  await relay.stop();
});

const clip = (leaseId: string, cameraId: string, source: SourceSpec = { kind: 'file', url: 'clip:expressway.sub' }) => ({
  ...orderOf(leaseId, cameraId),
  source,
});

test('ten viewers of one camera: one run of the source, real pictures, the live edge by blocking reload, an end for each', async () => {
  const leases = Array.from({ length: 10 }, (_, index) => `a${index}`);
  expect(await Promise.all(leases.map((leaseId) => hub.relay.open(clip(leaseId, 'many'))))).toEqual(
    leases.map(() => ({ ok: true, value: undefined })),
  );
  const masters = await Promise.all(leases.map((leaseId) => ask(url + openTarget(hub.relay, leaseId))));
  expect(masters.map((master) => master.status)).toEqual(leases.map(() => 200));
  expect(masters[0]!.body.toString()).toMatch(/CODECS="avc1\.[0-9a-f]{6}",RESOLUTION=\d+x\d+/);
  const bases = masters.map((master) => url + master.body.toString().match(/\/hls\/p\/[^/]+\//)![0]);
  expect((await metricsOf(url))['source_runs_total']).toBe(1);

  const playlist = (await ask(`${bases[0]}media.m3u8`)).body.toString();
  const hint = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="(p(\d+)\.(\d+)\.m4s)"/.exec(playlist)!;
  const [next, part] = await Promise.all([
    ask(`${bases[1]}media.m3u8?_HLS_msn=${hint[2]}&_HLS_part=${hint[3]}`),
    ask(`${bases[2]}${hint[1]}`),
  ]);
  expect(next.body.toString()).toContain(`URI="${hint[1]}"`);
  expect(part.headers['content-type']).toMatch(/^video\//);
  expect(part.body.subarray(4, 8).toString()).toBe('moof');
  const init = await ask(bases[3] + /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)![1]!);
  expect(init.body.subarray(4, 8).toString()).toBe('ftyp');

  for (const leaseId of leases.slice(1)) hub.relay.close(leaseId);
  await until(async () => (await ask(`${bases[1]}media.m3u8`)).status === 410);
  expect((await ask(`${bases[0]}media.m3u8`)).status).toBe(200);
  hub.relay.close('a0');
  await until(async () => (await metricsOf(url))['paths{state="ready"}'] === 0);
  await hub.heard(hub.kind('path', ({ path }) => path.cameraId === 'many' && path.state === 'idle'));
});

test('the same over the page’s socket', async () => {
  await hub.relay.open(clip('b1', 'socket'));
  const page = await pageSocket(relay, pageOrigin);
  const master = await page.get(openTarget(hub.relay, 'b1'));
  const base = Buffer.from(master.body)
    .toString()
    .match(/\/hls\/p\/[^/]+\//)![0];
  const playlist = Buffer.from((await page.get(`${base}media.m3u8`)).body).toString();
  const hinted = await page.get(base + /PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(playlist)![1]!);
  expect([hinted.status, Buffer.from(hinted.body.subarray(4, 8)).toString()]).toEqual([200, 'moof']);
  expect((await page.get(openTarget(hub.relay, 'nobody'))).problem).toBe('ticket-refused');
  hub.relay.close('b1');
  await until(async () => (await page.get(`${base}media.m3u8`)).problem === 'playback-ended');
  page.socket.close();
  await page.closed;
});

test.each<[string, SourceSpec, ErrorCode, object]>([
  ['a clip that is not there', { kind: 'file', url: 'clip:atlantis' }, 'source-file-missing', { file: 'clip:atlantis' }],
  ['a kind that cannot be opened', { kind: 'gb28181', deviceId: '1', channelId: '1' }, 'source-kind-unsupported', { kind: 'gb28181' }],
])('%s: the reason reaches viewer and hub', async (_name, source, reason, params) => {
  await hub.relay.open(clip(`c-${reason}`, reason, source));
  const answer = await ask(url + openTarget(hub.relay, `c-${reason}`));
  expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([errorStatus[reason], { error: { code: reason, params } }]);
  await hub.heard(hub.kind('path', ({ path }) => path.cameraId === reason && path.reason === reason && path.state === 'failed'));
  hub.relay.close(`c-${reason}`);
});
