import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeReceiverReport, encodeRtcp, parseRtcp, type OtherRtcp, type ReportBlock, type RtcpPart } from './rtcp.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const block: ReportBlock = {
  ssrc: 5,
  fractionLost: 64,
  lost: -2,
  highestSequence: 0x1_0007,
  jitter: 9,
  lastReport: 0xaabb_ccdd,
  sinceLastReport: 65_536,
};
const blockWire = '00000005 40fffffe 00010007 00000009 aabbccdd 00010000';

/** Wire in, parts, and the wire out where it differs. */
const table: readonly (readonly [string, string, readonly RtcpPart[], string?])[] = [
  [
    'a sender report and its name',
    '80c80006 00000007 e0000000 80000000 00015f90 00000010 00001000 81ca0004 00000007 0106 6361 6d406970 00 000000',
    [
      {
        kind: 'sender-report',
        ssrc: 7,
        ntpSeconds: 0xe000_0000,
        ntpFraction: 0x8000_0000,
        timestamp: 90_000,
        packets: 16,
        octets: 4096,
        blocks: [],
      },
      { kind: 'description', names: [{ ssrc: 7, cname: 'cam@ip' }] },
    ],
    '80c80006 00000007 e0000000 80000000 00015f90 00000010 00001000 81ca0004 00000007 0106 6361 6d406970 00000000',
  ],
  ['a receiver report', `81c90007 00000001 ${blockWire}`, [{ kind: 'receiver-report', ssrc: 1, blocks: [block] }]],
  ['an empty receiver report', '80c90001 00000001', [{ kind: 'receiver-report', ssrc: 1, blocks: [] }]],
  ['a bare goodbye', '81cb0001 00000007', [{ kind: 'goodbye', ssrcs: [7] }]],
  ['a goodbye with its reason', '81cb0003 00000007 05 74656172 646f77', [{ kind: 'goodbye', ssrcs: [7] }], '81cb0001 00000007'],
  [
    'a description with other items and two sources',
    '82ca0006 00000007 0203 6d6178 010161 00000000 00000008 0101 62 00',
    [
      {
        kind: 'description',
        names: [
          { ssrc: 7, cname: 'a' },
          { ssrc: 8, cname: 'b' },
        ],
      },
    ],
    '82ca0004 00000007 0101 6100 00000008 0101 6200',
  ],
  ['a goodbye with padding', 'a1cb0002 00000007 00000004', [{ kind: 'goodbye', ssrcs: [7] }], '81cb0001 00000007'],
];

const isOwn = (part: RtcpPart): part is Exclude<RtcpPart, OtherRtcp> => part.kind !== 'other';

const cases = table.map(([name, wire, parts, out = wire]) => ({ name, wire, parts, out }));

describe('RTCP packets', () => {
  it.each(cases)('decodes $name', ({ wire, parts }) => {
    expect(parseRtcp(hex(wire))).toEqual({ ok: true, value: parts });
  });

  it.each(cases)('encodes $name', ({ parts, out }) => {
    expect(Buffer.from(encodeRtcp(parts.filter(isOwn))).toString('hex')).toBe(out.replaceAll(' ', ''));
  });

  it('skips what concerns nobody here', () => {
    expect(parseRtcp(hex('80cc0002 00000007 71746361 81cb0001 00000007'))).toEqual({
      ok: true,
      value: [
        { kind: 'other', type: 204 },
        { kind: 'goodbye', ssrcs: [7] },
      ],
    });
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'truncated'],
    ['another version', '00c90001 00000001', 'wrong-version'],
    ['longer than it is', '80c90002 00000001', 'truncated'],
    ['fewer blocks than it says', '82c90007 00000001 00000005 40fffffe 00010007 00000009 aabbccdd 00010000', 'truncated'],
    ['a sender report cut short', '80c80005 00000007 e0000000 80000000 00015f90 00000010', 'truncated'],
    ['a goodbye of nobody', '81cb0000', 'truncated'],
    ['a description of nobody', '81ca0000', 'truncated'],
    ['an item longer than its chunk', '81ca0002 00000007 01ff6100', 'truncated'],
    ['odd padding', 'a1cb0002 00000007 00000003', 'bad-padding'],
    ['too much padding', 'a1cb0001 00000040', 'bad-padding'],
    ['a tail', '80c90001 00000001 80', 'truncated'],
    ['endless parts', '80c90001 00000001'.repeat(33), 'too-many'],
  ];
  it.each(refused)('refuses %s', (_name, wire, error) => {
    expect(parseRtcp(hex(wire))).toEqual({ ok: false, error });
  });

  it('does not write what cannot be said', () => {
    expect(() => encodeRtcp([{ kind: 'goodbye', ssrcs: Array.from({ length: 32 }, () => 1) }])).toThrow('31');
    expect(() => encodeRtcp([{ kind: 'description', names: [{ ssrc: 1, cname: 'x'.repeat(256) }] }])).toThrow('255');
  });

  it('names itself by nothing but its number', () => {
    expect(parseRtcp(encodeReceiverReport(0xbeef, block))).toEqual({
      ok: true,
      value: [
        { kind: 'receiver-report', ssrc: 0xbeef, blocks: [block] },
        { kind: 'description', names: [{ ssrc: 0xbeef, cname: '0000beef' }] },
      ],
    });
  });

  it('never throws, and what it reads it writes so that it reads the same', () => {
    const seeds = fc.constantFrom(...table.map(([, wire]) => wire));
    const changes = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(seeds, changes, fc.nat(80), fc.uint8Array({ maxLength: 12 }), (seed, edits, cut, tail) => {
        const bytes = Uint8Array.of(...hex(seed).subarray(0, cut), ...tail);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        const read = parseRtcp(bytes);
        if (!read.ok) return;
        const own = read.value.filter(isOwn);
        // A name with bytes that are no UTF-8 gets longer.
        if (own.some((part) => part.kind === 'description' && part.names.some(({ cname }) => cname.includes('\uFFFD')))) return;
        if (own.length > 0) expect(parseRtcp(encodeRtcp(own))).toEqual({ ok: true, value: own });
      }),
      { seed: 12, numRuns: 3000 },
    );
  });
});
