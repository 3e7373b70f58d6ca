import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Problem } from '../../../main/contract/errors.ts';
import { silentLog } from '../../../main/contract/log.ts';
import { ManualClock } from '../../../main/hub/readings/manual-clock.ts';
import { encodeMessage } from '../../protocols/jt808/message.ts';
import { encodePosition } from '../../protocols/jt808/position.ts';
import { feedSettings } from '../../feed-contract.ts';
import { startFeed, type FeedRig } from '../tcp/feed-rig.ts';
import { FakeJt808Device, fakePosition } from './fake-device.ts';
import { jt808Connector } from './jt808-connector.ts';
import type { Jt808Settings } from './read-jt808.ts';
import { serveDatagrams, type DatagramLimits } from './serve-datagrams.ts';

const at = Date.UTC(2026, 0, 5, 0, 30);
const settings = feedSettings.parse({ kind: 'jt808', port: 0 }) as Jt808Settings;
const reader = jt808Connector.reader(settings);
const rest: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of rest.splice(0).reverse()) await end();
});

async function start(): Promise<{ rig: FeedRig; clock: ManualClock }> {
  const clock = new ManualClock(at);
  const rig = await startFeed(jt808Connector, settings, clock);
  rest.push(() => rig.stop());
  return { rig, clock };
}
async function terminal(port: number, more: object = {}): Promise<FakeJt808Device> {
  const fake = await FakeJt808Device.overUdp(port, { phone: '13812345678', plate: '苏B12345', ...more });
  rest.push(() => fake.close());
  return fake;
}
const position = () => encodePosition(fakePosition(at, 31.34, 119.82));
const frame = (id: number, body: Uint8Array, more: object = {}) =>
  encodeMessage({ id, phone: '13812345678', serial: 9, version: null, encryption: 0, split: null, body, ...more });

test.each([null, 1])('a terminal registers, authenticates and reports by datagrams, version %s', async (version) => {
  const { rig } = await start();
  const fake = await terminal(rig.port, { version });
  expect(await fake.logIn()).toMatch(/^[0-9a-f]{12}$/);
  expect(await fake.heartbeat()).toBe(0);
  expect(await fake.report(fakePosition(at, 31.34, 119.82))).toBe(0);
  expect(rig.connections).toBe(1);
  const outcomes = rig.taken.map((record) => {
    const read = reader.read(record);
    return read.ok ? (read.value.ignored ? 'ignored' : read.value.facts[0]?.kind) : read.error.code;
  });
  expect(outcomes).toEqual(['asset', 'ignored', 'ignored', 'asset']);
});

test('connections and datagrams come by the same port, and are counted together', async () => {
  const { rig } = await start();
  const byTcp = await FakeJt808Device.connect(rig.port, { phone: '1', plate: 'A' });
  rest.push(() => byTcp.close());
  const byUdp = await terminal(rig.port);
  expect(await byTcp.heartbeat()).toBe(0);
  expect(await byUdp.heartbeat()).toBe(0);
  expect(rig.connections).toBe(2);
  await byTcp.close();
  await rig.until(() => rig.connections === 1);
});

test('a datagram is answered once the journal has it; one that it does not take is not answered, and comes again', async () => {
  const { rig } = await start();
  const fake = await terminal(rig.port);
  rig.journal = 'journal-unavailable';
  fake.send(0x0002, new Uint8Array(0));
  await rig.until(() => rig.offered.length === 1);
  rig.journal = 'takes';
  expect(await fake.heartbeat()).toBe(0);
  // An answer to the first would have come before.
  expect(fake.heard).toEqual([]);
  expect(rig.taken).toHaveLength(1);
});

test('several frames in a datagram, and a message in several datagrams in any order, are read', async () => {
  const { rig } = await start();
  const fake = await terminal(rig.port);
  fake.sendBytes(Buffer.concat([frame(0x0002, new Uint8Array(0), { serial: 1 }), frame(0x0200, position(), { serial: 2 })]));
  expect(await fake.answered(0x0200, 2)).toBe(0);
  expect(rig.taken).toHaveLength(2);
  const late = Array.from({ length: 40 }, (_, index) => fakePosition(at - index * 1000, 31.34, 119.82));
  expect(await fake.reportLate(late, 400)).toBe(0);
  const read = reader.read(rig.taken[2]!);
  expect(read.ok && read.value.facts.filter((fact) => fact.kind === 'observation' && fact.quantity === 'latitude')).toHaveLength(40);
});

test('a packet from another address does not complete a message', async () => {
  const { rig } = await start();
  const [mine, others] = [await terminal(rig.port), await terminal(rig.port)];
  const part = (index: number) => frame(0x0704, new Uint8Array(4), { serial: 10 + index, split: { total: 2, index } });
  mine.sendBytes(part(1));
  others.sendBytes(part(2));
  expect(await others.heartbeat()).toBe(0);
  expect(rig.taken).toHaveLength(1);
  mine.sendBytes(part(2));
  await rig.until(() => rig.taken.length === 2);
});

test.each([
  ['no frame', Buffer.from('hello')],
  ['a wrong check', frame(0x0200, position()).with(20, frame(0x0200, position())[20]! ^ 0x10)],
  ['half a frame', frame(0x0200, position()).subarray(0, 20)],
])('%s is kept for quarantine and not answered', async (_what, bytes) => {
  const { rig } = await start();
  const fake = await terminal(rig.port);
  fake.sendBytes(bytes);
  await rig.until(() => rig.taken.length === 1);
  expect(reader.read(rig.taken[0]!).ok).toBe(false);
  expect(await fake.heartbeat()).toBe(0);
  expect(fake.heard).toEqual([]);
});

/** Without the connections, with limits of the test's own. */
async function datagrams(limits: Partial<DatagramLimits>, take: (bytes: Uint8Array) => Promise<void> = async () => {}) {
  const end = new AbortController();
  const clock = new ManualClock(at);
  const told: { peers: number; why: Problem | undefined }[] = [];
  const listening = Promise.withResolvers<number>();
  const taken: Uint8Array[] = [];
  const running = serveDatagrams({
    feedId: 'feed',
    listenHost: '127.0.0.1',
    port: 0,
    limits,
    clock,
    log: silentLog,
    signal: end.signal,
    async take({ bytes }) {
      await take(bytes);
      taken.push(bytes);
    },
    listening: listening.resolve,
    heard: (peers, why) => told.push({ peers, why }),
  });
  const stop = async () => {
    end.abort();
    await running;
  };
  rest.push(stop);
  return { port: await listening.promise, clock, told, taken, stop };
}

test('nonsense costs a few records a second, and the feed says that the rest was dropped', async () => {
  const { port, clock, told, taken } = await datagrams({ faultsPerSecond: 3 });
  const fake = await terminal(port);
  for (let sent = 0; sent < 200; sent += 1) fake.sendBytes(Buffer.from('nonsense'));
  expect(await fake.heartbeat()).toBe(0);
  expect(taken.length).toBe(4);
  await clock.advance(1000);
  expect(told.at(-1)).toMatchObject({ why: { code: 'feed-throttled' } });
  await clock.advance(1000);
  expect(told.at(-1)!.why).toBeUndefined();
});

test('more than may wait for the journal is dropped, never kept', async () => {
  const go = Promise.withResolvers<void>();
  const { port, clock, told, taken } = await datagrams({ waiting: 2 }, () => go.promise);
  const fake = await terminal(port);
  for (let sent = 0; sent < 20; sent += 1) fake.send(0x0002, new Uint8Array(0));
  await expect
    .poll(async () => {
      await clock.advance(1000);
      return told.some(({ why }) => why?.code === 'feed-throttled');
    })
    .toBe(true);
  go.resolve();
  await expect.poll(() => taken.length).toBe(2);
  expect(await fake.heartbeat()).toBe(0);
});

test('senders are counted, bounded, and forgotten when they are silent', async () => {
  const { port, clock, told } = await datagrams({ peers: 3, idleMs: 60_000 });
  for (let index = 0; index < 6; index += 1) expect(await (await terminal(port)).heartbeat()).toBe(0);
  expect(Math.max(...told.map(({ peers }) => peers))).toBe(3);
  await clock.advance(61_000);
  expect(told.at(-1)).toEqual({ peers: 0, why: undefined });
});

test('a port that is taken is told as that', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  rest.push(async () => void socket.close());
  const running = serveDatagrams({
    feedId: 'feed',
    listenHost: '127.0.0.1',
    port: socket.address().port,
    clock: new ManualClock(),
    log: silentLog,
    signal: new AbortController().signal,
    take: async () => {},
    listening: () => {},
    heard: () => {},
  });
  await expect(running).rejects.toMatchObject({ problem: { code: 'port-taken' } });
});

test('whatever comes, it goes on, and what it answers is no longer than what asked by more than a little', async () => {
  const { port, clock } = await datagrams({ faultsPerSecond: 1_000_000, waiting: 1_000_000 });
  const socket = createSocket('udp4');
  rest.push(async () => void socket.close());
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let longest = 0;
  socket.on('message', (bytes) => (longest = Math.max(longest, bytes.length)));
  const whole = frame(0x0200, position());
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constant(whole),
    fc.constant(frame(0x0100, new Uint8Array(0))),
    fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([index, by]) => whole.with(index, by)),
    fc.record({ total: fc.nat(0xffff), index: fc.nat(0xffff) }).map((split) => frame(0x0704, new Uint8Array(8), { split })),
  );
  const fake = await terminal(port);
  const pieces = fc.sample(fc.array(piece, { minLength: 1, maxLength: 4 }), { seed: 808, numRuns: 400 });
  for (const [index, each] of pieces.entries()) {
    socket.send(Buffer.concat(each).subarray(0, 1400));
    // A burst would be the kernel's to drop, and prove nothing.
    if (index % 20 === 0) expect(await fake.heartbeat()).toBe(0);
  }
  await clock.advance(1000);
  expect(await fake.heartbeat()).toBe(0);
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(60);
});
