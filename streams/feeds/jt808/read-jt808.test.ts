import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMessage, encodeSplit } from '../../protocols/jt808/message.ts';
import { encodePosition, encodePositions, type Jt808Position } from '../../protocols/jt808/position.ts';
import { encodeRegistration } from '../../protocols/jt808/session.ts';
import { alarmBits } from '../../protocols/jt808/tables.ts';
import { fact, feedSettings } from '../../feed-contract.ts';
import { isQuantity } from '../../systems/quantities.ts';
import { fakePosition } from './fake-device.ts';
import { createJt808Reader, type Jt808Settings } from './read-jt808.ts';

const at = Date.UTC(2026, 0, 5, 0, 30, 5);
const settings = (more: object = {}) => feedSettings.parse({ kind: 'jt808', port: 0, ...more }) as Jt808Settings;
const readBytes = (bytes: Uint8Array, more: object = {}) =>
  createJt808Reader(settings(more)).read({ bytes, contentType: null, receivedAt: at, from: null });
const frame = (id: number, body: Uint8Array, more: object = {}) =>
  encodeMessage({ id, phone: '13812345678', serial: 9, version: null, encryption: 0, split: null, body, ...more });
const read = (id: number, body: Uint8Array, more: object = {}) => readBytes(frame(id, body), more);
const here = (more: Partial<Jt808Position> = {}) => fakePosition(at, 31.34, 119.82, more);
const values = (result: ReturnType<typeof read>) =>
  result.ok
    ? Object.fromEntries(result.value.facts.flatMap((one) => (one.kind === 'observation' ? [[one.quantity, one.value]] : [])))
    : result.error.code;
const events = (result: ReturnType<typeof read>) => (result.ok ? result.value.facts.filter((one) => one.kind === 'event') : []);

test('a position becomes values of a vehicle', () => {
  const result = read(
    0x0200,
    encodePosition(
      here({
        speedKmh: 43.2,
        direction: 270,
        items: new Map([
          [1, Uint8Array.of(0, 0, 4, 210)],
          [2, Uint8Array.of(1, 0)],
        ]),
      }),
    ),
  );
  expect(result).toMatchObject({ ok: true, value: { sourceAt: at, ignored: false, problems: [] } });
  expect(values(result)).toEqual({
    latitude: 31.34,
    longitude: 119.82,
    speed: 43.2,
    direction: 270,
    mileage: 123.4,
    fuel: 25.6,
    state: 'on',
    alarm: 'none',
  });
  expect(result.ok && result.value.facts[0]).toMatchObject({ kind: 'asset', entity: '13812345678', assetKind: 'vehicle', name: null });
  expect(
    result.ok &&
      result.value.facts
        .slice(1)
        .every((one) => one.kind === 'observation' && one.quality === 'good' && one.at === at && isQuantity(one.quantity)),
  ).toBe(true);
});

test('a terminal without a sensor writes ones: no alarm of every kind, no mileage, no fuel', () => {
  const result = read(
    0x0200,
    encodePosition(
      here({
        alarms: Array.from({ length: 32 }, (_, number) => number),
        items: new Map([
          [1, Uint8Array.of(255, 255, 255, 255)],
          [2, Uint8Array.of(255, 255)],
        ]),
      }),
    ),
  );
  expect(events(result)).toEqual([]);
  expect(values(result)).toEqual({ latitude: 31.34, longitude: 119.82, speed: 30, direction: 90, state: 'on', alarm: null });
  expect(result).toMatchObject({
    value: { facts: expect.arrayContaining([expect.objectContaining({ quantity: 'alarm', quality: 'no-data' })]) },
  });
});

test.each<[string, Partial<Jt808Position>, unknown, string]>([
  ['south and west', { lat: -31.34, lon: -119.82 }, -31.34, 'good'],
  ['without satellites', { status: 0b01 }, 31.34, 'suspect'],
  ['nowhere', { lat: 0, lon: 0, status: 0b01 }, null, 'no-data'],
])('%s', (_name, more, latitude, quality) => {
  const result = read(0x0200, encodePosition(here(more)));
  expect(result).toMatchObject({
    ok: true,
    value: { facts: [{}, { quantity: 'latitude', value: latitude, quality }, { quantity: 'longitude', quality }, {}, {}, {}, {}] },
  });
});

test.each<[string, number[], string, string[]]>([
  ['an SOS', [0], 'sos', [`vehicle.sos 13812345678/sos/${at} critical`]],
  ['speeding is a state, no event', [1], 'overspeed', []],
  [
    'a rollover while speeding: the gravest is the state',
    [1, 30],
    'rollover',
    [`vehicle.rollover 13812345678/rollover/${Date.UTC(2026, 0, 5)} critical`],
  ],
  ['a bit that means nothing', [17], 'none', []],
])('%s', (_name, alarms, state, expected) => {
  const result = read(0x0200, encodePosition(here({ alarms })));
  expect(values(result)).toMatchObject({ alarm: state });
  expect(events(result).map((one) => one.kind === 'event' && `${one.class} ${one.external} ${one.severity}`)).toEqual(expected);
});

test('an event says whose, where and for how long, and is the same when it is told again', () => {
  const vehicles = [{ id: '013812345678', name: '苏B12345', assetKind: 'vehicle', place: { district: '320282' } }];
  const sos = encodePosition(here({ alarms: [0] }));
  const [event] = events(read(0x0200, sos, { vehicles }));
  expect(event).toMatchObject({
    title: '苏B12345 紧急报警',
    place: { lat: 31.34, lon: 119.82, datum: 'wgs84' },
    at,
    startsAt: at,
    endsAt: at + 3_600_000,
    status: 'open',
    version: 1,
  });
  expect(events(read(0x0200, sos, { vehicles }))).toEqual([event]);
  const result = read(0x0200, sos, { vehicles });
  expect(result.ok && result.value.facts[0]).toMatchObject({ name: '苏B12345', place: { district: '320282' } });
});

test('a registration names the vehicle', () => {
  const registration = { province: 32, city: 282, maker: 'TAODU', model: 'T1', terminal: 'A000001', plateColour: 2, plate: '苏B12345' };
  expect(read(0x0100, encodeRegistration(registration, null))).toMatchObject({
    ok: true,
    value: {
      ignored: false,
      facts: [{ kind: 'asset', entity: '13812345678', name: '苏B12345', properties: { plateColour: 2, terminal: 'A000001' } }],
    },
  });
});

test('kept positions: each by its own time; one without a time is a problem', () => {
  const result = read(0x0704, encodePositions([here(), here({ at: at - 60_000, speedKmh: 10 }), here({ at: null })], true));
  expect(result).toMatchObject({ ok: true, value: { problems: [{ code: 'time-invalid' }] } });
  const times = result.ok
    ? result.value.facts.flatMap((one) => (one.kind === 'observation' && one.quantity === 'speed' ? [one.at] : []))
    : [];
  expect(times).toEqual([at, at - 60_000]);
});

test('kept positions in packets are put together; a missing packet is told', () => {
  const body = encodePositions(
    Array.from({ length: 30 }, (_, index) => here({ at: at - index * 1000 })),
    true,
  );
  const frames = encodeSplit({ id: 0x0704, phone: '13812345678', serial: 0xffff, version: null, encryption: 0, body }, 300);
  expect(frames.length).toBeGreaterThan(3);
  const all = readBytes(Buffer.concat(frames.toReversed()));
  expect(all.ok && all.value.facts.filter((one) => one.kind === 'observation' && one.quantity === 'speed')).toHaveLength(30);
  expect(readBytes(Buffer.concat(frames.slice(1)))).toMatchObject({
    ok: false,
    error: { code: 'record-malformed', params: { at: 'packets' } },
  });
});

test('a position that is told now and has no time has that of its receipt', () => {
  expect(read(0x0200, encodePosition(here({ at: null, alarms: [0] })))).toMatchObject({
    ok: true,
    value: {
      sourceAt: null,
      problems: [{ code: 'time-invalid' }],
      facts: [{}, { at: null }, {}, {}, {}, {}, {}, { external: '13812345678/sos/now' }],
    },
  });
});

test.each([0x0001, 0x0002, 0x0003, 0x0102, 0x0801])('%i says nothing of the city', (id) => {
  expect(read(id, new Uint8Array(5))).toMatchObject({ ok: true, value: { ignored: true, facts: [] } });
});

test.each<[string, Uint8Array, string]>([
  ['nothing', new Uint8Array(0), 'record-malformed'],
  ['no frame', Uint8Array.of(1, 2, 3), 'record-malformed'],
  ['a wrong check', frame(0x0002, new Uint8Array(0)).with(12, 0x55), 'frame-checksum'],
  ['a message that nobody knows', frame(0x0fff, new Uint8Array(0)), 'record-unsupported'],
  ['an encrypted one', frame(0x0200, encodePosition(here()), { encryption: 1 }), 'record-unsupported'],
  ['a position that is too short', frame(0x0200, new Uint8Array(8)), 'frame-malformed'],
])('%s is a problem, never an empty list', (_name, bytes, code) => {
  expect(readBytes(bytes)).toMatchObject({ ok: false, error: { code } });
});

test('whatever a message holds, the reader does not throw, and its facts are facts', () => {
  const position = fc.record({
    alarms: fc.constant(Object.keys(alarmBits).map(Number)),
    status: fc.nat(0xffff),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    lon: fc.double({ min: -180, max: 180, noNaN: true }),
    altitudeM: fc.nat(0xffff),
    speedKmh: fc.nat(6000),
    direction: fc.nat(0xffff),
    at: fc.constantFrom(null, at),
    items: fc.uint8Array({ maxLength: 9 }).map((content) => new Map([[1, content]])),
  });
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    position.map(encodePosition),
    fc.array(position, { maxLength: 4 }).map((all) => encodePositions(all, false)),
  );
  fc.assert(
    fc.property(fc.constantFrom(0x0100, 0x0200, 0x0201, 0x0500, 0x0704, 0x0002), body, (id, content) => {
      const result = read(id, content);
      if (result.ok) for (const one of result.value.facts) expect(fact.safeParse(one).error).toBeUndefined();
      else expect(result.error.code).toBeTruthy();
    }),
    { seed: 808, numRuns: 500 },
  );
});
