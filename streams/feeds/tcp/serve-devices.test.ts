import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { silentLog } from '../../../main/contract/log.ts';
import { ManualClock } from '../../../main/hub/readings/manual-clock.ts';
import { serveDevices, type DeviceLimits, type DeviceLink, type DeviceSession } from './serve-devices.ts';

const rest: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of rest.splice(0).reverse()) await end();
});

async function serve(limits: Partial<DeviceLimits>, session: (link: DeviceLink) => DeviceSession) {
  const end = new AbortController();
  const clock = new ManualClock();
  const told: { connections: number; why: Problem | undefined }[] = [];
  const listening = Promise.withResolvers<number>();
  const running = serveDevices({
    feedId: 'feed',
    host: '127.0.0.1',
    port: 0,
    limits,
    clock,
    log: silentLog,
    signal: end.signal,
    session,
    connected: (connections, why) => told.push({ connections, why }),
    listening: listening.resolve,
  });
  const stop = async () => {
    end.abort();
    await running;
  };
  rest.push(stop);
  return { port: await listening.promise, clock, told, stop };
}
async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  rest.push(async () => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}
const quiet = (): DeviceSession => ({ take: async () => {}, end: async () => {} });
/** Answers each piece with itself. */
const echo = (link: DeviceLink): DeviceSession => ({
  async take(bytes) {
    link.heard();
    link.send(bytes);
  },
  end: async () => {},
});
const answered = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
};

test.each([
  ['of one address', { perAddress: 2 }],
  ['in all', { connections: 2 }],
])('too many connections %s: the newest is turned away, the others go on, and the feed says so', async (_name, limits) => {
  const { port, told } = await serve(limits, echo);
  const [first, second] = [await dial(port), await dial(port)];
  expect(await answered(first, 'a')).toBe('a');
  expect(await answered(second, 'a')).toBe('a');
  const third = await dial(port);
  await once(third.resume(), 'close');
  expect(told.at(-1)).toMatchObject({ connections: 2, why: { code: 'feed-throttled' } });
  expect(await answered(second, 'b')).toBe('b');
  // One that leaves makes room.
  first.destroy();
  for (;;) {
    const fourth = await dial(port);
    fourth.write('c');
    const isIn = await Promise.race([once(fourth, 'data').then(() => true), once(fourth, 'close').then(() => false)]);
    if (isIn) break;
  }
});

test.each([
  ['of one address', { perAddress: 3 }],
  ['in all', { connections: 3 }],
])('connections that never say anything whole make room %s, the oldest first; devices do not', async (_name, limits) => {
  const { port, told } = await serve(limits, (link) => ({
    async take(bytes) {
      if (!bytes.includes(0x2e)) return;
      link.heard();
      link.send(bytes);
    },
    end: async () => {},
  }));
  const device = await dial(port);
  expect(await answered(device, 'a.')).toBe('a.');
  const oldest = await dial(port);
  const oldestOver = once(oldest.resume(), 'close');
  oldest.write('half of a');
  const older = await dial(port);
  const olderOver = once(older.resume(), 'close');
  older.write('half of a');
  const other = await dial(port);
  await oldestOver;
  expect(await answered(other, 'b.')).toBe('b.');
  // However many come, there are never more, and the device goes on.
  for (let round = 0; round < 20; round += 1) await dial(port);
  await olderOver;
  expect(await answered(device, 'c.')).toBe('c.');
  expect(Math.max(...told.map(({ connections }) => connections))).toBe(3);
});

test('a device that does not read its answers is closed', async () => {
  const { port, told } = await serve({ unreadBytes: 10_000 }, (link) => ({
    async take() {
      for (let sent = 0; sent < 200; sent += 1) link.send(new Uint8Array(100_000));
    },
    end: async () => {},
  }));
  const socket = await dial(port);
  socket.pause();
  socket.write('x');
  await expect.poll(() => told.at(-1)?.connections).toBe(0);
  expect(socket.bytesRead).toBeLessThan(20_000_000);
});

test('no more is read while a piece is being taken', async () => {
  const pieces: number[] = [];
  const go = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const { port } = await serve({}, (link) => ({
    async take(bytes) {
      link.heard();
      pieces.push(bytes.length);
      first.resolve();
      await go.promise;
    },
    end: async () => {},
  }));
  const socket = await dial(port);
  socket.write('one');
  await first.promise;
  const other = await dial(port);
  socket.write('two');
  other.write('three');
  await expect.poll(() => pieces.length).toBe(2);
  expect(pieces).toEqual([3, 5]);
  go.resolve();
  await expect.poll(() => pieces.length).toBe(3);
});

test('what a session refuses closes its connection; only what concerns the feed is told', async () => {
  const { port, told } = await serve({}, (link) => ({
    async take(bytes) {
      link.heard();
      throw new ProblemError(problem(bytes[0] === 0x6a ? 'journal-unavailable' : 'frame-malformed', { at: 'x' }));
    },
    end: async () => {},
  }));
  for (const [letter, code] of [
    ['j', 'journal-unavailable'],
    ['f', undefined],
  ] as const) {
    const socket = await dial(port);
    socket.resume().write(letter);
    await once(socket, 'close');
    await expect.poll(() => told.at(-1)).toMatchObject({ connections: 0 });
    expect(told.at(-1)!.why?.code).toBe(code);
  }
});

test('at the end sessions are over too, and nothing sleeps', async () => {
  let ended = 0;
  const { port, clock, stop } = await serve({}, () => ({ ...quiet(), end: async () => void (ended += 1) }));
  const sockets = [await dial(port), await dial(port)];
  for (const socket of sockets) socket.resume().write('x');
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  await stop();
  await Promise.all(closed);
  expect([ended, clock.sleeping]).toEqual([2, 0]);
});
