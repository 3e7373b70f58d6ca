import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinNalUnits } from '../h264/annex-b.ts';
import { depacketiseH264, H264PayloadReader } from './depacketise-h264.ts';
import { packetiseH264 } from './packetise-h264.ts';
import { parseRtpPacket } from './rtp-packet.ts';
import { RtpSender } from './testdata/rtp-sender.ts';
import type { H264Format } from './track-format.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** What a reader finds: NAL units in hexadecimal, `loss` and `malformed`. */
function read(payloads: readonly (readonly [string, boolean?])[]): string[] {
  const found: string[] = [];
  const reader = new H264PayloadReader();
  for (const [payload, isLast = false] of payloads)
    reader.read(hex(payload), isLast, {
      nal: (nal) => found.push(text(nal)),
      loss: () => found.push('loss'),
      malformed: () => found.push('malformed'),
    });
  return found;
}

const payloads: readonly (readonly [string, readonly (readonly [string, boolean?])[], readonly string[]])[] = [
  ['a single NAL unit', [['65 8884']], ['658884']],
  ['STAP-A', [['78 0002 6742 0003 68ce38']], ['6742', '68ce38']],
  ['STAP-B', [['79 1234 0002 6742 0001 68']], ['6742', '68']],
  ['MTAP16', [['7a 0001 0002 00 0005 6742 0001 01 0006 68']], ['6742', '68']],
  ['MTAP24', [['7b 0001 0002 00 000005 6742']], ['6742']],
  ['FU-A in three', [['7c 85 0102'], ['7c 05 03'], ['7c 45 04']], ['6501020304']],
  ['FU-A in one, as some cameras send it', [['7c c5 01']], ['6501']],
  ['FU-B, then FU-A', [['7d 85 0007 01'], ['7c 45 02']], ['650102']],
  ['FU-A without an end bit, but the marker', [['7c 85 01'], ['7c 05 02', true]], ['650102']],
  ['FU-A without its beginning', [['7c 05 02'], ['7c 45 03']], ['loss', 'loss']],
  ['FU-A that begins twice', [['7c 85 01'], ['7c 85 02'], ['7c 45 03']], ['loss', '650203']],
  ['FU-A cut off by another NAL unit', [['7c 85 01'], ['61 99']], ['loss', '6199']],
  ['nothing, which keeps a firewall open', [['']], []],
  ['types that are undefined', [['1e 01'], ['1f 01'], ['00 01']], ['malformed', 'malformed', 'malformed']],
  ['STAP-A of nothing', [['78']], ['malformed']],
  ['STAP-A cut short', [['78 0002 6742 0003 68ce']], ['6742', 'malformed']],
  ['STAP-A with an empty NAL unit', [['78 0000 0001 67']], ['malformed']],
  ['STAP-A within STAP-A', [['78 0003 780000']], ['malformed']],
  ['STAP-A with a byte too many', [['78 0001 67 00']], ['67', 'malformed']],
  ['FU-A cut short', [['7c 85 01'], ['7c'], ['7c 45 03']], ['malformed', 'loss']],
  ['FU-A of an aggregate', [['7c 98 01']], ['malformed']],
];

describe('payloads of H.264', () => {
  it.each(payloads)('%s', (_name, given, found) => {
    expect(read(given)).toEqual(found);
  });

  it('bounds what grows without end', () => {
    const found: string[] = [];
    const reader = new H264PayloadReader();
    const sink = { nal: () => found.push('nal'), loss: () => found.push('loss'), malformed: () => found.push('malformed') };
    reader.read(hex('7c 85 01'), false, sink);
    const more = new Uint8Array(60_000).fill(1);
    more.set([0x7c, 0x05]);
    for (let i = 0; i < 80; i += 1) reader.read(more, false, sink);
    expect(found).toEqual(Array.from({ length: 11 }, () => 'loss'));
  });

  it('finds again what was packetised, for every size of payload', () => {
    const nal = fc
      .tuple(fc.constantFrom(0x67, 0x68, 0x65, 0x41, 0x06), fc.uint8Array({ minLength: 1, maxLength: 300 }))
      .map(([head, rest]) => Uint8Array.of(head, ...rest.map((byte) => (byte < 4 ? byte + 4 : byte))));
    fc.assert(
      fc.property(fc.array(nal, { maxLength: 8 }), fc.integer({ min: 8, max: 120 }), fc.boolean(), (nals, payloadBytes, aggregate) => {
        const sent = packetiseH264(joinNalUnits(nals), { payloadBytes, aggregate });
        for (const payload of sent) expect(payload.length).toBeLessThanOrEqual(payloadBytes);
        expect(read(sent.map((payload) => [text(payload)] as const))).toEqual(nals.map(text));
      }),
      { seed: 21, numRuns: 500 },
    );
  });

  it('aggregates what is small', () => {
    const sent = packetiseH264(joinNalUnits([hex('674d'), hex('68ee'), hex('6588')]), { aggregate: true });
    expect(sent.map(text)).toEqual(['780002674d000268ee00026588']);
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
      fc.property(fc.array(fc.tuple(bytes, fc.boolean()), { maxLength: 20 }), (given) => {
        const found = read(given.map(([wire, isLast]) => [text(wire), isLast] as const));
        const out = found.filter((one) => one !== 'loss' && one !== 'malformed').reduce((sum, one) => sum + one.length / 2, 0);
        expect(out).toBeLessThanOrEqual(given.reduce((sum, [wire]) => sum + wire.length, 0));
      }),
      { seed: 22, numRuns: 2000 },
    );
  });
});

const sps = '674d4016eca05017fcb80880000003008000000f078b16cb';
const pps = '68ee3cb0';
const idr = '65 b8408001 55555555';
const delta = '41 9a214200 55555555';
const second = (slice: string) => `${slice.slice(0, 2)} 4c ${slice.slice(5)}`;
const format: H264Format = { codec: 'h264', payloadType: 96, clockRate: 90_000, parameterSets: [] };

interface Sent {
  /** Payload, time stamp, `M` marks; `-` is a packet that is lost. */
  readonly packets: readonly (readonly [string, number, string?])[];
  readonly sprop?: readonly string[];
}

/** Units as `<nal types>@<time stamp>` with `K` for key and `!` for corrupt. */
function units({ packets, sprop = [] }: Sent): string[] {
  const found: string[] = [];
  const depacketiser = depacketiseH264(
    { ...format, parameterSets: sprop.map(hex) },
    {
      unit: (bytes, timestamp, key, corrupt) => {
        const types = [...text(bytes).matchAll(/00000001(..)/g)].map(([, head]) => Number.parseInt(head!, 16) & 0x1f);
        found.push(`${types.join(' ')}@${timestamp}${key ? 'K' : ''}${corrupt ? '!' : ''}`);
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
  [sps, 0],
  [pps, 0],
  [idr, 0, 'M'],
] as const;

describe('pictures of H.264', () => {
  const table: readonly (readonly [string, Sent, readonly string[]])[] = [
    ['the marker ends a picture', { packets: [...begun, [delta, 1, 'M']] }, ['7 8 5@0K', '1@1']],
    [
      'without markers the time stamp does',
      {
        packets: [
          [sps, 0],
          [pps, 0],
          [idr, 0],
          [delta, 1],
          [delta, 2],
        ],
      },
      ['7 8 5@0K', '1@1', '1@2'],
    ],
    ['several slices are one picture', { packets: [...begun, [delta, 1], [second(delta), 1, 'M']] }, ['7 8 5@0K', '1 1@1']],
    ['two pictures of one time stamp stay two', { packets: [...begun, [delta, 1], [delta, 1, 'M']] }, ['7 8 5@0K', '1@1', '1@1']],
    [
      'parameter sets and SEI with time stamps of their own belong to what follows',
      {
        packets: [
          [sps, 0],
          [pps, 1],
          ['0605ff', 2],
          [idr, 3, 'M'],
          [delta, 4, 'M'],
        ],
      },
      ['7 8 6 5@3K', '1@4'],
    ],
    [
      'and marked ones too',
      {
        packets: [
          [sps, 3, 'M'],
          [pps, 3, 'M'],
          [idr, 3, 'M'],
          [delta, 4, 'M'],
        ],
      },
      ['7 8 5@3K', '1@4'],
    ],
    [
      'parameter sets that were signalled are put before key pictures',
      {
        packets: [
          [idr, 0, 'M'],
          [delta, 1, 'M'],
          [idr, 2, 'M'],
        ],
        sprop: [sps, pps],
      },
      ['7 8 5@0K', '1@1', '7 8 5@2K'],
    ],
    ['those in band count more', { packets: [...begun], sprop: ['674d401eeca05a126c0440000003004000000c87c50a6580', pps] }, ['7 8 5@0K']],
    ['whoever comes in the middle of a GOP', { packets: [[delta, 1, 'M'], [delta, 2, 'M'], ...begun] }, ['1@1!', '1@2', '7 8 5@0K']],
    [
      'whoever comes in the middle of a picture',
      {
        packets: [
          [second(idr), 1, 'M'],
          [delta, 2, 'M'],
        ],
        sprop: [sps, pps],
      },
      ['7 8 5@1K!', '1@2'],
    ],
    [
      'a slice lost within a picture',
      { packets: [...begun, [delta, 1], [second(delta), 1, '-'], [second(delta), 1, 'M'], [delta, 2, 'M']] },
      ['7 8 5@0K', '1 1@1!', '1@2'],
    ],
    [
      'the end of one and the beginning of the next',
      { packets: [...begun, [delta, 1], [second(delta), 1, '-'], [delta, 2, '-'], [second(delta), 2, 'M'], [delta, 3, 'M']] },
      ['7 8 5@0K', '1@1!', '1@2!', '1@3'],
    ],
    ['a whole picture', { packets: [...begun, [delta, 1, '-'], [delta, 2, 'M'], [delta, 3, 'M']] }, ['7 8 5@0K', '1@2!', '1@3']],
    [
      'a key picture after a loss is whole',
      { packets: [...begun, [delta, 1, '-'], [idr, 2, 'M'], [delta, 3, 'M']] },
      ['7 8 5@0K', '7 8 5@2K', '1@3'],
    ],
    [
      'unless its beginning is lost too',
      { packets: [...begun, [delta, 1, '-'], [idr, 2, '-'], [second(idr), 2, 'M'], [delta, 3, 'M']] },
      ['7 8 5@0K', '7 8 5@2K!', '1@3'],
    ],
    [
      'a fragment lost: the next picture is clean',
      { packets: [...begun, ['7c 81 9a2142', 1], ['7c 01 55', 1, '-'], ['7c 41 55', 1, 'M'], [delta, 2, 'M'], [delta, 3, 'M']] },
      ['7 8 5@0K', '1@2!', '1@3'],
    ],
    [
      'a picture whose only NAL unit never ends',
      { packets: [...begun, ['7c 81 9a2142', 1], ['7c 01 55', 1], [delta, 2, 'M'], [delta, 3, 'M']] },
      ['7 8 5@0K', '1@2!', '1@3'],
    ],
    [
      'an end bit forgotten',
      { packets: [...begun, ['7c 81 9a2142', 1], ['7c 01 55', 1, 'M'], [delta, 2, 'M']] },
      ['7 8 5@0K', '1@1', '1@2'],
    ],
    [
      'markers on every slice are found out, and from then on only time stamps count',
      {
        packets: [
          ...begun,
          [delta, 1, 'M'],
          [second(delta), 1, 'M'],
          [delta, 2, 'M'],
          [second(delta), 2, 'M'],
          [delta, 3, 'M'],
          [second(delta), 3, 'M'],
        ],
      },
      ['7 8 5@0K', '1@1', '1@1!', '1 1@2', '1 1@3'],
    ],
    [
      'nonsense within a picture',
      { packets: [...begun, ['1f 01', 1], [delta, 1, 'M'], [delta, 2, 'M']] },
      ['7 8 5@0K', 'malformed', '1@1!', '1@2'],
    ],
    [
      'sound of silence',
      {
        packets: [
          [sps, 0],
          [pps, 1],
          ['0605ff', 2],
        ],
      },
      [],
    ],
  ];
  it.each(table)('%s', (_name, sent, expected) => {
    expect(units(sent)).toEqual(expected);
  });
});
