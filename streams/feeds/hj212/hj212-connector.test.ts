import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../../main/hub/readings/manual-clock.ts';
import { encodeFrame } from '../../protocols/hj212/frame.ts';
import { writePacket } from '../../protocols/hj212/packet.ts';
import { feedSettings } from '../../feed-contract.ts';
import { startFeed, type FeedRig } from '../tcp/feed-rig.ts';
import { FakeHj212Device } from './fake-device.ts';
import { hj212Connector } from './hj212-connector.ts';
import type { Hj212Settings } from './read-hj212.ts';

const at = Date.UTC(2026, 0, 5, 0, 30);
const rest: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of rest.splice(0).reverse()) await end();
});

async function start(more: object = {}): Promise<{ rig: FeedRig; clock: ManualClock; settings: Hj212Settings }> {
  const settings = feedSettings.parse({ kind: 'hj212', port: 0, ...more }) as Hj212Settings;
  const clock = new ManualClock(at);
  const rig = await startFeed(hj212Connector, settings, clock);
  rest.push(() => rig.stop());
  return { rig, clock, settings };
}
async function device(rig: FeedRig, more: object = {}): Promise<FakeHj212Device> {
  const fake = await FakeHj212Device.connect(rig.port, { mn: 'MN1', st: '32', ...more });
  rest.push(() => fake.close());
  return fake;
}
const textOf = (bytes: Uint8Array) => new TextDecoder('gbk').decode(bytes);

test('a report is answered once the journal has it, never before', async () => {
  const { rig } = await start();
  const fake = await device(rig);
  rig.journal = 'hold';
  const order: string[] = [];
  const answer = fake.report({ w01018: 32.5 }, at).then((packet) => {
    order.push('answered');
    return packet;
  });
  await rig.until(() => rig.offered.length === 1);
  // Another one comes and goes meanwhile: an answer too early would have arrived before it.
  rig.journal = 'takes';
  await (await device(rig, { mn: 'MN2' })).report({ w01018: 1 }, at);
  order.push('released');
  rig.release();
  expect(await answer).toMatchObject({ cn: '9014', st: '91', mn: 'MN1', flag: 4 });
  expect(order).toEqual(['released', 'answered']);
  expect(rig.taken).toHaveLength(2);
  expect(rig.taken[0]!.from).toMatch(/^127\.0\.0\.1:\d+$/);
});

test('what the record says is read from the record alone', async () => {
  const { rig, settings } = await start();
  const fake = await device(rig);
  await fake.report({ w01018: 32.5, w21003: { value: 1.2, flag: 'T' } }, at);
  expect(hj212Connector.reader(settings).read(rig.taken[0]!)).toMatchObject({
    ok: true,
    value: {
      sourceAt: at,
      facts: [
        { kind: 'asset', entity: 'MN1', assetKind: 'pollution-source' },
        { quantity: 'cod', value: 32.5, quality: 'good', at },
        { quantity: 'ammonia-nitrogen', value: 1.2, quality: 'suspect', flag: 'T', at },
      ],
    },
  });
});

test('a message in three packets is one record, and all three are answered', async () => {
  const { rig, settings } = await start();
  const fake = await device(rig);
  const packets = fake.packets('2011', at, { w01018: 1, w21003: 2, w21011: 3 }, 3);
  for (const packet of packets) fake.send(encodeFrame(writePacket(packet)));
  for (const packet of packets) expect(await fake.answer(packet.qn!)).toMatchObject({ cn: '9014' });
  expect(rig.taken).toHaveLength(1);
  const read = hj212Connector.reader(settings).read(rig.taken[0]!);
  expect(read.ok && read.value.facts.map((fact) => ('quantity' in fact ? fact.value : fact.kind))).toEqual(['asset', 1, 2, 3]);
  expect(read.ok && read.value.problems).toEqual([]);
});

test('a station that waits for the answer to the first packet repeats it, and gets on', async () => {
  const { rig, settings } = await start();
  const fake = await device(rig);
  const [first, second] = fake.packets('2011', at, { w01018: 1, w21003: 2 }, 2).map((packet) => encodeFrame(writePacket(packet)));
  const { qn } = fake.packets('2011', at, {})[0]!;
  expect(qn).not.toBeNull();
  fake.send(first!);
  fake.send(first!);
  await rig.until(() => rig.taken.length === 1);
  const read = hj212Connector.reader(settings).read(rig.taken[0]!);
  expect(read).toMatchObject({
    ok: true,
    value: { facts: [{ kind: 'asset' }, { value: 1 }], problems: [{ code: 'record-malformed', params: { at: 'PNUM' } }] },
  });
  fake.send(second!);
  fake.send(second!);
  await rig.until(() => rig.taken.length === 2);
});

test('packets that wait for others when the connection ends are kept all the same', async () => {
  const { rig } = await start();
  const fake = await device(rig);
  const [first] = fake.packets('2011', at, { w01018: 1, w21003: 2 }, 2);
  fake.send(encodeFrame(writePacket(first!)));
  await fake.report({ w01018: 5 }, at + 1000);
  await fake.close();
  await rig.until(() => rig.taken.length === 2);
  expect(textOf(rig.taken[1]!.bytes)).toContain('PNUM=2;PNO=1');
});

test('a frame with a wrong check is kept for quarantine and not answered; the next one is', async () => {
  const { rig, settings } = await start();
  const fake = await device(rig);
  fake.send(new TextEncoder().encode('##0012MN=1;CN=20110000\r\n'));
  expect(await fake.report({ w01018: 1 }, at)).toMatchObject({ cn: '9014' });
  expect(rig.taken).toHaveLength(2);
  expect(hj212Connector.reader(settings).read(rig.taken[0]!)).toMatchObject({ ok: false, error: { code: 'frame-checksum' } });
  expect(fake.answers).toEqual([]);
});

test('a wrong password is answered with its reason, and nothing of it is taken', async () => {
  const { rig, settings } = await start({ password: 'right' });
  const fake = await device(rig, { password: 'wrong' });
  expect(await fake.report({ w01018: 1 }, at)).toMatchObject({ cn: '9011', parameters: 'QnRtn=3' });
  expect(hj212Connector.reader(settings).read(rig.taken[0]!)).toMatchObject({ ok: false, error: { code: 'device-refused' } });
  const right = await device(rig, { password: 'right' });
  expect(await right.report({ w01018: 1 }, at)).toMatchObject({ cn: '9014' });
});

test('a station of 2005 gets its answer in the form of 2005', async () => {
  const { rig } = await start({ edition: '2005' });
  const fake = await device(rig, { edition: 0, st: '31' });
  expect(await fake.report({ '02': 35 }, at)).toMatchObject({ cn: '9014', qn: null, parameters: expect.stringMatching(/^QN=\d{17}$/) });
});

test.each(['feed-throttled', 'journal-unavailable'] as const)(
  '%s: the station waits, nothing is answered, nothing is lost',
  async (code) => {
    const { rig, clock } = await start();
    const fake = await device(rig);
    rig.journal = code;
    const answer = fake.report({ w01018: 1 }, at);
    await rig.until(() => rig.offered.length === 1);
    await clock.advance(0);
    expect(rig.taken).toEqual([]);
    expect(fake.answers).toEqual([]);
    rig.journal = 'takes';
    await clock.advance(500);
    expect(await answer).toMatchObject({ cn: '9014' });
    expect(rig.taken).toHaveLength(1);
  },
);

test('a journal that stays away closes the connection, and the feed says why', async () => {
  const { rig, clock } = await start();
  const fake = await device(rig);
  rig.journal = 'journal-unavailable';
  const answer = fake.report({ w01018: 1 }, at).catch((cause: unknown) => cause);
  for (let offers = 1; offers <= 20; offers += 1) {
    await rig.until(() => rig.offered.length === offers);
    await clock.advance(500);
  }
  await fake.closed;
  expect(await answer).toBeInstanceOf(Error);
  await rig.until(() => rig.problem?.code === 'journal-unavailable');
  expect(rig.connections).toBe(0);
});

test('a connection that sends only nonsense is closed, and costs a few records', async () => {
  const { rig } = await start();
  const fake = await device(rig);
  fake.send(new TextEncoder().encode('##0001x0000'.repeat(5000)));
  await fake.closed;
  await rig.until(() => rig.connections === 0);
  expect(rig.taken.length).toBeGreaterThan(0);
  expect(rig.taken.length).toBeLessThan(20);
  const other = await device(rig);
  other.send(new Uint8Array(300 * 1024));
  await other.closed;
  expect(rig.problem).toBeUndefined();
});

test('a connection that has been silent for too long is closed, another one is not', async () => {
  const { rig, clock } = await start();
  const [silent, alive] = [await device(rig), await device(rig)];
  await rig.until(() => rig.connections === 2);
  await clock.advance(10 * 60_000);
  await alive.report({ w01018: 1 }, at);
  await clock.advance(6 * 60_000);
  await silent.closed;
  await rig.until(() => rig.connections === 1);
  expect(await alive.report({ w01018: 2 }, at + 1000)).toMatchObject({ cn: '9014' });
});

test('a port that is taken is said so', async () => {
  const { rig } = await start();
  const settings = feedSettings.parse({ kind: 'hj212', port: rig.port }) as Hj212Settings;
  await expect(startFeed(hj212Connector, settings, new ManualClock())).rejects.toMatchObject({
    problem: { code: 'port-taken', params: { port: rig.port } },
  });
});

test('when it ends, its connections are closed and nothing sleeps on', async () => {
  const { rig, clock } = await start();
  const fake = await device(rig);
  await fake.report({ w01018: 1 }, at);
  await rig.stop();
  await fake.closed;
  expect(clock.sleeping).toBe(0);
});
