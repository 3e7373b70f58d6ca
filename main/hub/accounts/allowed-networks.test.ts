import { expect, test } from 'vitest';
import { allowedFrom } from './allowed-networks.ts';

test.each<[string, '*' | string[], string, boolean]>([
  ['anywhere', '*', '203.0.113.9', true],
  ['anywhere, also where nobody knows', '*', '', true],
  ['inside', ['10.20.0.0/16'], '10.20.255.255', true],
  ['outside', ['10.20.0.0/16'], '10.21.0.0', false],
  ['one of several', ['10.20.0.0/16', '192.0.2.7/32'], '192.0.2.7', true],
  ['next to one address', ['192.0.2.7/32'], '192.0.2.8', false],
  ['IPv4 on an IPv6 socket', ['10.20.0.0/16'], '::ffff:10.20.0.1', true],
  ['IPv6 inside', ['fd00:1::/32'], 'fd00:1:2::9', true],
  ['IPv6 outside', ['fd00:1::/32'], 'fd00:2::9', false],
  ['IPv6 is in no IPv4 network', ['0.0.0.0/0'], 'fd00:1::9', false],
  ['a link-local address with its zone', ['fe80::/10'], 'fe80::1%eth0', true],
  ['no address', ['0.0.0.0/0', '::/0'], '', false],
  ['a name', ['0.0.0.0/0', '::/0'], 'desk-3.city.example', false],
])('%s', (_name, networks, address, allowed) => {
  expect(allowedFrom(networks, address)).toBe(allowed);
});
