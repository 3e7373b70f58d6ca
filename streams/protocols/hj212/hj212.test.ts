import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeGbk } from '../gbk.ts';
import { answerTo, wantsAnswer, type Hj212Answer } from './answer.ts';
import { readParameters } from './command-parameters.ts';
import { crc16 } from './crc16.ts';
import { factorOf, factors } from './factors.ts';
import { encodeFrame } from './frame.ts';
import { Hj212FrameReader } from './frame-reader.ts';
import { editionOf, readPacket, writePacket, type Hj212Packet } from './packet.ts';
import { commandNumbers, dataFlags, meaningOfFlag, systemCodes } from './tables.ts';

const bytesOf = (text: string) => encodeGbk(text);
const textOf = (bytes: Uint8Array) => new TextDecoder('gbk').decode(bytes);

interface Row {
  readonly name: string;
  /** The data of the frame. */
  readonly wire: string;
  readonly packet: Hj212Packet;
  /** As we write it; absent: the same. */
  readonly canonical?: string;
}

const base: Hj212Packet = {
  qn: '20260105083000123',
  st: '32',
  cn: '2011',
  pw: '123456',
  mn: '010000A8900016F000169DC0',
  flag: 5,
  split: null,
  parameters: 'DataTime=20260105083000;w01018-Rtd=32.5,w01018-Flag=N',
};

/** Used three times: read, written, and thrown at the reader in pieces. */
const table: readonly Row[] = [
  {
    name: '2017',
    wire: 'QN=20260105083000123;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260105083000;w01018-Rtd=32.5,w01018-Flag=N&&',
    packet: base,
  },
  {
    name: '2005, without number and flag',
    wire: 'ST=31;CN=2051;PW=123456;MN=88888880000001;CP=&&DataTime=20260105083000;01-Avg=11.2,01-Flag=N&&',
    packet: {
      qn: null,
      st: '31',
      cn: '2051',
      pw: '123456',
      mn: '88888880000001',
      flag: null,
      split: null,
      parameters: 'DataTime=20260105083000;01-Avg=11.2,01-Flag=N',
    },
  },
  {
    name: 'one of several packets',
    wire: 'QN=20260105083000123;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=3;PNO=2;CP=&&w21003-Rtd=1&&',
    packet: { ...base, flag: 7, split: { total: 3, index: 2 }, parameters: 'w21003-Rtd=1' },
  },
  {
    name: 'Chinese in it',
    wire: 'QN=20260105083000123;ST=32;CN=3020;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&i11001-Info=清洗管路&&',
    packet: { ...base, cn: '3020', flag: 9, parameters: 'i11001-Info=清洗管路' },
  },
  {
    name: 'nothing in it',
    wire: 'QN=20260105083000123;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&',
    packet: { ...base, st: '91', cn: '9014', flag: 4, parameters: '' },
  },
  {
    name: 'another order, spaces, no closing marks',
    wire: ' MN=010000A8900016F000169DC0;CN=2011;ST=32;Flag=5; QN=20260105083000123;PW=123456;CP=&&DataTime=20260105083000;w01018-Rtd=32.5,w01018-Flag=N',
    packet: base,
    canonical:
      'QN=20260105083000123;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260105083000;w01018-Rtd=32.5,w01018-Flag=N&&',
  },
  {
    name: 'PNUM of one packet',
    wire: 'QN=20260105083000123;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;PNUM=1;PNO=1;CP=&&w21003-Rtd=1&&',
    packet: { ...base, parameters: 'w21003-Rtd=1' },
    canonical: 'QN=20260105083000123;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&w21003-Rtd=1&&',
  },
];

const read = (reader: Hj212FrameReader, bytes: Uint8Array) => [...reader.push(bytes)];

test('the check is that of the standard', () => {
  // The example of HJ 212-2017 appendix A.
  const example = 'QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&';
  expect(crc16(bytesOf(example)).toString(16)).toBe('1c80');
  expect(textOf(encodeFrame(bytesOf(example)))).toBe(`##0101${example}1C80\r\n`);
  expect(crc16(new Uint8Array(0))).toBe(0xffff);
});

test.each(table)('$name: read, and written as the editions order it', ({ wire, packet, canonical }) => {
  const data = bytesOf(wire);
  expect(readPacket(data)).toEqual({ ok: true, value: packet });
  expect(textOf(writePacket(packet))).toBe(canonical ?? wire);
});

test('frames whole, glued, and split at every byte', () => {
  const frames = table.map(({ wire }) => encodeFrame(bytesOf(wire)));
  const all = Uint8Array.from(frames.flatMap((frame) => [...frame]));
  const wires = table.map(({ wire }) => wire);
  const dataOf = (found: ReturnType<typeof read>) => found.map((one) => (one.ok ? textOf(one.value.data) : one.error.reason));
  expect(dataOf(read(new Hj212FrameReader(), all))).toEqual(wires);
  const byByte = new Hj212FrameReader();
  expect(dataOf([...all].flatMap((byte) => read(byByte, Uint8Array.of(byte))))).toEqual(wires);
  expect(byByte.garbageBytes).toBe(0);
  for (let cut = 0; cut <= frames[0]!.length; cut += 1) {
    const reader = new Hj212FrameReader();
    expect(dataOf([...read(reader, all.subarray(0, cut)), ...read(reader, all.subarray(cut))])).toEqual(wires);
  }
});

const frame = textOf(encodeFrame(bytesOf('MN=1;CN=2011')));
test.each<[string, string, string[], number]>([
  ['garbage before', `xyz${frame}`, ['MN=1;CN=2011'], 3],
  ['a # too many', `#${frame}`, ['MN=1;CN=2011'], 1],
  ['no end of line', frame.trimEnd() + frame.trimEnd(), ['MN=1;CN=2011', 'MN=1;CN=2011'], 0],
  ['a check in small letters', frame.toLowerCase().replace('mn=1;cn', 'MN=1;CN'), ['MN=1;CN=2011'], 0],
  ['a wrong check', `##0012MN=1;CN=20110000\r\n${frame}`, ['checksum', 'MN=1;CN=2011'], 0],
  ['a check that is none', `##0012MN=1;CN=2011zzzz\r\n${frame}`, ['checksum', 'MN=1;CN=2011'], 0],
  ['a length that leads into the next frame', `##0099MN=1;CN=2011A2D0\r\n${frame}`, ['length', 'MN=1;CN=2011'], 0],
  ['a length that is none', `##12x4MN=1${frame}`, ['MN=1;CN=2011'], 10],
  ['a length too short', `##0004MN=1;CN=2011\r\n${frame}`, ['checksum', 'MN=1;CN=2011'], 4],
  ['the end of a frame lost', `##0012MN=1;C${frame}`, ['length', 'MN=1;CN=2011'], 0],
])('%s', (_name, wire, expected, garbage) => {
  for (const size of [1, 3, 1000]) {
    const reader = new Hj212FrameReader();
    const bytes = bytesOf(wire);
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size)
      for (const one of reader.push(bytes.subarray(at, at + size))) found.push(one.ok ? textOf(one.value.data) : one.error.reason);
    expect(found).toEqual(expected);
    expect(reader.garbageBytes).toBe(garbage);
  }
});

test('endless garbage costs a bounded memory and is counted', () => {
  const reader = new Hj212FrameReader();
  for (const wire of ['#', 'x', '##9999', '##'])
    for (let i = 0; i < 200; i += 1) {
      for (const one of reader.push(bytesOf(wire.repeat(1000)))) expect(one.ok).toBe(false);
      expect(reader.held).toBeLessThan(16_000);
    }
  expect(reader.garbageBytes).toBeGreaterThan(300_000);
  expect(read(reader, bytesOf(`x${frame}`)).at(-1)).toMatchObject({ ok: true });
});

test('any bytes, in any pieces: it never throws, holds little, and finds the same frames', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(...table.map(({ wire }) => encodeFrame(bytesOf(wire)))),
    fc.constantFrom('##', '##0012', '\r\n', '#', '##9999').map(bytesOf),
    fc.constantFrom(...table).chain(({ wire }) => {
      const whole = encodeFrame(bytesOf(wire));
      return fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, by]) => whole.with(at, by));
    }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 97 }), (pieces, size) => {
      const all = Uint8Array.from(pieces.flatMap((part) => [...part]));
      const whole = read(new Hj212FrameReader(), all);
      const reader = new Hj212FrameReader();
      const cut: ReturnType<typeof read> = [];
      for (let at = 0; at < all.length; at += size) cut.push(...reader.push(all.subarray(at, at + size)));
      expect(cut).toEqual(whole);
      expect(reader.held).toBeLessThan(16_000);
      for (const one of whole) if (one.ok) readPacket(one.value.data);
    }),
    { seed: 212, numRuns: 400 },
  );
});

test.each([
  ['', 'CN'],
  ['MN=1', 'CN'],
  ['CN=2011', 'MN'],
  ['CN=2011;MN=', 'MN'],
  ['CN=x;MN=1', 'CN'],
  ['CN=2011;MN=1;Flag=x', 'Flag'],
  ['CN=2011;MN=1;QN=2026', 'QN'],
  ['CN=2011;MN=1;PNUM=2;PNO=3', 'PNUM'],
  [`CN=2011;MN=${'1'.repeat(65)}`, 'MN'],
  [`${'a=1;'.repeat(40)}CN=2011;MN=1`, 'fields'],
])('data that are none: %s', (text, at) => {
  expect(readPacket(bytesOf(text))).toMatchObject({ ok: false, error: { code: 'frame-malformed', params: { at } } });
});

test('any text never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `CN=2011;MN=1;CP=&&${text}&&`),
      ),
      (text) => {
        const packet = readPacket(bytesOf(text));
        const { groups, faults } = readParameters(packet.ok ? packet.value.parameters : text);
        expect(faults).toBeGreaterThanOrEqual(0);
        for (const { factors: items } of groups) for (const { attributes } of items) expect(attributes.size).toBeGreaterThan(0);
      },
    ),
    { seed: 212, numRuns: 1000 },
  );
});

test('parameters: factors, their attributes together or apart, several times, what is none', () => {
  const flat = (text: string) => {
    const { groups, faults } = readParameters(text);
    return {
      faults,
      groups: groups.map(({ dataTime, plain, factors: items }) => [
        dataTime,
        Object.fromEntries(plain),
        Object.fromEntries(items.map(({ code, attributes }) => [code, Object.fromEntries(attributes)])),
      ]),
    };
  };
  expect(flat('DataTime=20260105083000;a01006-Avg=101.85,a01006-Flag=N;a34004-Avg=35')).toEqual({
    faults: 0,
    groups: [['20260105083000', {}, { a01006: { avg: '101.85', flag: 'N' }, a34004: { avg: '35' } }]],
  });
  expect(flat('011-Rtd=1;011-Flag=N;DataTime=20260105083000')).toEqual({
    faults: 0,
    groups: [['20260105083000', {}, { '011': { rtd: '1', flag: 'N' } }]],
  });
  expect(flat('DataTime=1;060-Avg=2;DataTime=3;060-Avg=4')).toEqual({
    faults: 0,
    groups: [
      ['1', {}, { '060': { avg: '2' } }],
      ['3', {}, { '060': { avg: '4' } }],
    ],
  });
  expect(flat('QnRtn=1;;junk;=5;a b=1;SB1-RS=1')).toEqual({ faults: 3, groups: [[null, { QnRtn: '1' }, { SB1: { rs: '1' } }]] });
  expect(flat('')).toEqual({ faults: 0, groups: [] });
});

test.each<[string, Hj212Packet, Hj212Answer, string]>([
  ['data, 2017', base, { kind: 'data' }, 'QN=20260105083000123;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&'],
  [
    'data, 2005',
    { ...base, flag: 1 },
    { kind: 'data' },
    'ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=0;CP=&&QN=20260105083000123&&',
  ],
  [
    'data, 2025',
    { ...base, flag: 9 },
    { kind: 'data' },
    'QN=20260105083000123;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=8;CP=&&&&',
  ],
  ['notice', base, { kind: 'notice' }, 'QN=20260105083000123;ST=91;CN=9013;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&'],
  [
    'wrong password',
    base,
    { kind: 'request', is: 'password' },
    'QN=20260105083000123;ST=91;CN=9011;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&QnRtn=3&&',
  ],
  [
    'result',
    base,
    { kind: 'result', is: 'no-data' },
    'QN=20260105083000123;ST=91;CN=9012;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&ExeRtn=100&&',
  ],
  [
    'one of several',
    { ...base, flag: 7, split: { total: 2, index: 1 } },
    { kind: 'data' },
    'QN=20260105083000123;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&',
  ],
  [
    'no flag: as the feed is set',
    { ...base, flag: null },
    { kind: 'data' },
    'QN=20260105083000123;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;CP=&&&&',
  ],
])('the answer to %s', (_name, packet, answer, wire) => expect(textOf(writePacket(answerTo(packet, answer, '2017')))).toBe(wire));

test('who wants an answer, and whose edition it is', () => {
  expect([5, 1, 0, 4, null].map((flag) => wantsAnswer({ ...base, flag }))).toEqual([true, true, false, false, true]);
  expect([0, 3, 4, 5, 7, 8, 9, 12, null].map(editionOf)).toEqual(['2005', '2005', '2017', '2017', '2017', '2025', '2025', null, null]);
});

test('the tables: both codes of a factor mean the same, nothing is there twice', () => {
  expect(factorOf('011')).toEqual(factorOf('w01018'));
  expect(factorOf('060')).toMatchObject({ zh: '氨氮', unit: 'mg/L' });
  expect(factorOf('W21003')).toBe(factorOf('060'));
  expect(factorOf('Leq')).toMatchObject({ unit: 'dB' });
  expect(factorOf('b01')).toMatchObject({ code: 'w00000', unit: 'L/s' });
  expect(factorOf('zz')).toBeUndefined();
  expect(new Set(factors.map(({ code }) => code)).size).toBe(factors.length);
  for (const { code, zh } of factors)
    expect([code, zh]).toEqual([expect.stringMatching(/^(?:[aw]\d{5}|l\w+)$/), expect.stringMatching(/./)]);
  expect(Object.keys(systemCodes).every((code) => /^\d\d$/.test(code))).toBe(true);
  expect([...commandNumbers.keys()].every((code) => /^\d{4}$/.test(code))).toBe(true);
  expect(meaningOfFlag('n')).toBe('normal');
  expect(meaningOfFlag('toString')).toBeNull();
  expect(Object.keys(dataFlags)).toHaveLength(13);
});
