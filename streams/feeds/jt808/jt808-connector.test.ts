import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../../main/hub/readings/manual-clock.ts';
import { encodeMessage } from '../../protocols/jt808/message.ts';
import { encodePosition } from '../../protocols/jt808/position.ts';
import { feedSettings } from '../../feed-contract.ts';
import { startFeed, type FeedRig } from '../tcp/feed-rig.ts';
import { FakeJt808Device, fakePosition } from './fake-device.ts';
import { jt808Connector } from './jt808-connector.ts';
import type { Jt808Settings } from './read-jt808.ts';

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
async function terminal(rig: FeedRig, more: object = {}): Promise<FakeJt808Device> {
  const fake = await FakeJt808Device.connect(rig.port, { phone: '13812345678', plate: '苏B12345', ...more });
  rest.push(() => fake.close());
  return fake;
}

test.each([null, 1])('a terminal registers, authenticates and reports, version %s', async (version) => {
  const { rig } = await start();
  const fake = await terminal(rig, { version });
  const code = await fake.logIn();
  expect(code).toMatch(/^[0-9a-f]{12}$/);
  expect(await fake.heartbeat()).toBe(0);
  expect(await fake.report(fakePosition(at, 31.34, 119.82))).toBe(0);
  expect(rig.taken).toHaveLength(4);
  const outcomes = rig.taken.map((record) => {
    const read = reader.read(record);
    return read.ok ? (read.value.ignored ? 'ignored' : read.value.facts[0]?.kind) : read.error.code;
  });
  expect(outcomes).toEqual(['asset', 'ignored', 'ignored', 'asset']);
  // It is the same one after every start.
  expect(await (await terminal(rig, { version })).logIn()).toBe(code);
});

test('a position is answered once the journal has it, never before', async () => {
  const { rig } = await start();
  const fake = await terminal(rig);
  rig.journal = 'hold';
  const order: string[] = [];
  const answer = fake.report(fakePosition(at, 31.34, 119.82, { alarms: [0] })).then(() => order.push('answered'));
  await rig.until(() => rig.offered.length === 1);
  // Another one comes and goes meanwhile: an answer too early would have arrived before it.
  rig.journal = 'takes';
  await (await terminal(rig, { phone: '13900000000' })).heartbeat();
  order.push('released');
  rig.release();
  await answer;
  expect(order).toEqual(['released', 'answered']);
  expect(rig.taken).toHaveLength(2);
});

test('kept positions in packets are one record, and each packet is answered', async () => {
  const { rig } = await start();
  const fake = await terminal(rig);
  const positions = Array.from({ length: 40 }, (_, index) => fakePosition(at - index * 1000, 31.34, 119.82));
  expect(await fake.reportLate(positions, 400)).toBe(0);
  expect(rig.taken).toHaveLength(1);
  const read = reader.read(rig.taken[0]!);
  expect(read.ok && read.value.facts.filter((fact) => fact.kind === 'observation' && fact.quantity === 'latitude')).toHaveLength(40);
  // The others stay unasked for.
  expect(fake.heard.length).toBeGreaterThan(1);
});

test('a packet that is repeated ends the waiting: what came is kept and answered', async () => {
  const { rig } = await start();
  const fake = await terminal(rig);
  const packet = {
    id: 0x0704,
    phone: '13812345678',
    serial: 5,
    version: null,
    encryption: 0,
    split: { total: 2, index: 1 },
    body: new Uint8Array(10),
  };
  fake.sendBytes(encodeMessage(packet));
  fake.sendBytes(encodeMessage(packet));
  expect(await fake.answered(0x0704, 5)).toBe(0);
  expect(reader.read(rig.taken[0]!)).toMatchObject({ ok: false, error: { code: 'record-malformed' } });
});

test('a message that nobody knows is kept and answered as not supported', async () => {
  const { rig } = await start();
  const fake = await terminal(rig);
  expect(await fake.answered(0x0fff, fake.send(0x0fff, new Uint8Array(3)))).toBe(3);
  expect(reader.read(rig.taken[0]!)).toMatchObject({ ok: false, error: { code: 'record-unsupported' } });
});

test('an answer of the terminal is not answered; the time is told', async () => {
  const { rig } = await start();
  const fake = await terminal(rig);
  fake.send(0x0001, Uint8Array.of(0, 1, 0x83, 0, 0));
  fake.send(0x0004, new Uint8Array(0));
  expect(await fake.heartbeat()).toBe(0);
  expect(fake.heard.map(({ id, body }) => [id, Buffer.from(body).toString('hex')])).toEqual([[0x8004, '260105003000']]);
});

test('a frame with a wrong check is kept for quarantine and not answered', async () => {
  const { rig } = await start();
  const fake = await terminal(rig);
  const body = encodePosition(fakePosition(at, 31.34, 119.82));
  const frame = encodeMessage({ id: 0x0200, phone: '13812345678', serial: 77, version: null, encryption: 0, split: null, body });
  fake.sendBytes(frame.with(20, frame[20]! ^ 0x10));
  expect(await fake.heartbeat()).toBe(0);
  expect(reader.read(rig.taken[0]!)).toMatchObject({ ok: false, error: { code: 'frame-checksum' } });
  expect(fake.heard).toEqual([]);
});

test('a terminal that sends faster than it may waits, and loses nothing', async () => {
  const { rig, clock } = await start();
  const fake = await terminal(rig);
  rig.journal = 'feed-throttled';
  const answers = Array.from({ length: 50 }, (_, index) => fake.report(fakePosition(at + index, 31.34, 119.82)));
  await rig.until(() => rig.offered.length >= 1);
  await clock.advance(0);
  rig.journal = 'takes';
  await clock.advance(500);
  expect(new Set(await Promise.all(answers))).toEqual(new Set([0]));
  expect(rig.taken).toHaveLength(50);
});

test('a connection that sends only nonsense is closed, and costs a few records', async () => {
  const { rig } = await start();
  const fake = await terminal(rig);
  fake.sendBytes(Buffer.from('7e00'.repeat(20_000), 'hex'));
  await fake.closed;
  await rig.until(() => rig.connections === 0);
  expect(rig.taken.length).toBeLessThan(20);
});
