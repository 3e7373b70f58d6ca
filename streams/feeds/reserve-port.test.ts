import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { reservePort } from './reserve-port.ts';

const host = '127.0.0.1';

test('any port is one that can be had afterwards', async () => {
  const got = await reservePort(host, 0, true);
  expect(got).toMatchObject({ ok: true, value: expect.any(Number) });
  expect(await reservePort(host, got.ok ? got.value : 0, true)).toEqual(got);
});

test('one that is taken for connections is refused', async () => {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await reservePort(host, port)).toMatchObject({ ok: false, error: { code: 'port-taken', params: { port } } });
  server.close();
});

test('one that is taken for datagrams is refused to those alone who want them', async () => {
  const socket = createSocket('udp4').bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  expect(await reservePort(host, port, true)).toMatchObject({ ok: false, error: { code: 'port-taken' } });
  expect(await reservePort(host, port)).toMatchObject({ ok: true });
  socket.close();
});
