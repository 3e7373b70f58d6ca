import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinNalUnits } from '../h264/annex-b.ts';
import { depacketiseH265, H265PayloadReader } from './depacketise-h265.ts';
import { packetiseH265 } from './packetise-h265.ts';
import { parseRtpPacket } from './rtp-packet.ts';
import { RtpSender } from './testdata/rtp-sender.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** What a reader finds: NAL units in hexadecimal, `loss` and `malformed`. */
function read(payloads: readonly (readonly [string, boolean?])[], hasOrderNumbers = false): string[] {
  const found: string[] = [];
  const reader = new H265PayloadReader(hasOrderNumbers);
  for (const [payload, isLast = false] of payloads)
    reader.read(hex(payload), isLast, {
      nal: (nal) => found.push(text(nal)),
      loss: () => found.push('loss'),
      malformed: () => found.push('malformed'),
    });
  return found;
}

const payloads: readonly (readonly [string, readonly (readonly [string, boolean?])[], readonly string[], boolean?])[] = [
  ['a single NAL unit', [['2601 af09']], ['2601af09']],
  ['a single NAL unit with DONL', [['2601 0007 af09']], ['2601af09'], true],
  ['an aggregation packet', [['6001 0003 400199 0004 42018899']], ['400199', '42018899']],
  ['an aggregation packet with DONL and DOND', [['6001 0007 0003 400199 05 0004 42018899']], ['400199', '42018899'], true],
  ['three fragments', [['6201 93 0102'], ['6201 13 03'], ['6201 53 04']], ['260101020304']],
  ['fragments with DONL in the first', [['6201 93 0007 0102'], ['6201 53 03']], ['2601010203'], true],
  ['fragments of a higher temporal layer', [['6203 81 01'], ['6203 41 02']], ['02030102']],
  ['one fragment that begins and ends', [['6201 d3 01']], ['260101']],
  ['no end bit, but the marker', [['6201 93 01'], ['6201 13 02', true]], ['26010102']],
  ['no beginning', [['6201 13 02'], ['6201 53 03']], ['loss', 'loss']],
  ['two beginnings', [['6201 93 01'], ['6201 93 02'], ['6201 53 03']], ['loss', '26010203']],
  ['cut off by another NAL unit', [['6201 93 01'], ['0201 99']], ['loss', '020199']],
  ['a PACI packet around a NAL unit', [['6401 2610 07 af09']], ['2601af09']],
  ['a PACI packet around a PACI packet', [['6401 6410 07 af09']], ['malformed']],
  ['a PACI packet without anything in it', [['6401 27f0 07']], ['malformed']],
  ['an end of sequence', [['4801']], ['4801']],
  ['nothing, which keeps a firewall open', [['']], []],
  ['half a header', [['26']], ['malformed']],
  ['types that are undefined', [['6601 01'], ['7e01 01']], ['malformed', 'malformed']],
  ['a fragment of an aggregate', [['6201 b0 01']], ['malformed']],
  ['an aggregate cut short', [['6001 0003 400199 0004 4201']], ['400199', 'malformed']],
  ['an aggregate of less than headers', [['6001 0001 40']], ['malformed']],
  ['an aggregate within an aggregate', [['6001 0003 600199']], ['malformed']],
];

describe('payloads of H.265', () => {
  const cases = payloads.map(([name, given, found, hasOrderNumbers = false]) => ({ name, given, found, hasOrderNumbers }));
  it.each(cases)('$name', ({ given, found, hasOrderNumbers }) => {
    expect(read(given, hasOrderNumbers)).toEqual(found);
  });

  it('bounds what grows without end', () => {
    let losses = 0;
    const reader = new H265PayloadReader(false);
    const sink = { nal: () => expect.unreachable(), loss: () => (losses += 1), malformed: () => expect.unreachable() };
    reader.read(hex('6201 93 01'), false, sink);
    const more = new Uint8Array(60_000).fill(1);
    more.set([0x62, 1, 0x13]);
    for (let i = 0; i < 80; i += 1) reader.read(more, false, sink);
    expect(losses).toBe(11);
  });

  it('finds again what was packetised, for every size of payload', () => {
    const nal = fc
      .tuple(fc.constantFrom(0x40, 0x42, 0x44, 0x26, 0x02, 0x4e), fc.uint8Array({ minLength: 1, maxLength: 300 }))
      .map(([head, rest]) => Uint8Array.of(head, 1, ...rest.map((byte) => (byte < 4 ? byte + 4 : byte))));
    fc.assert(
      fc.property(fc.array(nal, { maxLength: 8 }), fc.integer({ min: 8, max: 120 }), fc.boolean(), (nals, payloadBytes, aggregate) => {
        const sent = packetiseH265(joinNalUnits(nals), { payloadBytes, aggregate });
        for (const payload of sent) expect(payload.length).toBeLessThanOrEqual(payloadBytes);
        expect(read(sent.map((payload) => [text(payload)] as const))).toEqual(nals.map(text));
      }),
      { seed: 23, numRuns: 500 },
    );
  });

  it('aggregates what is small', () => {
    const sent = packetiseH265(joinNalUnits([hex('400199'), hex('420188'), hex('2603af')]), { aggregate: true });
    expect(sent.map(text)).toEqual(['60010003400199000342018800032603af']);
  });

  it('never throws, and makes no more bytes than it got', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.constantFrom(...payloads.flatMap(([, given]) => given.map(([one]) => one))), fc.nat(20), fc.nat(255))
        .map(([one, at, value]) => {
          const wire = hex(one);
          if (at < wire.length) wire[at] = value;
          return wire;
        }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, fc.boolean()), { maxLength: 20 }), fc.boolean(), (given, hasOrderNumbers) => {
        const found = read(
          given.map(([wire, isLast]) => [text(wire), isLast] as const),
          hasOrderNumbers,
        );
        const out = found.filter((one) => one !== 'loss' && one !== 'malformed').reduce((sum, one) => sum + one.length / 2, 0);
        expect(out).toBeLessThanOrEqual(given.reduce((sum, [wire]) => sum + wire.length, 0));
      }),
      { seed: 24, numRuns: 2000 },
    );
  });
});

const vps = '40010c01ffff01600000030090000003000003003fba0240';
const sps = '42010101600000030090000003000003003fa005020171f2e5ba4a4c2f0168080000030008000003007840';
const pps = '4401c073c189';
const idr = '2801 af 55555555';
const delta = '0201 d0 55555555';
const second = '0201 50 55555555';

interface Sent {
  /** Payload, time stamp, `M` marks; `-` is a packet that is lost. */
  readonly packets: readonly (readonly [string, number, string?])[];
  readonly sprop?: readonly string[];
}

/** Units as `<nal types>@<time stamp>` with `K` for key and `!` for corrupt. */
function units({ packets, sprop = [] }: Sent): string[] {
  const found: string[] = [];
  const depacketiser = depacketiseH265(
    { codec: 'h265', payloadType: 96, clockRate: 90_000, hasOrderNumbers: false, parameterSets: sprop.map(hex) },
    {
      unit: (bytes, timestamp, key, corrupt, depth) => {
        const types = [...text(bytes).matchAll(/00000001(..)/g)].map(([, head]) => (Number.parseInt(head!, 16) >> 1) & 0x3f);
        found.push(`${types.join(' ')}@${timestamp}${key ? 'K' : ''}${corrupt ? '!' : ''}`);
        if (key) expect(depth).toBe(0);
      },
      malformed: () => found.push('malformed'),
    },
  );
  const sender = new RtpSender();
  let isAfterGap = false;
  for (const [payload, timestamp, mark = ''] of packets) {
    const packet = parseRtpPacket(sender.packet(hex(payload), timestamp, mark === 'M'));
    if (mark === '-') isAfterGap = true;
    else if (packet.ok) {
      depacketiser.packet(packet.value, isAfterGap);
      isAfterGap = false;
    }
  }
  depacketiser.flush();
  return found;
}

const begun = [
  [vps, 0],
  [sps, 0],
  [pps, 0],
  [idr, 0, 'M'],
] as const;

describe('pictures of H.265', () => {
  const table: readonly (readonly [string, Sent, readonly string[]])[] = [
    ['the marker ends a picture', { packets: [...begun, [delta, 1, 'M']] }, ['32 33 34 20@0K', '1@1']],
    ['several slice segments are one picture', { packets: [...begun, [delta, 1], [second, 1, 'M']] }, ['32 33 34 20@0K', '1 1@1']],
    [
      'without markers the time stamp ends it',
      {
        packets: [
          [vps, 0],
          [sps, 0],
          [pps, 0],
          [idr, 0],
          [delta, 1],
          [delta, 2],
        ],
      },
      ['32 33 34 20@0K', '1@1', '1@2'],
    ],
    [
      'parameter sets that were signalled are put before key pictures',
      {
        packets: [
          [idr, 0, 'M'],
          [delta, 1, 'M'],
          [idr, 2, 'M'],
        ],
        sprop: [vps, sps, pps],
      },
      ['32 33 34 20@0K', '1@1', '32 33 34 20@2K'],
    ],
    [
      'parameter sets with time stamps of their own',
      {
        packets: [
          [vps, 0],
          [sps, 1],
          [pps, 2],
          [idr, 3, 'M'],
        ],
      },
      ['32 33 34 20@3K'],
    ],
    [
      'a slice segment lost',
      { packets: [...begun, [delta, 1], [second, 1, '-'], [second, 1, 'M'], [delta, 2, 'M']] },
      ['32 33 34 20@0K', '1 1@1!', '1@2'],
    ],
    ['a whole picture lost', { packets: [...begun, [delta, 1, '-'], [delta, 2, 'M'], [delta, 3, 'M']] }, ['32 33 34 20@0K', '1@2!', '1@3']],
    ['a key picture after a loss', { packets: [...begun, [delta, 1, '-'], [idr, 2, 'M']] }, ['32 33 34 20@0K', '32 33 34 20@2K']],
    [
      'pictures that refer to what was before the beginning are left out',
      {
        packets: [
          [vps, 0],
          [sps, 0],
          [pps, 0],
          ['2a01 af 55', 0, 'M'],
          ['1001 d0 55', 1, 'M'],
          [delta, 2, 'M'],
        ],
      },
      ['32 33 34 21@0K', '1@2'],
    ],
  ];
  it.each(table)('%s', (_name, sent, expected) => {
    expect(units(sent)).toEqual(expected);
  });
});
