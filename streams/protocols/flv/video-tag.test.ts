import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeVideoTag, encodeVideoTag, type FlvVideoTag } from './video-tag.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const bytes = hex;

/** Body in, tag, canonical body out (null: nothing that anybody would write); also what the fuzz starts from. */
const table: readonly (readonly [string, string, FlvVideoTag, string | null])[] = [
  [
    'AVC sequence header',
    '17 00 000000 014d4016',
    { kind: 'config', codec: 'h264', form: 'legacy', record: bytes('014d4016') },
    '17 00 000000 014d4016',
  ],
  [
    'AVC key picture',
    '17 01 000050 0000000165',
    { kind: 'picture', codec: 'h264', form: 'legacy', key: true, compositionMs: 80, sample: bytes('0000000165') },
    '17 01 000050 0000000165',
  ],
  [
    'a picture shown before its time stamp',
    '27 01 ffffd8 0000000141',
    { kind: 'picture', codec: 'h264', form: 'legacy', key: false, compositionMs: -40, sample: bytes('0000000141') },
    '27 01 ffffd8 0000000141',
  ],
  [
    'a disposable picture',
    '37 01 000000 0000000101',
    { kind: 'picture', codec: 'h264', form: 'legacy', key: false, compositionMs: 0, sample: bytes('0000000101') },
    '27 01 000000 0000000101',
  ],
  ['AVC end of sequence', '17 02 000000', { kind: 'end', codec: 'h264', form: 'legacy' }, '17 02 000000'],
  [
    'HEVC under its Chinese number',
    '1c 00 000000 01',
    { kind: 'config', codec: 'h265', form: 'legacy', record: bytes('01') },
    '1c 00 000000 01',
  ],
  [
    'HEVC picture under its Chinese number',
    '2c 01 000021 0000000202',
    { kind: 'picture', codec: 'h265', form: 'legacy', key: false, compositionMs: 33, sample: bytes('0000000202') },
    '2c 01 000021 0000000202',
  ],
  ['an AVC packet type that does not exist', '17 07 000000 00', { kind: 'ignored' }, null],
  ['a command', '57 00', { kind: 'ignored' }, null],
  ['Sorenson H.263', '22 0000', { kind: 'unsupported', codec: 'flv-2' }, null],
  [
    'hvc1 sequence start',
    '90 68766331 0102',
    { kind: 'config', codec: 'h265', form: 'enhanced', record: bytes('0102') },
    '90 68766331 0102',
  ],
  [
    'hvc1 coded frames',
    '91 68766331 ffffd8 0000000126',
    { kind: 'picture', codec: 'h265', form: 'enhanced', key: true, compositionMs: -40, sample: bytes('0000000126') },
    '91 68766331 ffffd8 0000000126',
  ],
  [
    'hvc1 coded frames without a composition time',
    'a3 68766331 0000000102',
    { kind: 'picture', codec: 'h265', form: 'enhanced', key: false, compositionMs: 0, sample: bytes('0000000102') },
    'a3 68766331 0000000102',
  ],
  [
    'hvc1 coded frames with one of zero',
    'a1 68766331 000000 0000000102',
    { kind: 'picture', codec: 'h265', form: 'enhanced', key: false, compositionMs: 0, sample: bytes('0000000102') },
    'a3 68766331 0000000102',
  ],
  ['hvc1 sequence end', '92 68766331', { kind: 'end', codec: 'h265', form: 'enhanced' }, '92 68766331'],
  ['avc1 as FourCC', '90 61766331 01', { kind: 'config', codec: 'h264', form: 'enhanced', record: bytes('01') }, '90 61766331 01'],
  [
    'a nanosecond modifier in front',
    'a7 02 010203 03 68766331 0000000102',
    { kind: 'picture', codec: 'h265', form: 'enhanced', key: false, compositionMs: 0, sample: bytes('0000000102') },
    'a3 68766331 0000000102',
  ],
  ['colour metadata', '94 68766331 02', { kind: 'ignored' }, null],
  ['a command in the enhanced form', 'd0 00', { kind: 'ignored' }, null],
  ['AV1', '90 61763031 00', { kind: 'unsupported', codec: 'av01' }, null],
  ['VP9', '91 76703039 00', { kind: 'unsupported', codec: 'vp09' }, null],
  ['a FourCC of anything', '90 00ff2041', { kind: 'unsupported', codec: '?? A' }, null],
  ['several tracks', '96 01 68766331', { kind: 'unsupported', codec: 'multitrack' }, null],
];

describe('a video tag', () => {
  it.each(table)('%s is read', (_name, wire, tag) => {
    expect(decodeVideoTag(hex(wire))).toEqual({ ok: true, value: tag });
  });

  it.each(table.filter(([, , , canonical]) => canonical !== null))('%s is written', (_name, _wire, tag, canonical) => {
    if (tag.kind === 'ignored' || tag.kind === 'unsupported') throw new Error('not written by anybody');
    expect(Buffer.from(encodeVideoTag(tag)).toString('hex')).toBe(canonical!.replaceAll(' ', ''));
  });

  it.each(['', '17', '17 01 0000', '90', '90 687663', '91 68766331 ffff', '97', '97 05 0000', '97 ff ff'])('is too short: %s', (wire) => {
    expect(decodeVideoTag(hex(wire))).toEqual({ ok: false, error: 'truncated' });
  });

  it('never throws, and what can be written reads as it was', () => {
    const wire = fc
      .tuple(fc.constantFrom(...table.map(([, text]) => hex(text))), fc.nat(40), fc.uint8Array({ maxLength: 12 }))
      .map(([start, cut, rest]) => Uint8Array.of(...start.subarray(0, cut), ...rest));
    fc.assert(
      fc.property(fc.oneof(wire, fc.uint8Array({ maxLength: 32 })), (body) => {
        const read = decodeVideoTag(body);
        if (!read.ok || read.value.kind === 'ignored' || read.value.kind === 'unsupported') return;
        expect(decodeVideoTag(encodeVideoTag(read.value))).toEqual(read);
      }),
      { seed: 31, numRuns: 3000 },
    );
  });
});
