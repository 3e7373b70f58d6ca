import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createAddressPolicy } from '../address-policy.ts';
import { startGuardProxy } from './guard-proxy.ts';
import { webServer } from './testdata/running-av.ts';

const ends: (() => void | Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A proxy that may go to loopback, except to this port. */
async function proxy(refusedPort = 1) {
  const policy = createAddressPolicy({ networks: ['127.0.0.0/8'], refusedPorts: [{ host: '127.0.0.1', port: refusedPort }] });
  const running = await startGuardProxy(policy);
  ends.push(() => running.stop());
  return running;
}

/** Sends bytes to the proxy as they are, and gives back what comes until the proxy closes, or until `enough` is in it. */
async function say(url: string, text: string, enough?: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  ends.push(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
    if (enough !== undefined && answer.includes(enough)) break;
  }
  return answer;
}

async function echo() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(done));
  });
  return (server.address() as AddressInfo).port;
}

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n`;
const tunnel = (target: string) => `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`;

test('passes a request on to an address that is allowed, without what is meant for the proxy', async () => {
  const seen: unknown[] = [];
  const web = await webServer({
    '/a?b=1': (request, response) => {
      seen.push(request.headers['host'], request.headers['proxy-connection']);
      response.writeHead(206, { 'x-camera': 'yes' }).end('picture');
    },
  });
  ends.push(() => web.stop());
  const running = await proxy();
  const answer = await say(running.url, get(web.url('/a?b=1')), 'picture');
  expect(answer).toMatch(/^HTTP\/1\.1 206 /);
  expect(answer).toContain('x-camera: yes');
  expect(seen).toEqual([`127.0.0.1:${web.port}`, undefined]);
  expect(running.failure).toBeNull();
});

test('opens a tunnel to an address that is allowed', async () => {
  const port = await echo();
  const { url } = await proxy();
  const answer = await say(url, `${tunnel(`127.0.0.1:${port}`)}hello`, 'hello');
  expect(answer).toBe('HTTP/1.1 200 Connection Established\r\n\r\nhello');
});

test.each([
  ['a request', get('http://203.0.113.7/x')],
  ['a tunnel', tunnel('203.0.113.7:443')],
  ['a tunnel to what is no address', tunnel('203.0.113.7:443/../..')],
])('%s to anywhere else is refused, and the reason is known', async (_name, text) => {
  const running = await proxy();
  expect(await say(running.url, text, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
  expect(running.failure).toMatchObject({ code: 'source-address-refused', params: { host: '203.0.113.7' } });
});

test.each([
  ['a request', (port: number) => get(`http://127.0.0.1:${port}/`)],
  ['a tunnel', (port: number) => tunnel(`127.0.0.1:${port}`)],
])('%s to a listener of our own is refused', async (_name, text) => {
  const port = await echo();
  const running = await proxy(port);
  expect(await say(running.url, text(port), '\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
  expect(running.failure).toMatchObject({ code: 'source-address-refused', params: { port, reason: 'own-listener' } });
});

test('nobody there: a bad gateway, and the reason is known', async () => {
  const running = await proxy(9);
  expect(await say(running.url, get('http://127.0.0.1:1/'), '\r\n\r\n')).toMatch(/^HTTP\/1\.1 502 /);
  expect(running.failure).toEqual({ code: 'source-unreachable', params: { host: '127.0.0.1', port: 1, reason: 'ECONNREFUSED' } });
});

test.each([
  ['a page that found the port', get('/')],
  ['a scheme that is not for it', get('ftp://127.0.0.1/x')],
])('%s gets nothing', async (_name, text) => {
  const { url } = await proxy();
  expect(await say(url, text, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
});

test('stopped, it leaves no connection behind', async () => {
  const port = await echo();
  const running = await proxy();
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(tunnel(`127.0.0.1:${port}`));
  await once(socket, 'data');
  const closed = once(socket, 'close');
  await running.stop();
  await closed;
});

test.each([
  ['a status that is none', '099 X', 'Content-Length: 3', 'HTTP/1.1 502'],
  ['another', '000 X', 'Content-Length: 3', 'HTTP/1.1 502'],
  ['trailers where there cannot be any', '200 OK', 'Trailer: X-A\r\nContent-Length: 3', 'HTTP/1.1 200'],
  ['what is only for us', '200 OK', 'Keep-Alive: timeout=77\r\nUpgrade: x\r\nContent-Length: 3', 'HTTP/1.1 200'],
])('a server that answers with %s does no harm', async (_name, status, headers, expected) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\nabc`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => void server.close());
  const running = await proxy();
  const answer = await say(running.url, get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), 'abc');
  expect(answer).toMatch(expected);
  expect(answer).not.toMatch(/trailer|timeout=77|upgrade: x/i);
});
