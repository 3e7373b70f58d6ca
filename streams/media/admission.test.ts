import { expect, test } from 'vitest';
import { Admission } from './admission.ts';

const admission = new Admission('10.1.2.3');
admission.allow(['http://Wall.example:8600'], ['media.city.example', 'other.example:8443']);

test.each([
  ['127.0.0.1:8700', true],
  ['localhost:8700', true],
  ['LOCALHOST:8700', true],
  ['[::1]:8700', true],
  ['10.1.2.3:8700', true],
  ['192.168.7.7:8700', true], // the address this connection came in by
  ['media.city.example', true],
  ['other.example:8443', true],
  ['localhost:8701', false],
  ['localhost', false],
  ['192.168.7.8:8700', false],
  ['other.example:8700', false],
  ['evil.example:8700', false],
  ['localhost:8700.evil.example', false],
  ['evil@localhost:8700', false],
  ['', false],
  [undefined, false],
  ['a'.repeat(1000), false],
])('Host %s: %s', (host, allowed) => {
  expect(admission.isHost(host, '::ffff:192.168.7.7', 8700)).toBe(allowed);
});

test('a hub that is still starting takes nothing away from the pages of the one before', () => {
  const restarted = new Admission('127.0.0.1');
  restarted.allow(['http://a.example'], []);
  restarted.allow([], []);
  expect(restarted.isOrigin('http://a.example')).toBe(true);
  restarted.allow(['http://b.example'], []);
  expect(restarted.isOrigin('http://a.example')).toBe(false);
});

test('only the origins that the hub named', () => {
  expect(admission.isOrigin('http://wall.example:8600')).toBe(true);
  for (const origin of ['null', 'http://wall.example', 'https://wall.example:8600', 'http://wall.example:8600.evil.example'])
    expect(admission.isOrigin(origin)).toBe(false);
});
