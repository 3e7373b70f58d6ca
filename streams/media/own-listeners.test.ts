import { expect, test } from 'vitest';
import { listenersOf, relayAddressPolicy } from './own-listeners.ts';

test('what listens is refused from the moment it is known, and not longer', async () => {
  let urls: (string | null)[] = [null, 'http://127.0.0.1:8700'];
  const policy = relayAddressPolicy(['127.0.0.0/8', '10.0.0.0/8'], () => listenersOf(urls));
  const refused = async (host: string, port: number) => {
    const checked = await policy.check(host, port);
    return checked.ok ? null : checked.error.params['reason'];
  };
  expect(await refused('127.0.0.1', 8700)).toBe('own-listener');
  expect(await refused('127.0.0.1', 554)).toBeNull();
  expect(await refused('192.168.0.1', 554)).toBe('network');
  urls = ['rtmp://127.0.0.1/live', 'http://command.city.example'];
  expect(await refused('127.0.0.1', 8700)).toBeNull();
  expect(await refused('127.0.0.1', 1935)).toBe('own-listener');
  expect(await refused('127.0.0.1', 80)).toBe('own-listener');
  expect(await refused('10.0.0.1', 80), 'the name of the hub is one of this machine, not of a camera').toBeNull();
});
