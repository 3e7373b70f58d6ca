import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, bcdBytes, numberBytes, readBcd } from './bytes.ts';
import { frameBytesAtMost, Jt808FrameReader } from './frame-reader.ts';
import { encodeMessage, encodeSplit, readMessage, type Jt808Message } from './message.ts';
import { encodePosition, encodePositions, isStatus, itemNumber, readPosition, readPositions, type Jt808Position } from './position.ts';
import {
  encodeAuthentication,
  encodeDriverText,
  encodeGeneralAnswer,
  encodeRegisterAnswer,
  encodeRegistration,
  readAuthentication,
  readDriverText,
  readGeneralAnswer,
  readRegisterAnswer,
  readRegistration,
} from './session.ts';
import { alarmBits, terminalMessages } from './tables.ts';

const bytesOf = (hex: string) => Uint8Array.from((hex.replaceAll(/\s/g, '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
const hexOf = (bytes: Uint8Array) => readBcd(bytes);

const plain = { version: null, encryption: 0, split: null } as const;
const positionBody = '000000010000000200ba7f0e07e4f11c0028003c0000181015101010010400000064 0202007d';

/** Used three times: read, written, and thrown at the reader in pieces. The second is a frame that vendors' documents print. */
const table: readonly { readonly name: string; readonly wire: string; readonly message: Jt808Message }[] = [
  {
    name: 'a heartbeat, 2013',
    wire: '7e 0002 0000 013812345678 0001 32 7e',
    message: { ...plain, id: 0x0002, phone: '13812345678', serial: 1, body: bytesOf('') },
  },
  {
    name: 'a position with escapes',
    wire: '7e 0200 0026 123456789012 007d02 000000010000000200ba7f0e07e4f11c0028003c0000181015101010 010400000064 0202007d01 13 7e',
    message: { ...plain, id: 0x0200, phone: '123456789012', serial: 0x7e, body: bytesOf(positionBody) },
  },
  {
    name: 'a heartbeat, 2019',
    wire: '7e 0002 4000 01 00000000013812345678 0002 70 7e',
    message: { ...plain, version: 1, id: 0x0002, phone: '13812345678', serial: 2, body: bytesOf('') },
  },
  {
    name: 'a packet of three',
    wire: '7e 0801 2002 013812345678 0007 0003 0002 aabb 0d 7e',
    message: { ...plain, id: 0x0801, phone: '13812345678', serial: 7, split: { total: 3, index: 2 }, body: bytesOf('aabb') },
  },
  {
    name: 'an escaped check',
    wire: '7e 0002 0001 000000000000 0000 7d01 7d02 7e',
    message: { ...plain, id: 0x0002, phone: '0', serial: 0, body: bytesOf('7d') },
  },
];
const wires = table.map(({ wire }) => bytesOf(wire));
const glued = Uint8Array.from(wires.flatMap((wire) => [...wire]));

type Found = ReturnType<typeof found>[number];
const found = (reader: Jt808FrameReader, bytes: Uint8Array) => [...reader.push(bytes)];
const idsOf = (all: readonly Found[]) =>
  all.map((one) => {
    if (!one.ok) return one.error.reason;
    const message = readMessage(one.value.body);
    return message.ok ? message.value.id : message.error.code;
  });
const ids = table.map(({ message }) => message.id);

test.each(table)('$name: read, and written back', ({ wire, message }) => {
  const [frame, ...more] = found(new Jt808FrameReader(), bytesOf(wire));
  expect(more).toEqual([]);
  expect(frame).toMatchObject({ ok: true, value: { raw: bytesOf(wire) } });
  expect(frame!.ok && readMessage(frame!.value.body)).toEqual({ ok: true, value: message });
  expect(hexOf(encodeMessage(message))).toBe(hexOf(bytesOf(wire)));
});

test('frames glued, with one mark between two, and split at every byte', () => {
  expect(idsOf(found(new Jt808FrameReader(), glued))).toEqual(ids);
  const oneMark = Uint8Array.from([...wires.flatMap((wire) => [...wire.subarray(0, -1)]), 0x7e]);
  expect(idsOf(found(new Jt808FrameReader(), oneMark))).toEqual(ids);
  const byByte = new Jt808FrameReader();
  expect(idsOf([...glued].flatMap((byte) => found(byByte, Uint8Array.of(byte))))).toEqual(ids);
  expect(byByte.garbageBytes).toBe(0);
  for (let cut = 0; cut <= glued.length; cut += 1) {
    const reader = new Jt808FrameReader();
    expect(idsOf([...found(reader, glued.subarray(0, cut)), ...found(reader, glued.subarray(cut))])).toEqual(ids);
  }
});

const good = '7e 0002 0000 013812345678 0001 32 7e';
test.each<[string, string, (string | number)[], number]>([
  ['garbage before', `aabbcc ${good}`, [2], 3],
  ['a wrong check', `7e 0002 0000 013812345678 0001 33 7e ${good}`, ['checksum', 2], 0],
  ['an escape that is none', `7e 0002 0000 017d12345678 0001 25 7e ${good}`, ['escape', 2], 0],
  ['too short', `7e 0002 7e ${good}`, ['length', 2], 0],
  ['a beginning lost', `345678 0001 32 7e ${good}`.replaceAll(' ', ''), [2], 6],
  ['an end lost', `7e 0002 0000 0138 ${good}`, ['length', 2], 0],
  ['a length that is not that of the body', '7e 0002 0003 013812345678 0001 31 7e', ['frame-length'], 0],
  ['a phone that is none', '7e 0002 0000 01381234567a 0001 30 7e', ['frame-malformed'], 0],
  ['a packet beyond the last', '7e 0002 2000 013812345678 0001 0001 0002 11 7e', ['frame-malformed'], 0],
])('%s', (_name, wire, expected, garbage) => {
  for (const size of [1, 5, 500]) {
    const reader = new Jt808FrameReader();
    const bytes = bytesOf(wire);
    const all: Found[] = [];
    for (let at = 0; at < bytes.length; at += size) all.push(...reader.push(bytes.subarray(at, at + size)));
    expect(idsOf(all)).toEqual(expected);
    expect(reader.garbageBytes).toBe(garbage);
  }
});

test('endless garbage costs a bounded memory and is counted', () => {
  const reader = new Jt808FrameReader();
  for (const wire of ['7e', '00', '7d02', '7e00']) {
    const garbage = bytesOf(wire.repeat(3000));
    for (let i = 0; i < 100; i += 1) {
      if (found(reader, garbage).some(({ ok }) => ok)) expect.unreachable();
      expect(reader.held).toBeLessThan(frameBytesAtMost + 2049);
    }
  }
  expect(reader.garbageBytes).toBeGreaterThan(800_000);
  expect(idsOf(found(reader, bytesOf(`7e ${good}`)))).toContain(2);
});

test('any bytes, in any pieces: it never throws, holds little, and finds the same frames', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(...wires),
    fc.constantFrom('7e', '7d', '7e7e', '7d01').map(bytesOf),
    fc.constantFrom(...wires).chain((wire) => fc.tuple(fc.nat(wire.length - 1), fc.nat(255)).map(([at, by]) => wire.with(at, by))),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 97 }), (pieces, size) => {
      const all = Uint8Array.from(pieces.flatMap((part) => [...part]));
      const whole = found(new Jt808FrameReader(), all);
      const reader = new Jt808FrameReader();
      const cut: Found[] = [];
      for (let at = 0; at < all.length; at += size) cut.push(...reader.push(all.subarray(at, at + size)));
      expect(cut).toEqual(whole);
      expect(reader.held).toBeLessThan(frameBytesAtMost + 2049);
    }),
    { seed: 808, numRuns: 400 },
  );
});

test('any body never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(null, 1), (body, version) => {
      for (const read of [readPosition, readPositions, readGeneralAnswer, readRegisterAnswer]) read(body);
      for (const read of [readRegistration, readAuthentication, readDriverText]) read(body, version);
      readMessage(body);
    }),
    { seed: 808, numRuns: 1000 },
  );
});

test('messages that are written are read back, in both editions and in packets', () => {
  const message = fc.record({
    id: fc.nat(0xffff),
    phone: fc.integer({ min: 1, max: 199_9999_9999 }).map(String),
    serial: fc.nat(0xffff),
    version: fc.constantFrom(null, 1),
    encryption: fc.constant(0),
    body: fc.uint8Array({ maxLength: 3000 }),
  });
  fc.assert(
    fc.property(message, (one) => {
      const frames = encodeSplit(one);
      const read = frames
        .flatMap((frame) => found(new Jt808FrameReader(), frame))
        .map((frame) => (frame.ok ? readMessage(frame.value.body) : frame));
      const parts = read.map((part) => (part.ok && 'phone' in part.value ? part.value : null));
      expect(parts.map((part) => part?.phone)).toEqual(frames.map(() => one.phone));
      expect(parts.map((part) => part?.split?.index ?? 1)).toEqual(frames.map((_, at) => at + 1));
      expect(parts.flatMap((part) => [...part!.body])).toEqual([...one.body]);
    }),
    { seed: 2019, numRuns: 200 },
  );
});

test('a position: coordinates, time of China, items', () => {
  const read = readPosition(bytesOf(positionBody));
  expect(read).toMatchObject({
    ok: true,
    value: {
      alarms: [0],
      status: 2,
      lat: 12.222222,
      lon: 132.444444,
      altitudeM: 40,
      speedKmh: 6,
      direction: 0,
      at: Date.UTC(2018, 9, 15, 2, 10, 10),
    },
  });
  if (!read.ok) return;
  expect([itemNumber(read.value, 'mileage'), itemNumber(read.value, 'fuel'), itemNumber(read.value, 'rssi')]).toEqual([100, 125, null]);
  expect([isStatus(read.value, 'fixed'), isStatus(read.value, 'ignition')]).toEqual([true, false]);
  expect(hexOf(encodePosition(read.value))).toBe(hexOf(bytesOf(positionBody)));
});

const somewhere: Jt808Position = {
  alarms: [],
  status: 3,
  lat: 31.34,
  lon: 119.82,
  altitudeM: 8,
  speedKmh: 43.2,
  direction: 270,
  at: Date.UTC(2026, 0, 5),
  items: new Map(),
};

test.each<[string, Partial<Jt808Position>]>([
  ['north and east', {}],
  ['south', { lat: -31.34, status: 7 }],
  ['west', { lon: -119.82, status: 11 }],
  ['below the sea', { altitudeM: -12 }],
  ['every alarm', { alarms: Array.from({ length: 32 }, (_, number) => number) }],
  [
    'items',
    {
      items: new Map([
        [0x25, Uint8Array.of(0, 0, 0, 1)],
        [0xee, Uint8Array.of()],
      ]),
    },
  ],
])('a position is read back: %s', (_name, changed) => {
  const position = { ...somewhere, ...changed };
  expect(readPosition(encodePosition(position))).toEqual({ ok: true, value: position });
});

test('a time that is none, coordinates that are none, an item that leads beyond the end', () => {
  const body = encodePosition(somewhere);
  expect(readPosition(body.with(23, 0x13))).toMatchObject({ ok: true, value: { at: null } });
  expect(readPosition(body.with(8, 0xff))).toMatchObject({ ok: false, error: { params: { at: 'coordinates' } } });
  expect(readPosition(body.subarray(0, 27))).toMatchObject({ ok: false, error: { params: { at: 'position' } } });
  expect(readPosition(Uint8Array.from([...body, 0x01, 0x04, 0x00]))).toMatchObject({ ok: true, value: { items: new Map() } });
});

test('several positions: a bad one does not lose the others', () => {
  const two = encodePositions([somewhere, { ...somewhere, direction: 90 }], true);
  expect(readPositions(two)).toMatchObject({ ok: true, value: { positions: [{ direction: 270 }, { direction: 90 }], problems: [] } });
  // The latitude of the first.
  expect(readPositions(two.with(13, 0xff))).toMatchObject({
    ok: true,
    value: { positions: [{ direction: 90 }], problems: [{ code: 'frame-malformed' }] },
  });
  expect(readPositions(two.with(1, 3))).toMatchObject({
    ok: true,
    value: { positions: { length: 2 }, problems: [{ code: 'frame-malformed' }] },
  });
  expect(readPositions(bytesOf('00'))).toMatchObject({ ok: false });
});

test.each([null, 1])('registration, authentication and texts are read back, version %s', (version) => {
  const registration = { province: 32, city: 282, maker: 'TAODU', model: 'T1', terminal: 'A000001', plateColour: 2, plate: '苏B12345' };
  expect(readRegistration(encodeRegistration(registration, version), version)).toEqual({ ok: true, value: registration });
  expect(readAuthentication(encodeAuthentication('k3y', version), version)).toEqual({ ok: true, value: 'k3y' });
  expect(readDriverText(encodeDriverText(9, '请减速', version), version)).toEqual({ ok: true, value: { flags: 9, text: '请减速' } });
});

test('a registration of 2011 has a shorter model', () => {
  const body = bytesOf('0020 011a 54414f4455 5431000000000000 41303030303031 02 cbd54231323334 35');
  expect(readRegistration(body, null)).toMatchObject({
    ok: true,
    value: { maker: 'TAODU', model: 'T1', terminal: 'A000001', plateColour: 2, plate: '苏B12345' },
  });
});

test('answers', () => {
  expect(hexOf(encodeGeneralAnswer(7, 0x0200, 'done'))).toBe('0007020000');
  expect(readGeneralAnswer(bytesOf('0007020003'))).toEqual({ ok: true, value: { serial: 7, id: 0x0200, result: 3 } });
  expect(readRegisterAnswer(encodeRegisterAnswer(7, 'done', 'k3y'))).toEqual({ ok: true, value: { serial: 7, result: 0, code: 'k3y' } });
  expect(hexOf(encodeRegisterAnswer(7, 'no-vehicle', 'k3y'))).toBe('000702');
  expect(readGeneralAnswer(bytesOf('0007'))).toMatchObject({ ok: false });
});

test('numbers and BCD', () => {
  expect(numberBytes(0x01020304, 4)).toEqual([1, 2, 3, 4]);
  expect(bcdBytes('123', 3)).toEqual([0, 1, 0x23]);
  expect(() => bcdBytes('1234567', 3)).toThrow(RangeError);
  const reader = new ByteReader(bytesOf('0102'));
  expect([reader.u8(), reader.u16(), reader.failed]).toEqual([1, 0, true]);
});

test('the tables have every bit once, by a name of its own', () => {
  const names = Object.values(alarmBits).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => /^[a-z0-9-]+$/.test(name))).toBe(true);
  expect(terminalMessages[0x0200]?.use).toBe('position');
});
