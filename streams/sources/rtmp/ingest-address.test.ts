import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { ingestAddress } from './ingest-address.ts';

const address = (text: string, internal = false): NetworkInterfaceInfo => ({
  address: text,
  family: 'IPv4',
  internal,
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: null,
});

it.each([
  ['127.0.0.1', 'rtmp://127.0.0.1:1935/live'],
  ['::1', 'rtmp://[::1]:1935/live'],
  ['media.city.example', 'rtmp://media.city.example:1935/live'],
  ['0.0.0.0', 'rtmp://10.20.0.5:1935/live'],
  ['::', 'rtmp://10.20.0.5:1935/live'],
])('cameras push to a listener on %s at %s', (host, url) => {
  expect(ingestAddress(host, 1935, { lo: [address('127.0.0.1', true)], eth0: [address('10.20.0.5')] })).toBe(url);
});

it('a machine without a network is reached by itself', () => {
  expect(ingestAddress('0.0.0.0', 1935, { lo: [address('127.0.0.1', true)] })).toBe('rtmp://127.0.0.1:1935/live');
});
