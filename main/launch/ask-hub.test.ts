import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cityCertificates } from '../tls/testdata/city-certificates.ts';
import { askHub } from './ask-hub.ts';

let city: Awaited<ReturnType<typeof cityCertificates>>;
let other: Awaited<ReturnType<typeof cityCertificates>>;
beforeAll(async () => {
  city = await cityCertificates();
  other = await cityCertificates();
});
afterAll(() => {
  city.dispose();
  other.dispose();
});

let server: Server | null = null;
afterEach(() => void server?.close());
const heard: string[] = [];
async function listening(made: Server): Promise<number> {
  server = made;
  made.on('request', (request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers.authorization}`);
    response.writeHead(201, { 'x-seen': 'yes' }).end('你好');
  });
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done));
  return (made.address() as AddressInfo).port;
}
const signal = () => AbortSignal.timeout(10_000);
const headers = { authorization: 'Bearer t' };

test('over TLS our own hub is known by our certificate, with no authority installed', async () => {
  const port = await listening(createServer({ cert: city.server.certificate, key: city.server.key }));
  const at = { listening: `https://127.0.0.1:${port}`, tls: city.files };
  heard.length = 0;
  const answer = await askHub(at, '/x?y', { method: 'POST', headers, body: '{}', signal: signal() });
  expect(answer).toMatchObject({ status: 201, text: '你好', headers: { 'x-seen': 'yes' } });
  expect(heard).toEqual([`POST /x?y 127.0.0.1:${port} Bearer t`]);
});

test('somebody else at its address hears nothing', async () => {
  const port = await listening(createServer({ cert: other.server.certificate, key: other.server.key }));
  heard.length = 0;
  const asked = askHub({ listening: `https://127.0.0.1:${port}`, tls: city.files }, '/', { headers, signal: signal() });
  await expect(asked).rejects.toThrow('is not our hub');
  expect(heard).toEqual([]);
});

test('without TLS it simply asks', async () => {
  const port = await listening(createPlainServer());
  const answer = await askHub({ listening: `http://127.0.0.1:${port}`, tls: null }, '/', { headers, signal: signal() });
  expect([answer.status, answer.text]).toEqual([201, '你好']);
});

test('a hub that does not answer is given up', async () => {
  const stopped = new AbortController();
  stopped.abort();
  await expect(askHub({ listening: 'https://127.0.0.1:9', tls: city.files }, '/', { signal: stopped.signal })).rejects.toThrow();
});
