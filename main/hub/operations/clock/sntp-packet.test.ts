import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAnswer, encodeAnswer, encodeQuestion, packetBytes } from './sntp-packet.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const nonce = hex('0102030405060708');
/** 2026-11-26T00:00:00Z. */
const around = 1_795_651_200_000;

/** Leap, version and mode · stratum, poll, precision · root delay · root dispersion · reference id · reference, origin, receive, transmit timestamps. */
const answer = (head: string, root: string, id: string, origin: string, receive: string, transmit: string) =>
  hex(`${head} ${root} ${id} eeb1418000000000 ${origin} ${receive} ${transmit}`);
const asked = '0102030405060708';
/** 2026-11-25T23:08:49.5Z and .75Z: 1,795,648,129 s after 1970, 2,208,988,800 more after 1900. */
const atHalf = 'eeb1e901 80000000';
const atThreeQuarters = 'eeb1e901 c0000000';
const second = 1_795_648_129;

const table: readonly (readonly [string, Uint8Array, object | string])[] = [
  [
    'a server of stratum 2',
    answer('24020aec', '00000ccd 00001999', 'c0000201', asked, atHalf, atThreeQuarters),
    {
      kind: 'time',
      stratum: 2,
      receivedAt: (second + 0.5) * 1000,
      sentAt: (second + 0.75) * 1000,
      rootDistanceMs: (0xccd / 2 + 0x1999) / 65.536,
    },
  ],
  [
    'version 3, stratum 1',
    answer('1c010aec', '00000000 00000000', '47505300', asked, atHalf, atHalf),
    { kind: 'time', stratum: 1, receivedAt: (second + 0.5) * 1000, sentAt: (second + 0.5) * 1000, rootDistanceMs: 0 },
  ],
  ['a kiss: less often', answer('e4000aec', '00000000 00000000', '52415445', asked, atHalf, atHalf), { kind: 'kiss', code: 'RATE' }],
  ['a kiss: never again', answer('e4000aec', '00000000 00000000', '44454e59', asked, atHalf, atHalf), { kind: 'kiss', code: 'DENY' }],
  ['a kiss that is none', answer('e4000aec', '00000000 00000000', '0a1b0000', asked, atHalf, atHalf), { kind: 'kiss', code: '????' }],
  ['a question', encodeQuestion(nonce), 'mode'],
  ['version 2', answer('14020aec', '00000000 00000000', 'c0000201', asked, atHalf, atHalf), 'version'],
  ['an answer to somebody else', answer('24020aec', '00000000 00000000', 'c0000201', '0102030405060709', atHalf, atHalf), 'not-asked'],
  ['a kiss that nobody asked for', answer('e4000aec', '00000000 00000000', '44454e59', '0000000000000000', atHalf, atHalf), 'not-asked'],
  ['a server that has no time itself', answer('e4020aec', '00000000 00000000', 'c0000201', asked, atHalf, atHalf), 'unsynchronised'],
  ['stratum 16', answer('24100aec', '00000000 00000000', 'c0000201', asked, atHalf, atHalf), 'stratum'],
  ['16 s from the reference clock', answer('24020aec', '00000000 00100000', 'c0000201', asked, atHalf, atHalf), 'root-distance'],
  ['no time at all', answer('24020aec', '00000000 00000000', 'c0000201', asked, '0000000000000000', atHalf), 'timestamp'],
  ['sent before it was received', answer('24020aec', '00000000 00000000', 'c0000201', asked, atThreeQuarters, atHalf), 'timestamp'],
  ['a byte too short', answer('24020aec', '00000000 00000000', 'c0000201', asked, atHalf, atHalf).subarray(1), 'size'],
  ['endless', new Uint8Array(1025).fill(0x24), 'size'],
];

describe('an answer', () => {
  test.each(table)('%s', (_name, wire, expected) => {
    const read = decodeAnswer(wire, nonce, around);
    if (typeof expected === 'string') expect(read).toEqual({ ok: false, error: expected });
    else expect(read).toEqual({ ok: true, value: expected });
  });

  test('what follows the packet is not looked at', () => {
    const wire = table[0]![1];
    expect(decodeAnswer(Uint8Array.from([...wire, ...new Uint8Array(20)]), nonce, around)).toEqual(decodeAnswer(wire, nonce, around));
  });

  test.each([
    ['the last second of era 0', Date.UTC(2036, 1, 7, 6, 28, 15)],
    ['the first of era 1', Date.UTC(2036, 1, 7, 6, 28, 17)],
    ['far in era 1', Date.UTC(2100, 0, 1)],
    ['1970', 0],
  ])('%s is read back', (_name, time) => {
    const wire = encodeAnswer(encodeQuestion(nonce), { receivedAt: time, sentAt: time + 250 });
    for (const off of [-30, 0, 30]) {
      const read = decodeAnswer(wire, nonce, time + off * 365 * 86_400_000);
      expect(read).toMatchObject({ ok: true, value: { receivedAt: time } });
      if (read.ok && read.value.kind === 'time') expect(read.value.sentAt).toBeCloseTo(time + 250, 2);
    }
  });

  test('any bytes are read or refused, and never thrown at', () => {
    const seeds = table.map(([, wire]) => wire).filter((wire) => wire.length <= 64);
    const bent = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 6 }), fc.nat(80))
      .map(([wire, edits, length]) => {
        const copy = new Uint8Array(length).fill(0);
        copy.set(wire.subarray(0, length));
        for (const [at, byte] of edits) if (at < length) copy[at] = byte;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(bent, fc.uint8Array({ maxLength: 100 })), (wire) => {
        const read = decodeAnswer(wire, nonce, around);
        if (!read.ok || read.value.kind !== 'time') return;
        expect(read.value.stratum).toBeGreaterThan(0);
        expect(read.value.sentAt).toBeGreaterThanOrEqual(read.value.receivedAt);
        expect(Math.abs(read.value.sentAt - around)).toBeLessThan(69 * 366 * 86_400_000);
        expect(wire.length).toBeGreaterThanOrEqual(packetBytes);
      }),
      { seed: 5905, numRuns: 3000 },
    );
  });
});

test('a question holds nothing but its nonce', () => {
  const question = encodeQuestion(nonce);
  expect(Buffer.from(question).toString('hex')).toBe(`23${'00'.repeat(39)}0102030405060708`);
  expect(() => encodeQuestion(new Uint8Array(7))).toThrow(RangeError);
});
