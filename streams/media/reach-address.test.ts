import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createAddressPolicy } from '../sources/address-policy.ts';
import { endpointOf, reachAddress } from './reach-address.ts';

test.each<[string, ReturnType<typeof endpointOf>]>([
  ['rtmp://camera.example/live/a', { host: 'camera.example', port: 1935, isTcp: true }],
  ['http://[fd00::1]/a.flv', { host: 'fd00::1', port: 80, isTcp: true }],
  ['https://h:8443/a.m3u8', { host: 'h', port: 8443, isTcp: true }],
  ['rtsp://u:p@10.0.0.1/', { host: '10.0.0.1', port: 554, isTcp: true }],
  ['srt://10.0.0.1:9000', { host: '10.0.0.1', port: 9000, isTcp: false }],
  ['udp://239.0.0.1:5000', { host: '239.0.0.1', port: 5000, isTcp: false }],
  ['tcp://10.0.0.1', { host: '10.0.0.1', port: null, isTcp: true }],
  ['rtmp:///live', null],
  ['nonsense', null],
])('%s', (url, endpoint) => {
  expect(endpointOf(url)).toEqual(endpoint);
});

test('says whether somebody listens, and never goes where it may not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('error', () => {});
  });
  const policy = createAddressPolicy({ networks: ['127.0.0.0/8'] });
  const reached = once(server, 'connection');
  expect(await reachAddress('127.0.0.1', port, policy, 4000)).toBeNull();
  await reached;
  expect(await reachAddress('127.0.0.1', port, createAddressPolicy({ networks: ['10.0.0.0/8'] }), 4000)).toMatchObject({
    code: 'source-address-refused',
  });
  expect(connections).toBe(1);
  server.close();
  await once(server, 'close');
  expect(await reachAddress('127.0.0.1', port, policy, 4000)).toMatchObject({
    code: 'source-unreachable',
    params: { port, reason: 'ECONNREFUSED' },
  });
});
