import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { configSchema } from '../../config/config.ts';
import { protocolVersion } from '../../contract/protocol.ts';
import { cityCertificates } from '../../tls/testdata/city-certificates.ts';
import { createHub, type Hub } from '../hub.ts';
import { adminPassword, ask, builtPages, hubOptions, startedHub, temporaryFolder } from '../hub-rig.ts';

type City = Awaited<ReturnType<typeof cityCertificates>>;
const folder = temporaryFolder('tls');
let city: City;
let hub: Hub;

const options = () => ({
  ...hubOptions(folder.path),
  config: configSchema.parse({
    hub: { port: 0, hosts: ['command.city.example:8600'] },
    tls: { enabled: true, certificate: city.files.certificate, key: city.files.key },
  }),
});
beforeAll(async () => {
  city = await cityCertificates();
  builtPages(folder.path);
  hub = await startedHub(options());
});
afterAll(async () => {
  await hub?.stop();
  city.dispose();
  folder.dispose();
});

interface TlsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of the certificate that was shown. */
  readonly serial: string;
}

/** A request that trusts this city's authority and no other. */
function askTls(path: string, more: { method?: string; headers?: Record<string, string>; body?: object } = {}): Promise<TlsAnswer> {
  const body = more.body && JSON.stringify(more.body);
  return new Promise((resolve, reject) => {
    const asking = request(
      `${hub.origin}${path}`,
      {
        ca: city.authority.certificate,
        method: more.method ?? 'GET',
        agent: false,
        headers: { ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }), ...more.headers },
      },
      (response) => {
        const serial = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text, serial }));
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}
const login = () => askTls('/api/commands/session.login', { method: 'POST', body: { user: 'admin', password: adminPassword } });

describe('a hub that speaks TLS', () => {
  test('says so, and is reached by it', async () => {
    expect(hub.origin).toBe(`https://127.0.0.1:${hub.port}`);
    expect((await askTls('/healthz')).status).toBe(200);
    expect(hub.wallLink('main', '1')).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/wall\/main\/1\?ticket=/);
  });

  test.each([
    '/healthz',
    '/nowhere',
    '/login',
    '/console',
    '/wall/main/1',
    '/wall/main/1?ticket=x',
    '/assets/app-1a2b3c4d.js',
    '/api/openapi.json',
  ])('every answer tells browsers to come by TLS alone: %s', async (path) => {
    expect((await askTls(path)).headers['strict-transport-security']).toBe('max-age=31536000');
  });

  test('so does the answer to an upgrade that is refused', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: hub.port, ca: city.authority.certificate, servername: 'localhost' }, () =>
        socket.write(`GET /elsewhere HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n`),
      );
      let all = '';
      socket.on('data', (chunk) => (all += chunk.toString()));
      socket.on('close', () => resolve(all));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
    expect(text).toContain('strict-transport-security: max-age=31536000');
  });

  test('pages may talk to it over TLS alone', async () => {
    const { headers } = await askTls('/login');
    expect(headers['content-security-policy']).toContain(`connect-src 'self' wss://127.0.0.1:${hub.port};`);
  });

  test('its cookies are for TLS alone and for this host alone', async () => {
    const { headers } = await login();
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-taodu_\w+_console=\S+; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=\d+$/),
    ]);
    const [cookie = ''] = headers['set-cookie']![0]!.split(';');
    expect((await askTls('/console', { headers: { cookie } })).status).toBe(200);
    expect((await askTls('/console', { headers: { cookie: cookie.replace('__Host-', '') } })).status).toBe(303);
  });

  test.each([
    [() => hub.origin, 200],
    [() => 'https://command.city.example:8600', 200],
    [() => hub.origin.replace('https', 'http'), 403],
    [() => 'http://command.city.example:8600', 403],
  ])('a page of an origin without TLS is none of ours (%#)', async (origin, status) => {
    expect((await askTls('/healthz', { headers: { origin: origin() } })).status).toBe(status);
  });

  test('plain HTTP gets no answer, and the hub does not mind', async () => {
    await expect(ask(hub.origin.replace('https', 'http'), '/healthz')).rejects.toThrow();
    const answered = await new Promise<string>((resolve) => {
      const socket = connectPlain(hub.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
      let all = '';
      socket.on('data', (chunk) => (all += chunk.toString('latin1')));
      socket.on('error', () => {});
      socket.on('close', () => resolve(all));
    });
    expect(answered).not.toContain('HTTP/');
    expect((await askTls('/healthz')).status).toBe(200);
  });

  test.each([
    ['TLS 1.1', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }],
    ['a suite without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256:AES256-SHA' }],
    ['a suite that does not authenticate', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }],
  ] as const)('%s is refused', async (_name, wish) => {
    const said = await new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: hub.port, rejectUnauthorized: false, ...wish }, () => resolve('connected'));
      socket.on('error', () => resolve('refused'));
    });
    expect(said).toBe('refused');
  });

  test('TLS 1.2 and 1.3 are taken', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const got = await new Promise<string | null>((resolve, reject) => {
        const at = { host: '127.0.0.1', port: hub.port, ca: city.authority.certificate, servername: 'localhost' };
        const socket = connect({ ...at, minVersion: version, maxVersion: version }, () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
        socket.on('error', reject);
      });
      expect(got).toBe(version);
    }
  });
});

describe('a certificate that is replaced', () => {
  let page: ReturnType<typeof io>;
  beforeEach(async () => {
    const { token } = JSON.parse((await login()).text) as { token: string };
    page = io(hub.origin, {
      transports: ['websocket'],
      reconnection: false,
      ca: city.authority.certificate,
      auth: { protocol: protocolVersion, token },
      extraHeaders: { origin: hub.origin },
    } as object);
    await new Promise((welcome, failed) => page.once('welcome', welcome).once('connect_error', failed));
  });
  afterEach(() => void page.disconnect());
  const answersStill = () => new Promise<number>((resolve) => page.emit('clock', resolve));
  const serialNow = async () => (await askTls('/healthz')).serial;

  test('is seen by new connections, while an old one lives on', async () => {
    const before = await serialNow();
    await city.renew();
    await vi.waitFor(async () => expect(await serialNow()).not.toBe(before), { timeout: 15_000, interval: 200 });
    expect(await answersStill()).toBeGreaterThan(0);
    expect(page.connected).toBe(true);
  });
});

test.each([
  ['an empty key', (one: City) => one.put('key', '')],
  ['rubbish', (one: City) => one.put('certificate', 'rubbish')],
])('without a usable pair (%s) it does not start, and says which file', async (_name, spoil) => {
  const other = await cityCertificates();
  const elsewhere = temporaryFolder('tls-broken');
  try {
    spoil(other);
    const made = await createHub({
      ...hubOptions(elsewhere.path),
      config: configSchema.parse({
        hub: { port: 0 },
        tls: { enabled: true, certificate: other.files.certificate, key: other.files.key },
      }),
    });
    expect(made).toMatchObject({
      ok: false,
      error: { code: 'certificate-unusable', params: { path: expect.stringContaining(other.folder) } },
    });
  } finally {
    other.dispose();
    elsewhere.dispose();
  }
});
