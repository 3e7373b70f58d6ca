import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readServerCertificate, type ServerCertificate } from '../../main/tls/server-certificate.ts';
import { cityCertificates } from '../../main/tls/testdata/city-certificates.ts';
import { decodeRecords, recordType, wallProtocol } from '../wire/wall-record.ts';
import { ask, metricsOf, openTarget, orderOf, runningHub, runningRelay, until } from './testdata/running-relay.ts';
import { pictureAt } from './testdata/units.ts';

// A relay whose viewers come over TLS: who reaches which door, and a certificate that is replaced while pictures play.

const pageOrigin = 'https://127.0.0.1:8600';
let city: Awaited<ReturnType<typeof cityCertificates>>;
let running: Awaited<ReturnType<typeof runningRelay>>;
let hub: ReturnType<typeof runningHub>;
let viewers: string;
let ours: string;

const certificateNow = async (): Promise<ServerCertificate> => {
  const read = await readServerCertificate(city.files);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
};
beforeAll(async () => {
  city = await cityCertificates();
});
afterAll(() => city.dispose());

const cleanups: (() => Promise<void> | void)[] = [];
beforeEach(async () => {
  running = await runningRelay({ tls: { certificate: await certificateNow(), controlPort: 0 } });
  cleanups.push(() => running.server.stop());
  viewers = `https://127.0.0.1:${running.server.port}`;
  ours = `http://127.0.0.1:${running.server.controlPort}`;
  hub = runningHub(ours, { publicUrl: viewers });
  cleanups.push(() => hub.relay.stop());
  hub.relay.allowOrigins([pageOrigin]);
  await hub.heard(hub.kind('up'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly serial: string;
}
const askTls = (path: string, headers: Record<string, string> = {}): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const asking = request(`${viewers}${path}`, { ca: city.authority.certificate, agent: false, headers }, (response) => {
      const serial = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text, serial }));
    });
    asking.on('error', reject);
    asking.end();
  });

/** What becomes of an upgrade: `open`, or the status of its refusal. */
const upgrade = (url: string, protocol?: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, protocol === undefined ? [] : [protocol], { ca: city.authority.certificate, origin: pageOrigin });
    socket.on('open', () => (resolve('open'), socket.terminate()));
    socket.on('unexpected-response', (_request, response) => (resolve(String(response.statusCode)), socket.terminate()));
    socket.on('error', () => resolve('refused'));
  });

test('viewers come over TLS, and are told to stay there', async () => {
  const { status, headers } = await askTls('/healthz');
  expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
  expect((await ask(`${ours}/healthz`)).headers['strict-transport-security']).toBeUndefined();
  await expect(ask(`http://127.0.0.1:${running.server.port}/healthz`)).rejects.toThrow();
});

test('over the network nobody reaches the doors of hub and workers, nor the figures', async () => {
  const wss = viewers.replace('https', 'wss');
  expect(await upgrade(`${wss}/control`)).toBe('404');
  expect(await upgrade(`${wss}/worker`)).toBe('404');
  expect((await askTls('/metrics', { authorization: `Bearer ${'0'.repeat(64)}` })).status).toBe(404);
  expect((await metricsOf(ours))['hub_connected']).toBe(1);
});

test('no picture leaves in the clear, on loopback either', async () => {
  await hub.relay.open(orderOf('l1'));
  running.runs.at(-1)!.push(pictureAt(0, { key: true }));
  const target = openTarget(hub.relay, 'l1');
  expect(await ask(`${ours}${target}`)).toMatchObject({ status: 404, code: 'not-found' });
  expect(await upgrade(`${ours.replace('http', 'ws')}/socket`, wallProtocol)).toBe('404');
  expect((await askTls(target, { origin: pageOrigin })).status, 'and the ticket is still good').toBe(200);
});

test('the hub tells pages the address with TLS', () => {
  expect(hub.relay.baseUrl()).toBe(viewers);
});

test('a certificate that is replaced is seen by new connections; pictures that play go on', async () => {
  await hub.relay.open(orderOf('l1'));
  const run = running.runs.at(-1)!;
  run.push(pictureAt(0, { key: true }));
  const socket = new WebSocket(`${viewers.replace('https', 'wss')}/socket`, wallProtocol, {
    ca: city.authority.certificate,
    origin: pageOrigin,
  });
  let pictures = 0;
  socket.on('message', (data: Buffer) => {
    const records = decodeRecords(new Uint8Array(data));
    if (records.ok) pictures += records.value.filter(({ type }) => type === recordType.video).length;
  });
  await new Promise((open, failed) => socket.on('open', open).on('error', failed));
  cleanups.push(() => socket.terminate());
  const { ticket } = hub.relay.ticket('l1', Date.now());
  socket.send(JSON.stringify({ op: 'sub', id: 1, ticket, mode: 'full', format: 'annexb', audio: false }));
  await until(() => pictures === 1);

  const before = (await askTls('/healthz')).serial;
  await city.renew();
  running.server.useCertificate(await certificateNow());
  expect((await askTls('/healthz')).serial).not.toBe(before);
  run.push(pictureAt(40));
  await until(() => pictures === 2);
  expect(socket.readyState).toBe(socket.OPEN);
});

test('a relay that stops ends its viewers too', async () => {
  const socket = new WebSocket(`${viewers.replace('https', 'wss')}/socket`, wallProtocol, {
    ca: city.authority.certificate,
    origin: pageOrigin,
  });
  await new Promise((open, failed) => socket.on('open', open).on('error', failed));
  const closed = new Promise((done) => socket.on('close', done));
  await running.server.stop();
  await closed;
  await expect(askTls('/healthz')).rejects.toThrow();
});
