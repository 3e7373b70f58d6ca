import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRtpPacket, parseRtpPacket, type RtpPacket } from './rtp-packet.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const bare: RtpPacket = {
  marker: false,
  payloadType: 96,
  sequence: 1,
  timestamp: 2,
  ssrc: 3,
  csrcs: [],
  extension: null,
  payload: new Uint8Array(),
};

/** Wire in, the packet, and the wire out where it differs (padding is not written). */
const table: readonly (readonly [string, string, RtpPacket, string?])[] = [
  ['nothing but a header', '80 60 0001 00000002 00000003', bare],
  ['a payload and the marker', '80 e0 0001 00000002 00000003 0102', { ...bare, marker: true, payload: hex('0102') }],
  [
    'the largest of everything',
    '80 7f ffff ffffffff fffffffe 00',
    { ...bare, payloadType: 127, sequence: 65_535, timestamp: 4_294_967_295, ssrc: 4_294_967_294, payload: hex('00') },
  ],
  [
    'contributing sources',
    '82 60 0001 00000002 00000003 00000007 ffffffff 0102',
    { ...bare, csrcs: [7, 4_294_967_295], payload: hex('0102') },
  ],
  [
    'an extension, as ONVIF sends it',
    '90 60 0001 00000002 00000003 abac 0003 e8000001 80000000 c0000000 0102',
    { ...bare, extension: { profile: 0xabac, data: hex('e8000001 80000000 c0000000') }, payload: hex('0102') },
  ],
  [
    'an empty extension',
    '90 60 0001 00000002 00000003 bede 0000 09',
    { ...bare, extension: { profile: 0xbede, data: hex('') }, payload: hex('09') },
  ],
  ['padding', 'a0 60 0001 00000002 00000003 0102 000003', { ...bare, payload: hex('0102') }, '80 60 0001 00000002 00000003 0102'],
  ['nothing but padding', 'a0 60 0001 00000002 00000003 00000004', bare, '80 60 0001 00000002 00000003'],
];

const cases = table.map(([name, wire, packet, out = wire]) => ({ name, wire, packet, out }));

describe('RTP packets', () => {
  it.each(cases)('decodes $name', ({ wire, packet }) => {
    expect(parseRtpPacket(hex(wire))).toEqual({ ok: true, value: packet });
  });

  it.each(cases)('encodes $name', ({ packet, out }) => {
    expect(Buffer.from(encodeRtpPacket(packet)).toString('hex')).toBe(out.replaceAll(' ', ''));
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'truncated'],
    ['a header cut short', '80 60 0001 00000002 000000', 'truncated'],
    ['another version', '40 60 0001 00000002 00000003', 'wrong-version'],
    ['the dollar sign of a lost framing', '24 00 0001 00000002 00000003', 'wrong-version'],
    ['fewer contributing sources than it says', '8f 60 0001 00000002 00000003 00000004', 'truncated'],
    ['an extension without its header', '90 60 0001 00000002 00000003 bede', 'truncated'],
    ['an extension longer than the packet', '90 60 0001 00000002 00000003 bede ffff 00000000', 'truncated'],
    ['padding of nothing', 'a0 60 0001 00000002 00000003 0100', 'bad-padding'],
    ['padding longer than the payload', 'a0 60 0001 00000002 00000003 0104', 'bad-padding'],
    ['padding that is not there', 'a0 60 0001 00000002 00000003', 'bad-padding'],
  ];
  it.each(refused)('refuses %s', (_name, wire, error) => {
    expect(parseRtpPacket(hex(wire))).toEqual({ ok: false, error });
  });

  it('does not write what has no room in the header', () => {
    expect(() => encodeRtpPacket({ ...bare, csrcs: Array.from({ length: 16 }, () => 1) })).toThrow('does not fit');
    expect(() => encodeRtpPacket({ ...bare, extension: { profile: 1, data: hex('00') } })).toThrow('does not fit');
  });

  it('never throws, and what it reads it writes the same', () => {
    const seeds = fc.constantFrom(...table.map(([, wire]) => wire));
    const changes = fc.array(fc.tuple(fc.nat(30), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(seeds, changes, fc.nat(40), fc.uint8Array({ maxLength: 12 }), (seed, edits, cut, tail) => {
        const bytes = Uint8Array.of(...hex(seed).subarray(0, cut), ...tail);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        const read = parseRtpPacket(bytes);
        if (!read.ok) return;
        expect(read.value.payload.length).toBeLessThanOrEqual(bytes.length - 12);
        expect(parseRtpPacket(encodeRtpPacket(read.value))).toEqual(read);
      }),
      { seed: 11, numRuns: 3000 },
    );
  });
});
