import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../../main/hub/readings/manual-clock.ts';
import { problem } from '../../../main/contract/errors.ts';
import { err, ok } from '../../../main/contract/result.ts';
import { feedSettings, type FeedSettings, type ObservationFact } from '../../feed-contract.ts';
import type { RecordReader } from '../feed-connector.ts';
import { startFeed, type FeedRig } from '../tcp/feed-rig.ts';
import { FakeBroker } from './fake-broker.ts';
import { createMqttConnector } from './mqtt-connector.ts';

type MqttSettings = Extract<FeedSettings, { kind: 'mqtt' }>;

/** A number is a value without a time, `{"at":…}` one with it; anything else is nothing. */
const numbers: RecordReader = {
  name: 'numbers/1',
  read({ bytes, contentType }) {
    const said = JSON.parse(new TextDecoder().decode(bytes)) as number | { at: number };
    if (typeof said !== 'number' && typeof said.at !== 'number') return err(problem('record-empty'));
    const fact: ObservationFact = {
      kind: 'observation',
      entity: contentType ?? 'x',
      quantity: 'temperature',
      value: typeof said === 'number' ? said : 1,
      quality: 'good',
      flag: null,
      at: typeof said === 'number' ? null : said.at,
    };
    return ok({ facts: [fact], problems: [], sourceAt: null, ignored: false });
  },
};
const connector = createMqttConnector({ mapping: () => numbers, ngsi: () => numbers, indicator: () => numbers });
const rest: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of rest.splice(0).reverse()) await end();
});

async function broker(more: object = {}): Promise<FakeBroker> {
  const fake = await FakeBroker.start(more);
  rest.push(() => fake.stop());
  return fake;
}
const settingsOf = (url: string, more: object = {}) =>
  feedSettings.parse({ kind: 'mqtt', url, topics: ['city/+/temperature'], payload: 'indicator', ...more }) as MqttSettings;
async function start(fake: FakeBroker, clock = new ManualClock()): Promise<FeedRig> {
  const rig = await startFeed(connector, settingsOf(`mqtt://127.0.0.1:${fake.port}`), clock, false);
  rest.push(() => rig.stop());
  await rig.until(() => rig.connections === 1);
  return rig;
}
const textOf = (rig: FeedRig) => rig.taken.map(({ bytes }) => new TextDecoder().decode(bytes));

test('a message is acknowledged once the journal has it, never before', async () => {
  const fake = await broker();
  const rig = await start(fake);
  rig.journal = 'hold';
  fake.publish('city/a/temperature', '21.5', { contentType: 'application/json' });
  fake.publish('city/a/pressure', '99');
  await rig.until(() => rig.offered.length === 1);
  // Another one comes and goes meanwhile: an acknowledgement too early would have arrived before it.
  rig.journal = 'takes';
  fake.publish('city/b/temperature', '30');
  await fake.until(() => fake.acknowledged.length > 0);
  expect(fake.acknowledged).toEqual(['30']);
  rig.release();
  await fake.until(() => fake.unacknowledged === 0);
  expect(fake.acknowledged).toEqual(['30', '21.5']);
  expect(rig.taken).toMatchObject([
    { from: 'city/b/temperature' },
    { from: 'city/a/temperature', contentType: 'application/json;topic=city/a/temperature' },
  ]);
});

test('many are on their way at once: one group of the journal does not hold up the next message', async () => {
  const fake = await broker();
  const rig = await start(fake);
  rig.journal = 'hold';
  for (let number = 0; number < 1000; number += 1) fake.publish('city/a/temperature', String(number));
  await rig.until(() => rig.offered.length === 256);
  // The broker sends no more before one is acknowledged.
  expect(fake.unacknowledged).toBe(256);
  rig.release();
  await fake.until(() => fake.acknowledged.length === 1000);
  expect(textOf(rig)).toEqual(Array.from({ length: 1000 }, (_, number) => String(number)));
});

test('what the journal did not have is sent again after a break, and nothing is lost that came meanwhile', async () => {
  const fake = await broker();
  const first = await start(fake);
  first.journal = 'hold';
  fake.publish('city/a/temperature', '1');
  await first.until(() => first.offered.length === 1);
  const stopping = first.stop();
  await fake.until(() => fake.connections === 0);
  await stopping;
  expect(fake.acknowledged).toEqual([]);
  fake.publish('city/a/temperature', '2');
  const second = await start(fake);
  await fake.until(() => fake.unacknowledged === 0 && fake.acknowledged.length === 2);
  expect(textOf(second)).toEqual(['1', '2']);
});

test('a connection that breaks off ends the run with its reason', async () => {
  const fake = await broker();
  const rig = await start(fake);
  fake.drop();
  expect(await rig.failed).toMatchObject({ problem: { code: 'feed-unreachable' } });
});

test('a broker that is not there, and one that refuses us', async () => {
  const fake = await broker({ login: { user: 'hub', password: 'p@ss/word' } });
  const gone = await FakeBroker.start();
  const port = gone.port;
  await gone.stop();
  const begin = (url: string) => startFeed(connector, settingsOf(url), new ManualClock(), false);
  const failure = async (url: string) => (await begin(url)).failed;
  expect(await failure(`mqtt://127.0.0.1:${port}`)).toMatchObject({ problem: { code: 'feed-unreachable' } });
  expect(await failure(`mqtt://hub:wrong@127.0.0.1:${fake.port}`)).toMatchObject({
    problem: { code: 'feed-refused', params: { status: 0x86 } },
  });
  const rig = await begin(`mqtt://hub:p%40ss%2Fword@127.0.0.1:${fake.port}`);
  await rig.until(() => rig.connections === 1);
  await rig.stop();
});

test('retained messages come once, are marked, and are no reason for an alarm when they tell no time', async () => {
  const fake = await broker();
  fake.publish('city/a/temperature', '20', { retain: true });
  fake.publish('city/b/temperature', '{"at":1000}', { retain: true });
  const first = await start(fake);
  await fake.until(() => fake.acknowledged.length === 2);
  fake.publish('city/a/temperature', '22');
  await fake.until(() => fake.acknowledged.length === 3);
  const reader = connector.reader(settingsOf('mqtt://localhost'));
  const facts = first.taken.flatMap((record) => {
    // A journal does not keep who sent it.
    const read = reader.read({ ...record, from: null });
    return read.ok ? read.value.facts : [];
  });
  expect(facts).toMatchObject([
    { value: 20, quality: 'suspect', flag: 'retained', entity: 'x' },
    { value: 1, quality: 'good', flag: null, at: 1000 },
    { value: 22, quality: 'good', flag: null },
  ]);
  await first.stop();
  const second = await start(fake);
  fake.publish('city/a/temperature', '23');
  await fake.until(() => fake.acknowledged.length === 4);
  expect(textOf(second)).toEqual(['23']);
});

test('a message without a payload says nothing, and waits for nobody in quarantine', () => {
  const reader = connector.reader(settingsOf('mqtt://localhost'));
  for (const contentType of [null, 'text/plain; retained=true'])
    expect(reader.read({ bytes: new Uint8Array(), contentType, receivedAt: 0, from: null })).toMatchObject({
      ok: true,
      value: { ignored: true, facts: [], problems: [] },
    });
});

test('a throttled feed waits, and a record that can never be taken is refused for good', async () => {
  const fake = await broker();
  const clock = new ManualClock();
  const rig = await start(fake, clock);
  rig.journal = 'feed-throttled';
  fake.publish('city/a/temperature', '1');
  await rig.until(() => rig.offered.length === 1);
  await clock.advance(0);
  expect(fake.acknowledged).toEqual([]);
  rig.journal = 'takes';
  await clock.advance(500);
  await fake.until(() => fake.acknowledged.length === 1);
  rig.journal = 'record-too-large';
  fake.publish('city/a/temperature', '2');
  await fake.until(() => fake.refusals.length === 1);
  expect([fake.refusals, fake.unacknowledged]).toEqual([[0x99], 0]);
});

test('messages of quality 0 are taken too, and cannot pile up', async () => {
  const fake = await broker();
  const rig = await start(fake);
  rig.journal = 'hold';
  for (let number = 0; number < 600; number += 1) fake.publish('city/a/temperature', String(number), { qos: 0 });
  await rig.until(() => rig.offered.length === 256);
  rig.release();
  await rig.until(() => rig.taken.length === 600);
  expect(fake.unacknowledged).toBe(0);
});

test('settings: other protocols, and a mapping that is missing', () => {
  const parse = (more: object) =>
    feedSettings.safeParse({ kind: 'mqtt', url: 'mqtt://h', topics: ['a'], payload: 'ngsi', ...more }).success;
  expect(parse({})).toBe(true);
  expect(parse({ url: 'http://h' })).toBe(false);
  expect(parse({ payload: 'mapping' })).toBe(false);
});
