import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AacDepacketiser } from './depacketise-aac.ts';
import { parseRtpPacket } from './rtp-packet.ts';
import { RtpSender } from './testdata/rtp-sender.ts';
import { formatOf, type AacFormat } from './track-format.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

function formatFor(mode: string): AacFormat {
  const format = formatOf({ payloadType: 97, encoding: 'MPEG4-GENERIC', clockRate: 16_000, channels: 1, fmtp: { mode, config: '1408' } });
  if (!format.ok || format.value.codec !== 'aac') throw new Error('no AAC');
  return format.value;
}

/** Frames as `<content>@<time stamp>`, and `malformed`. */
function frames(packets: readonly (readonly [Uint8Array, number, boolean?])[], mode = 'AAC-hbr'): string[] {
  const found: string[] = [];
  const depacketiser = new AacDepacketiser(formatFor(mode), {
    unit: (bytes, timestamp, key, corrupt) => {
      expect([key, corrupt, ((bytes[3]! & 3) << 11) | (bytes[4]! << 3) | (bytes[5]! >> 5)]).toEqual([true, false, bytes.length]);
      found.push(`${Buffer.from(bytes.subarray(7)).toString('hex')}@${timestamp}`);
    },
    malformed: () => found.push('malformed'),
  });
  const sender = new RtpSender();
  for (const [payload, timestamp, isAfterGap = false] of packets) {
    const packet = parseRtpPacket(sender.packet(payload, timestamp));
    if (packet.ok) depacketiser.packet(packet.value, isAfterGap);
  }
  depacketiser.flush();
  return found;
}

describe('AAC frames', () => {
  const table: readonly (readonly [string, readonly (readonly [string, number, boolean?])[], readonly string[], string?])[] = [
    [
      'one a packet',
      [
        ['0010 0018 010203', 0],
        ['0010 0010 0405', 1024],
      ],
      ['010203@0', '0405@1024'],
    ],
    ['several a packet', [['0030 0010 0008 0018 0102 03 040506', 0xffff_fe00]], ['0102@4294966784', '03@512', '040506@1536']],
    [
      'one in three packets',
      [
        ['0010 0030 0102', 5],
        ['0010 0030 0304', 5],
        ['0010 0030 0506', 5],
      ],
      ['010203040506@5'],
    ],
    ['low bit rate', [['0010 0c08 010203 0405', 0]], ['010203@0', '0405@1024'], 'AAC-lbr'],
    [
      'a fragment lost',
      [
        ['0010 0030 0102', 5],
        ['0010 0030 0506', 5, true],
        ['0010 0008 07', 1029],
      ],
      ['malformed', 'malformed', '07@1029'],
    ],
    [
      'a frame that never ends',
      [
        ['0010 0030 0102', 5],
        ['0010 0010 0405', 1029],
      ],
      ['malformed', '0405@1029'],
    ],
    ['nothing', [['', 0]], []],
    ['headers longer than the packet', [['ffff 0018', 0]], ['malformed']],
    ['no headers', [['0000 0102', 0]], ['malformed']],
    ['frames longer than the packet', [['0020 0010 0080 0102 03', 0]], ['0102@0', 'malformed']],
    ['a frame of no size', [['0010 0000 0102', 0]], ['malformed']],
  ];
  const cases = table.map(([name, packets, found, mode = 'AAC-hbr']) => ({ name, packets, found, mode }));
  it.each(cases)('$name', ({ packets, found, mode }) => {
    expect(
      frames(
        packets.map(([wire, ...rest]) => [hex(wire), ...rest] as const),
        mode,
      ),
    ).toEqual(found);
  });

  it('never throws, and makes no more bytes than it got', () => {
    const seeds = fc.constantFrom(...table.flatMap(([, packets]) => packets.map(([wire]) => wire)));
    const packet = fc.tuple(seeds, fc.nat(12), fc.nat(255), fc.constantFrom(0, 1, 1024), fc.boolean());
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 12 }), fc.constantFrom('AAC-hbr', 'AAC-lbr'), (given, mode) => {
        const packets = given.map(([wire, at, value, timestamp, isAfterGap]) => {
          const bytes = hex(wire);
          if (at < bytes.length) bytes[at] = value;
          return [bytes, timestamp, isAfterGap] as const;
        });
        const out = frames(packets, mode)
          .filter((one) => one !== 'malformed')
          .reduce((sum, one) => sum + one.indexOf('@') / 2, 0);
        expect(out).toBeLessThanOrEqual(packets.reduce((sum, [bytes]) => sum + bytes.length, 0));
      }),
      { seed: 34, numRuns: 2000 },
    );
  });
});
