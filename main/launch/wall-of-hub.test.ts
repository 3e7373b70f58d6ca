import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { Display } from '../../layouts/displays.ts';
import { wallOfHub } from './wall-of-hub.ts';

const display = (x: number): Display => ({ id: `${x}`, label: '', bounds: { x, y: 0, width: 10, height: 10 }, scaleFactor: 1 });

test.each<[string, string[] | null, Display[] | null, string[]]>([
  ['one for each display', null, [display(0), display(10), display(20)], ['1', '2', '3']],
  ['those that are named', ['4', '5'], [display(0), display(10), display(20)], ['4', '5']],
  ['one where nobody can tell', null, null, ['1']],
  ['one where no display is on yet', null, [], ['1']],
])('%s', (_, named, displays, expected) => {
  expect(
    wallOfHub('http://127.0.0.1:8600', named)
      .screens(displays)
      .map(({ id }) => id),
  ).toEqual(expected);
});

test('there is a link while the hub answers, and none while it is away', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { city } = wallOfHub(hub, null);
  expect(await city.wallLink('main', '东 1')).toBe(`${hub}/wall/main/${encodeURIComponent('东 1')}`);
  server.close();
  await once(server, 'close');
  await expect(city.wallLink('main', '1')).rejects.toThrow();
});
