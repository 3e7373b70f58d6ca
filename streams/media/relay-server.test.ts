import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { problem } from '../../main/contract/errors.ts';
import { silentLog, type Log } from '../../main/contract/log.ts';
import { err, ok } from '../../main/contract/result.ts';
import { controlMac, hubMessage, readMessage, relayMessage, type RelayMessage } from './control-protocol.ts';
import { Publishers } from './publishers.ts';
import {
  ask,
  metricsOf,
  openTarget,
  orderOf,
  pageOrigin,
  pageSocket,
  runningHub,
  runningRelay,
  secret,
  until,
} from './testdata/running-relay.ts';
import { ShiftedClock } from './testdata/shifted-clock.ts';
import { unitAt } from './testdata/units.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function relayAndHub(options: Parameters<typeof runningRelay>[0] = {}) {
  const running = await runningRelay(options);
  cleanups.push(() => running.server.stop());
  return { ...running, hub: await hubOf(running.url) };
}
async function hubOf(url: string, options: Parameters<typeof runningHub>[1] = {}) {
  const hub = runningHub(url, options);
  cleanups.push(() => hub.relay.stop());
  await hub.heard(hub.kind('up'));
  return hub;
}
/** Orders a camera, makes it show pictures, and opens a playback: its base URL. */
async function playing({ hub, runs, url }: Awaited<ReturnType<typeof relayAndHub>>, leaseId = 'l1') {
  expect(await hub.relay.open(orderOf(leaseId))).toEqual({ ok: true, value: undefined });
  runs.at(-1)!.push(unitAt(0, { key: true, bytes: 5000 }));
  const master = await ask(url + openTarget(hub.relay, leaseId));
  expect(master.status).toBe(200);
  return url + master.body.toString().match(/\/hls\/p\/[^/]+\//)![0];
}
const port = (url: string) => new URL(url).port;

describe('over HTTP', () => {
  test('from order to picture to end', async () => {
    const all = await relayAndHub();
    const { hub, runs, url } = all;
    const base = await playing(all);
    expect(await hub.heard(hub.kind('path', (event) => event.path.state === 'ready' && event.path.viewers === 1))).toMatchObject({
      path: { cameraId: 'c1', profile: 'sub', reason: null, leases: 1 },
    });
    const held = ask(`${base}media.m3u8?_HLS_msn=0&_HLS_part=1`, { headers: { origin: pageOrigin } });
    const part = ask(`${base}p0.1.m4s`);
    await until(async () => (await metricsOf(url))['held_requests'] === 2);
    runs[0]!.push(unitAt(40, { bytes: 3333 }));
    expect(await held).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/vnd.apple.mpegurl',
        'access-control-allow-origin': pageOrigin,
        vary: 'Origin',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
      },
    });
    expect((await part).body.length).toBe(3333);

    hub.relay.close('l1');
    await until(async () => (await ask(`${base}media.m3u8`)).code === 'playback-ended');
    expect(await metricsOf(url)).toMatchObject({
      'paths{state="draining"}': 1,
      leases: 0,
      playbacks: 0,
      source_runs_total: 1,
      playbacks_opened_total: 1,
    });
  });

  test('a ticket opens one playback', async () => {
    const { hub, runs, url } = await relayAndHub();
    await hub.relay.open(orderOf('l1'));
    runs[0]!.push(unitAt(0, { key: true }));
    const target = url + openTarget(hub.relay, 'l1');
    const answers = await Promise.all([ask(target), ask(target), ask(target)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403, 403]);
    expect(await ask(target)).toMatchObject({ status: 403, code: 'ticket-refused' });
  });

  test('ten viewers, one run of the source', async () => {
    const { hub, runs, url } = await relayAndHub();
    const leases = Array.from({ length: 10 }, (_, index) => `l${index}`);
    await Promise.all(leases.map((leaseId) => hub.relay.open(orderOf(leaseId))));
    const opening = leases.map((leaseId) => ask(url + openTarget(hub.relay, leaseId)));
    await until(async () => (await metricsOf(url))['held_requests'] === 10);
    runs[0]!.push(unitAt(0, { key: true }));
    expect(new Set((await Promise.all(opening)).map((answer) => answer.body.toString())).size).toBe(10);
    expect(runs.length).toBe(1);
    expect((await metricsOf(url))['playbacks']).toBe(10);
  });

  test('a stalled source is a failure with its reason, for the viewer and for the hub', async () => {
    const all = await relayAndHub();
    const base = await playing(all);
    all.clock.advance(8_100);
    await all.hub.heard(all.hub.kind('path', (event) => event.path.state === 'failed' && event.path.reason === 'source-stalled'));
    await until(() => all.runs.length === 2);
    expect(all.runs[0]!.signal.aborted).toBe(true);
    all.clock.advance(8_100);
    await until(async () => (await ask(`${base}media.m3u8?_HLS_msn=0&_HLS_part=1`)).code === 'source-stalled');
  });

  test.each<[string, Parameters<typeof ask>[1], number, string | null, string?]>([
    ['healthz', {}, 200, null],
    ['healthz for a page of the hub', { headers: { origin: pageOrigin } }, 200, null],
    ['a page of somebody else', { headers: { origin: 'http://evil.example' } }, 403, 'origin-refused'],
    ['a sandboxed page', { headers: { origin: 'null' } }, 403, 'origin-refused'],
    ['a name that is not ours', { headers: { host: 'evil.example' } }, 403, 'host-refused'],
    ['POST', { method: 'POST' }, 405, 'malformed'],
    ['a body', { headers: { 'content-length': '5' } }, 400, 'malformed'],
    ['HEAD of the opening', { method: 'HEAD' }, 405, null, '/hls/open.m3u8?ticket=x'],
    ['a long URL', {}, 400, 'malformed', `/hls/${'x'.repeat(2100)}`],
    ['metrics without the token', {}, 401, 'login-required', '/metrics'],
    ['metrics with a wrong token', { headers: { authorization: `Bearer ${'0'.repeat(64)}` } }, 401, 'login-required', '/metrics'],
    ['what is not there', {}, 404, 'not-found', '/'],
  ])('%s', async (_name, options, status, code, path = '/healthz') => {
    const { url } = await relayAndHub();
    const answer = await ask(url + path, options);
    expect([answer.status, answer.code]).toEqual([status, code]);
    const origin = options?.headers?.['origin'];
    expect(answer.headers['access-control-allow-origin']).toBe(status === 200 ? origin : undefined);
  });

  test('preflight: for the hub’s pages only', async () => {
    const { url } = await relayAndHub();
    const allowed = await ask(`${url}/hls/x`, { method: 'OPTIONS', headers: { origin: pageOrigin } });
    expect([allowed.status, allowed.headers['access-control-allow-methods']]).toEqual([204, 'GET, HEAD']);
    expect((await ask(`${url}/hls/x`, { method: 'OPTIONS', headers: { origin: 'http://evil.example' } })).status).toBe(403);
  });

  test('a public name is one of ours once the hub says so', async () => {
    const { server, url } = await runningRelay();
    cleanups.push(() => server.stop());
    const headers = { host: 'media.city.example' };
    expect((await ask(`${url}/healthz`, { headers })).status).toBe(403);
    const hub = await hubOf(url, { publicUrl: 'http://media.city.example/' });
    expect(hub.relay.baseUrl()).toBe('http://media.city.example');
    expect((await ask(`${url}/healthz`, { headers })).status).toBe(200);
  });

  test('headers beyond the limit are refused without reading on', async () => {
    const { server } = await relayAndHub();
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${server.port}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    const head = await new Promise<string>((done) => socket.once('data', (data) => done(data.toString())));
    socket.destroy();
    expect(head).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('over one socket', () => {
  test('many resources, each answered when it is there; a cancelled one is not', async () => {
    const all = await relayAndHub();
    await all.hub.relay.open(orderOf('l1'));
    const page = await pageSocket(all.server);
    const opening = page.get(openTarget(all.hub.relay, 'l1'));
    await until(async () => (await metricsOf(all.url))['held_requests'] === 1);
    all.runs[0]!.push(unitAt(0, { key: true }));
    const base = Buffer.from((await opening).body)
      .toString()
      .match(/\/hls\/p\/[^/]+\//)![0];
    const playlist = page.get(`${base}media.m3u8?_HLS_msn=0&_HLS_part=1`);
    const part = page.get(`${base}p0.1.m4s`);
    let cancelledAnswered = false;
    const cancelled = page.get(`${base}p0.1.m4s`);
    void cancelled.then(() => (cancelledAnswered = true));
    page.cancel(cancelled.id);
    expect((await page.get('/hls/p/AAAAAAAAAAAAAAAAAAAAAA/x')).problem).toBe('playback-ended');
    expect((await metricsOf(all.url))['held_requests']).toBe(2);
    all.runs[0]!.push(unitAt(40, { bytes: 4321 }));
    expect(await playlist).toMatchObject({ status: 200, contentType: 'application/vnd.apple.mpegurl', problem: null });
    expect((await part).body.length).toBe(4321);
    expect(cancelledAnswered).toBe(false);
    page.socket.close();
    expect((await page.closed).code).toBe(1005);
    await until(async () => (await metricsOf(all.url))['sockets'] === 0);
  });

  test.each([null, 'http://evil.example', 'null'])('origin %s does not get in', async (origin) => {
    const { server } = await relayAndHub();
    await expect(pageSocket(server, origin)).rejects.toThrow(/403/);
  });

  test('without a good ticket it is closed after ten seconds; with one it stays until nothing is asked for a minute', async () => {
    const all = await relayAndHub();
    const base = new URL(await playing(all)).pathname;
    const stranger = await pageSocket(all.server);
    expect((await stranger.get('/hls/open.m3u8?ticket=x')).problem).toBe('ticket-refused');
    const page = await pageSocket(all.server);
    expect((await page.get(`${base}p0.0.m4s`)).status).toBe(200);
    all.clock.advance(10_000);
    expect((await stranger.closed).code).toBe(4001);
    expect(page.socket.readyState).toBe(WebSocket.OPEN);
    all.clock.advance(60_000);
    expect((await page.closed).code).toBe(4002);
  });

  test.each(['nonsense', '{"op":"put"}', Buffer.from([1, 2, 3])])('%s closes it', async (text) => {
    const { server } = await relayAndHub();
    const page = await pageSocket(server);
    page.socket.send(text);
    expect((await page.closed).code).toBe(1008);
  });

  test('messages beyond 64 KiB close it', async () => {
    const { server } = await relayAndHub();
    const page = await pageSocket(server);
    page.socket.send('x'.repeat(65 * 1024));
    expect((await page.closed).code).toBe(1009);
  });

  test('a page that does not read costs bounded memory, and goes after five seconds', async () => {
    const all = await relayAndHub();
    await all.hub.relay.open(orderOf('l1'));
    all.runs[0]!.push(unitAt(0, { key: true, bytes: 1024 * 1024 }));
    const page = await pageSocket(all.server);
    const master = await page.get(openTarget(all.hub.relay, 'l1'));
    const base = Buffer.from(master.body)
      .toString()
      .match(/\/hls\/p\/[^/]+\//)![0];
    page.socket.pause();
    const before = (await metricsOf(all.url))['sent_bytes_total']!;
    for (let i = 0; i < 64; i++) void page.get(`${base}p0.0.m4s`);
    // What the operating system takes by itself is beyond our control, but it is no more than some megabytes.
    let sent = 0;
    await until(async () => {
      const now = (await metricsOf(all.url))['sent_bytes_total']! - before;
      const isSteady = now === sent && now > 8 * 1024 * 1024;
      sent = now;
      return isSteady;
    });
    expect(sent).toBeLessThan(40 * 1024 * 1024);
    all.clock.advance(5_000);
    await until(async () => (await metricsOf(all.url))['slow_sockets_total'] === 1);
    expect((await metricsOf(all.url))['sockets']).toBe(0);
    page.socket.terminate();
  });
});

describe('the control channel', () => {
  test('a relay that restarts gets its orders again, with new tickets for the same leases', async () => {
    const first = await relayAndHub();
    const base = await playing(first);
    await first.server.stop();
    await first.hub.heard(first.hub.kind('down'));
    expect([first.hub.relay.baseUrl(), first.hub.relay.paths()]).toEqual([null, []]);
    expect(await first.hub.relay.open(orderOf('l2'))).toMatchObject({ ok: false, error: { code: 'relay-unavailable' } });

    const upAgain = first.hub.events.length;
    const second = await runningRelay({ port: Number(port(first.url)) });
    cleanups.push(() => second.server.stop());
    await first.hub.heard(first.hub.kind('up'), upAgain);
    await until(() => second.runs.length === 1);
    expect(second.runs[0]!.spec).toEqual(orderOf('l1').source);
    second.runs[0]!.push(unitAt(0, { key: true }));
    expect((await ask(`${base}media.m3u8`)).code).toBe('playback-ended');
    expect((await ask(second.url + openTarget(first.hub.relay, 'l1'))).status).toBe(200);
  });

  test('fifty screens may ask for their scenes at once', async () => {
    const { hub } = await relayAndHub({ maxLeases: 4096 });
    const answers = await Promise.all(Array.from({ length: 3200 }, (_, i) => hub.relay.open(orderOf(`l${i}`))));
    expect(answers.filter((answer) => !answer.ok)).toEqual([]);
  });

  test('viewers keep playing while the hub restarts; the new one adopts what it knows and closes the rest', async () => {
    const all = await relayAndHub();
    const base = await playing(all);
    await all.hub.relay.open(orderOf('l2'));
    await all.hub.relay.stop();
    all.runs[0]!.push(unitAt(40));
    expect((await ask(`${base}p0.1.m4s`)).status).toBe(200);

    const next = await hubOf(all.url, { epoch: 2 });
    expect(next.relay.leases()).toEqual([
      { leaseId: 'l1', cameraId: 'c1', profile: 'sub', decodes: ['h264'], holder: 'session-1' },
      { leaseId: 'l2', cameraId: 'c1', profile: 'sub', decodes: ['h264'], holder: 'session-1' },
    ]);
    expect(next.relay.paths()).toMatchObject([{ cameraId: 'c1', state: 'ready', leases: 2, viewers: 1 }]);
    expect(await next.relay.open(orderOf('l1'))).toEqual({ ok: true, value: undefined });
    next.relay.close('l2');
    await until(async () => (await metricsOf(all.url))['leases'] === 1);
    expect((await ask(`${base}p0.0.m4s`)).status).toBe(200);
    expect(all.runs.length).toBe(1);
    expect(next.relay.leases()).toHaveLength(1);
  });

  test('after ten minutes without a hub everything is closed', async () => {
    const all = await relayAndHub();
    const base = await playing(all);
    await all.hub.relay.stop();
    await until(async () => (await metricsOf(all.url))['hub_connected'] === 0);
    all.clock.advance(25_000);
    expect((await ask(`${base}p0.0.m4s`)).status).toBe(200);
    all.clock.advance(575_000);
    await until(async () => (await metricsOf(all.url))['leases'] === 0);
    expect((await ask(`${base}p0.0.m4s`)).code).toBe('playback-ended');
  });

  test('a lease that nobody uses ends, and the hub hears it', async () => {
    const { hub, clock } = await relayAndHub();
    await hub.relay.open(orderOf('l1'));
    clock.advance(60_000);
    expect(await hub.heard(hub.kind('lease-ended'))).toEqual({ kind: 'lease-ended', leaseId: 'l1', reason: 'idle' });
    expect(hub.relay.leases()).toEqual([]);
  });

  test('questions of the hub are answered, each by its own answer; what went wrong is said', async () => {
    const asked: string[] = [];
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
    const { url, hub, runs } = await relayAndHub({
      questions: () => ({
        probe: async (targets, method) => {
          asked.push(`${method} ${targets.length}`);
          return targets.map(({ cameraId }) => ({ cameraId, state: 'offline', reason: 'source-unreachable', ms: 7 }));
        },
        snapshot: async (cameraId, _profile, mark) =>
          cameraId === 'c1' && mark === 'li.wei desk-12'
            ? ok({ at: 5, width: 2, height: 1, jpeg })
            : err(problem('path-starting', {}, 'no key picture yet')),
      }),
    });
    await hub.relay.open(orderOf('l1'));
    runs[0]!.report.step('connect', { port: 554 });
    expect(await hub.relay.trace('c1', 'sub')).toMatchObject({
      ok: true,
      value: {
        state: 'starting',
        failure: null,
        steps: [{ step: 'connect', params: { port: 554 } }],
        report: { cameraId: 'c1', link: null },
      },
    });
    expect(await hub.relay.trace('c1', 'main')).toEqual({ ok: true, value: null });
    expect(await hub.relay.snapshot('c1', 'sub', 'li.wei desk-12')).toEqual({
      ok: true,
      value: { at: 5, width: 2, height: 1, jpeg: Buffer.from(jpeg) },
    });
    expect(await hub.relay.snapshot('c2', 'sub', 'li.wei desk-12')).toEqual({
      ok: false,
      error: { code: 'path-starting', params: {}, detail: 'no key picture yet' },
    });

    // Addresses as long as they may be: more than one message takes.
    const target = (index: number) => ({
      cameraId: `c${index}`,
      source: { kind: 'rtsp', url: `rtsp://h/${'x'.repeat(2000)}`, subUrl: `rtsp://h/${'y'.repeat(2000)}` } as const,
    });
    const targets = Array.from({ length: 256 }, (_, index) => target(index));
    const probed = await hub.relay.probe(targets, 'options');
    expect(probed.ok && probed.value.map(({ cameraId }) => cameraId)).toEqual(targets.map(({ cameraId }) => cameraId));
    expect(asked.length).toBeGreaterThan(4);
    expect(await hub.relay.probe([...targets, target(256)], 'tcp')).toMatchObject({ ok: false, error: { code: 'malformed' } });
    expect((await metricsOf(url))['hub_connected']).toBe(1);
  });

  test('who may push is told in pieces, and again to a relay that restarted; who pushes is told back', async () => {
    const clock = new ShiftedClock();
    const publishers = new Publishers(clock);
    const first = await relayAndHub({ publishers });
    const admitted: string[] = [];
    publishers.ingestUp('rtmp://127.0.0.1:1935/live', (keyHash, isAdmitted) => admitted.push(`${keyHash.slice(-4)} ${isAdmitted}`));
    const hashOf = (index: number) => String(index).padStart(43, '0');
    const many = Array.from({ length: 2500 }, (_, index) => ({ cameraId: `c${index}`, keyHash: hashOf(index) }));
    publishers.began(hashOf(2499));
    publishers.began(hashOf(9999));
    first.hub.relay.allowPublishers(many);
    const began = await first.hub.heard(first.hub.kind('publishing'));
    expect([began.cameraId, began.since]).toEqual(['c2499', first.hub.relay.publishing().get('c2499')]);
    expect([admitted, first.hub.relay.ingestUrl()]).toEqual([['2499 true', '9999 false'], 'rtmp://127.0.0.1:1935/live']);

    await first.server.stop();
    await first.hub.heard(first.hub.kind('down'));
    expect([first.hub.relay.ingestUrl(), first.hub.relay.publishing().size]).toEqual([null, 0]);
    const upAgain = first.hub.events.length;
    const anew = new Publishers(clock);
    anew.ingestUp('rtmp://127.0.0.1:1936/live', (keyHash, isAdmitted) => admitted.push(`again ${keyHash.slice(-4)} ${isAdmitted}`));
    anew.began(hashOf(7));
    const second = await runningRelay({ port: Number(port(first.url)), publishers: anew });
    cleanups.push(() => second.server.stop());
    await first.hub.heard(
      first.hub.kind('publishing', ({ cameraId }) => cameraId === 'c7'),
      upAgain,
    );
    expect([admitted.at(-1), first.hub.relay.ingestUrl()]).toEqual(['again 0007 true', 'rtmp://127.0.0.1:1936/live']);
    anew.ended(hashOf(7));
    await first.hub.heard(
      first.hub.kind('publishing', ({ since }) => since === null),
      upAgain,
    );
    anew.ingestDown();
    await first.hub.heard(
      first.hub.kind('ingest', (event) => event.url === null),
      upAgain,
    );
    expect(first.hub.relay.ingestUrl()).toBeNull();
  });

  test('a newer hub replaces an older one, never the other way round', async () => {
    const { url, hub } = await relayAndHub();
    const newer = await hubOf(url, { epoch: 7 });
    await hub.heard(hub.kind('down'));
    await newer.relay.open(orderOf('l1'));
    // The older one keeps knocking and is turned away, without the newer one noticing.
    await until(async () => (await metricsOf(url))['leases'] === 1);
    expect(newer.events.some((event) => event.kind === 'down')).toBe(false);
    expect(newer.relay.baseUrl()).toBe(url);
  });

  test('neither side shows the key or a source to who does not know it', async () => {
    const { server, url } = await relayAndHub();
    const lines: string[] = [];
    const log: Log = { ...silentLog, warn: (fields, message) => lines.push(JSON.stringify(fields) + message) };
    const before = (await metricsOf(url))['control_refused_total']!;
    const wrong = runningHub(url, { key: Buffer.alloc(32, 6), log });
    cleanups.push(() => wrong.relay.stop());
    await until(async () => (await metricsOf(url))['control_refused_total']! > before);
    expect(wrong.relay.baseUrl()).toBeNull();
    await expect(
      new Promise((_, failed) => new WebSocket(`ws://127.0.0.1:${server.port}/control`, { origin: pageOrigin }).on('error', failed)),
    ).rejects.toThrow(/403/);
    expect(lines.join()).not.toContain(Buffer.alloc(32, 6).toString('base64'));
  });

  test('credentials and the key are in no log line and no report', async () => {
    const lines: string[] = [];
    const keep = (fields: object, message: string) => lines.push(JSON.stringify(fields) + message);
    const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
    const { server, url, runs } = await runningRelay({ log });
    cleanups.push(() => server.stop());
    const hub = await hubOf(url, { log });
    await hub.relay.open(orderOf('l1'));
    await runs[0]!.fail('source-failed');
    await hub.heard(hub.kind('path', (event) => event.path.state === 'failed'));
    const said = lines.join('\n') + JSON.stringify([hub.events, hub.relay.leases(), hub.relay.paths()]);
    expect(said).toContain('source-failed');
    for (const word of ['hunter2', secret.toString('base64'), secret.toString('hex')]) expect(said).not.toContain(word);
  });

  /** A connection that speaks for itself. */
  async function raw(url: string) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/control`);
    const heard: RelayMessage[] = [];
    const waits = new Set<() => void>();
    const wake = () => waits.forEach((wait) => wait());
    const closed = new Promise<number>((done) => socket.on('close', done));
    socket.on('message', (data: Buffer) => {
      heard.push(readMessage(relayMessage, data.toString())!);
      wake();
    });
    const next = async (index: number) => {
      while (heard.length <= index) await new Promise<void>((done) => waits.add(done));
      return heard[index]!;
    };
    const challenge = (await next(0)) as Extract<RelayMessage, { kind: 'challenge' }>;
    const say = (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    return {
      closed,
      next,
      say,
      prove: () => say({ kind: 'proof', nonce: 'n'.repeat(16), mac: controlMac(secret, 'hub', challenge.nonce, 'n'.repeat(16)) }),
    };
  }

  test.each<[string, (peer: Awaited<ReturnType<typeof raw>>) => void, number]>([
    ['orders without proof', (peer) => peer.say({ kind: 'open', id: 1, order: orderOf('x') }), 4003],
    ['a wrong proof', (peer) => peer.say({ kind: 'proof', nonce: 'n'.repeat(16), mac: 'x' }), 4003],
    ['nonsense', (peer) => peer.say('nonsense'), 1008],
    ['orders before hello', (peer) => (peer.prove(), peer.say({ kind: 'list' })), 1008],
    [
      'a piece of publishers with a key instead of its hash',
      (peer) => (
        peer.prove(),
        peer.say({ kind: 'publishers', first: true, last: true, publishers: [{ cameraId: 'c', keyHash: 'secret' }] })
      ),
      1008,
    ],
    ['an order with something wrong', (peer) => (peer.prove(), peer.say({ kind: 'open', id: 1, order: { leaseId: '../x' } })), 1008],
    ['a message beyond the limit', (peer) => peer.say('x'.repeat(300_000)), 1009],
  ])('%s: closed', async (_name, say, code) => {
    const { url } = await relayAndHub();
    const peer = await raw(url);
    say(peer);
    expect(await peer.closed).toBe(code);
    expect((await metricsOf(url))['leases']).toBe(0);
  });

  test('who says nothing is cut off', async () => {
    const { url, clock } = await relayAndHub();
    const peer = await raw(url);
    clock.advance(3_000);
    expect(await peer.closed).toBe(1006);
  });

  test('any text is no message, or a valid one', () => {
    const nearly = fc.record({
      kind: fc.constantFrom('proof', 'hello', 'open', 'close', 'list', 'trace', 'probe', 'snapshot', 'publishers', 'x'),
      targets: fc.array(fc.anything(), { maxLength: 3 }),
      publishers: fc.array(fc.anything(), { maxLength: 3 }),
      cameraId: fc.string(),
      profile: fc.constantFrom('main', 'sub', 'x'),
      method: fc.constantFrom('tcp', 'options', 'x'),
      first: fc.boolean(),
      last: fc.boolean(),
      id: fc.oneof(fc.integer(), fc.string()),
      leaseId: fc.string(),
      nonce: fc.string(),
      origins: fc.array(fc.string()),
      order: fc.anything(),
    });
    const texts = fc.oneof(
      fc.string(),
      nearly.map((message) => JSON.stringify(message) ?? ''),
    );
    const holds = fc.property(texts, (text) => {
      const read = readMessage(hubMessage, text);
      return read === null || readMessage(hubMessage, JSON.stringify(read)) !== null;
    });
    expect(fc.check(holds, { seed: 28181, numRuns: 1000 }).counterexample).toBeNull();
  });
});

test('stops within two seconds although a source does not end and viewers wait', async () => {
  const never = () => ({ run: () => new Promise<void>(() => {}) });
  const { server, url } = await runningRelay({ openSource: never });
  const hub = runningHub(url);
  cleanups.push(() => hub.relay.stop());
  await hub.heard(hub.kind('up'));
  await hub.relay.open(orderOf('l1'));
  const waiting = ask(url + openTarget(hub.relay, 'l1'));
  await until(async () => (await metricsOf(url))['held_requests'] === 1);
  const startedAt = performance.now();
  await server.stop();
  expect(performance.now() - startedAt).toBeLessThan(2500);
  expect((await waiting).code).toBe('playback-ended');
  await hub.heard(hub.kind('down'));
});
