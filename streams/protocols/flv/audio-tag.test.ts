import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAudioTag, encodeAudioTag, type FlvAudioTag } from './audio-tag.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** Body in, tag, canonical body out (null: nothing that anybody would write); also what the fuzz starts from. */
const table: readonly (readonly [string, string, FlvAudioTag, string | null])[] = [
  ['AAC configuration', 'af 00 1210', { kind: 'config', codec: 'aac', form: 'legacy', record: hex('1210') }, 'af 00 1210'],
  ['AAC frame', 'af 01 2100', { kind: 'frame', codec: 'aac', form: 'legacy', frame: hex('2100') }, 'af 01 2100'],
  ['AAC frame with other bits', 'a2 01 2100', { kind: 'frame', codec: 'aac', form: 'legacy', frame: hex('2100') }, 'af 01 2100'],
  ['an AAC packet type that does not exist', 'af 02 00', { kind: 'ignored' }, null],
  ['A-law', '72 d5d5', { kind: 'frame', codec: 'pcma', form: 'legacy', frame: hex('d5d5') }, '72 d5d5'],
  ['µ-law', '82 ffff', { kind: 'frame', codec: 'pcmu', form: 'legacy', frame: hex('ffff') }, '82 ffff'],
  ['mp4a start', '90 6d703461 1210', { kind: 'config', codec: 'aac', form: 'enhanced', record: hex('1210') }, '90 6d703461 1210'],
  ['mp4a frame', '91 6d703461 2100', { kind: 'frame', codec: 'aac', form: 'enhanced', frame: hex('2100') }, '91 6d703461 2100'],
  ['mp4a end', '92 6d703461', { kind: 'ignored' }, null],
  ['Opus', '91 4f707573 00', { kind: 'unsupported', codec: 'Opus' }, null],
  ['MP3', '2f 00', { kind: 'unsupported', codec: 'flv-2' }, null],
  ['Speex', 'b6 00', { kind: 'unsupported', codec: 'flv-11' }, null],
];

describe('an audio tag', () => {
  it.each(table)('%s is read', (_name, wire, tag) => {
    expect(decodeAudioTag(hex(wire))).toEqual({ ok: true, value: tag });
  });

  it.each(table.filter(([, , , canonical]) => canonical !== null))('%s is written', (_name, _wire, tag, canonical) => {
    if (tag.kind === 'ignored' || tag.kind === 'unsupported') throw new Error('not written by anybody');
    expect(Buffer.from(encodeAudioTag(tag)).toString('hex')).toBe(canonical!.replaceAll(' ', ''));
  });

  it.each(['', 'af', '90 6d7034'])('is too short: %s', (wire) => {
    expect(decodeAudioTag(hex(wire))).toEqual({ ok: false, error: 'truncated' });
  });

  it('never throws, and what can be written reads as it was', () => {
    const wire = fc
      .tuple(fc.constantFrom(...table.map(([, text]) => hex(text))), fc.nat(12), fc.uint8Array({ maxLength: 8 }))
      .map(([start, cut, rest]) => Uint8Array.of(...start.subarray(0, cut), ...rest));
    fc.assert(
      fc.property(fc.oneof(wire, fc.uint8Array({ maxLength: 16 })), (body) => {
        const read = decodeAudioTag(body);
        if (!read.ok || read.value.kind === 'ignored' || read.value.kind === 'unsupported') return;
        expect(decodeAudioTag(encodeAudioTag(read.value))).toEqual(read);
      }),
      { seed: 32, numRuns: 2000 },
    );
  });
});
