import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/supervision/system-clock.ts';
import { createAddressPolicy } from '../address-policy.ts';
import { createFakeCamera, type FakeCamera, type FakeCameraOptions } from './fake-camera.ts';
import { readFakeStream, type FakeStream } from './fake-stream.ts';
import { probeRtsp, type ProbeRtspOptions, type RtspProbeMethod } from './probe-rtsp.ts';

const policy = createAddressPolicy({ networks: ['127.0.0.0/8'] });
const login = { user: 'admin', password: 'secret' };
const wrong = { ...login, password: 'wrong' };

let stream: FakeStream;
beforeAll(async () => {
  stream = await readFakeStream(path.join(import.meta.dirname, '../../demo-city/clips/tunnel.sub.h264'));
});
const cameras: FakeCamera[] = [];
afterEach(async () => {
  await Promise.all(cameras.splice(0).map((camera) => camera.stop()));
});

async function cameraWith(options: Partial<FakeCameraOptions> = {}): Promise<FakeCamera> {
  const camera = await createFakeCamera({ streams: { '/live': stream }, ...options });
  cameras.push(camera);
  return camera;
}

const probe = (url: string, method: RtspProbeMethod, options: Partial<ProbeRtspOptions> = {}) =>
  probeRtsp(url, method, { clock: systemClock, policy, limitMs: 300, ...options });

const allThree = ['tcp', 'options', 'describe'] as const;

describe('asking a camera whether it is there', () => {
  it.each([
    ['it is', {}, undefined, '/live', ['online', 'online', 'online']],
    ['with a login', { login }, login, '/live', ['online', 'online', 'online']],
    [
      'it hangs up when it has asked for a login',
      { login, faults: { hangsUpOnLogin: true } },
      login,
      '/live',
      ['online', 'online', 'online'],
    ],
    ['with the wrong login', { login }, wrong, '/live', ['online', 'online', 'source-login-refused']],
    ['without a login', { login }, undefined, '/live', ['online', 'online', 'source-login-refused']],
    [
      'it wants a login for everything',
      { faults: { statuses: { OPTIONS: 401, DESCRIBE: 401 } } },
      login,
      '/live',
      ['online', 'online', 'source-login-refused'],
    ],
    ['without such a stream', {}, undefined, '/none', ['online', 'online', 'source-not-found']],
    [
      'without such a stream, said at once',
      { faults: { statuses: { OPTIONS: 404 } } },
      undefined,
      '/none',
      ['online', 'source-not-found', 'source-not-found'],
    ],
    [
      'out of order',
      { faults: { statuses: { OPTIONS: 503, DESCRIBE: 503 } } },
      undefined,
      '/live',
      ['online', 'source-refused', 'source-refused'],
    ],
    ['knows no OPTIONS', { faults: { statuses: { OPTIONS: 501 } } }, undefined, '/live', ['online', 'online', 'online']],
    ['redirects in a circle', { faults: { redirectsTo: '/live' } }, undefined, '/live', ['online', 'online', 'source-protocol']],
    ['silent', { faults: { silentAt: 'connect' } }, undefined, '/live', ['online', 'source-unreachable', 'source-unreachable']],
  ] as const)('%s', async (_name, options, given, at, expected) => {
    const camera = await cameraWith(options);
    const answers = await Promise.all(allThree.map((method) => probe(camera.url(at, given), method)));
    expect(answers.map(({ state, reason }) => reason ?? state)).toEqual(expected);
    expect(answers.every(({ state, reason }) => (state === 'online') === (reason === null))).toBe(true);
    expect(camera.counters.loginsRefused).toBeLessThanOrEqual(1);
  });

  it('closes its connections, whatever came of it', async () => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      for (const method of allThree) {
        const connected = once(server, 'connection') as Promise<[net.Socket]>;
        const answer = probe(`rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/`, method, { limitMs: 100 });
        const [socket] = await connected;
        const closed = once(socket.resume(), 'close');
        const { state, ms } = await answer;
        expect(state).toBe(method === 'tcp' ? 'online' : 'offline');
        expect(ms).toBeLessThan(1000);
        await closed;
      }
    } finally {
      server.close();
    }
  });

  it.each([
    ['rtsp://127.0.0.1:1/', 'offline', 'source-unreachable'],
    ['rtsp://8.8.8.8/', 'unknown', 'source-address-refused'],
    ['rtsp://', 'unknown', 'source-invalid'],
  ])('%s is %s: %s', async (url, state, reason) => {
    for (const method of allThree) expect(await probe(url, method)).toMatchObject({ state, reason });
  });

  it('ends when the time is up or nobody wants to know any more', async () => {
    const silent = createAddressPolicy({ networks: ['127.0.0.0/8'], lookup: () => new Promise(() => {}) });
    expect(await probe('rtsp://camera/', 'options', { policy: silent, limitMs: 50 })).toMatchObject({
      state: 'offline',
      reason: 'source-unreachable',
    });
    expect(await probe('rtsp://camera/', 'options', { policy: silent, signal: AbortSignal.abort() })).toMatchObject({
      state: 'unknown',
      reason: null,
    });
  });
});

it('does not know of a camera whose name cannot be looked up now', async () => {
  const busy = createAddressPolicy({
    networks: ['127.0.0.0/8'],
    lookup: () => Promise.reject(Object.assign(new Error(), { code: 'busy' })),
  });
  expect(await probe('rtsp://camera/live', 'options', { policy: busy })).toMatchObject({ state: 'unknown', reason: 'source-unresolved' });
});
