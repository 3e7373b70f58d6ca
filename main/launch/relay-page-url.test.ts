import { expect, test } from 'vitest';
import { configSchema } from '../config/config.ts';
import { relayPageUrl } from './relay-page-url.ts';

const tls = { enabled: true };

test.each([
  ['plain, on loopback', {}, 'http://127.0.0.1:8601'],
  ['with TLS', { tls }, 'https://127.0.0.1:8601'],
  ['on one address', { tls, relay: { host: '10.1.2.3' } }, 'https://10.1.2.3:8601'],
  ['on one IPv6 address', { tls, relay: { host: 'fd00::7' } }, 'https://[fd00::7]:8601'],
  ['on all addresses, without a name', { tls, relay: { host: '0.0.0.0' } }, 'https://127.0.0.1:8601'],
  [
    'on all addresses, by the name of the hub',
    { tls, relay: { host: '::' }, hub: { hosts: ['city.example:8600'] } },
    'https://city.example:8601',
  ],
  ['by an IPv6 name of the hub', { tls, relay: { host: '::' }, hub: { hosts: ['[fd00::7]:8600'] } }, 'https://[fd00::7]:8601'],
  ['by what is configured', { tls, relay: { publicUrl: 'https://media.example/relay' } }, 'https://media.example/relay'],
])('pages reach a relay %s', (_name, config, expected) => {
  expect(relayPageUrl(configSchema.parse(config), 8601)).toBe(expected);
});
