import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jpegSize, photoBytesAtMost } from './jpeg.ts';
import { smallJpeg } from './testdata/small-jpeg.ts';

const whole = smallJpeg();
const replaced = (at: number, value: number) => {
  const bytes = Buffer.from(whole);
  bytes[at] = value;
  return bytes;
};
const frameAt = whole.indexOf(Buffer.from([0xff, 0xc0]));

describe('a picture by its markers', () => {
  test.each([
    ['a whole one', whole, { width: 2, height: 2 }],
    ['with a comment', smallJpeg('Taodu'), { width: 2, height: 2 }],
    [
      'with fill bytes before a marker',
      Buffer.concat([whole.subarray(0, 2), Buffer.from([0xff, 0xff]), whole.subarray(2)]),
      { width: 2, height: 2 },
    ],
    ['progressive', replaced(frameAt + 1, 0xc2), { width: 2, height: 2 }],
    ['nothing', Buffer.alloc(0), null],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), null],
    ['a page', Buffer.from('<!doctype html><script>'), null],
    ['cut off', whole.subarray(0, -1), null],
    ['with something behind its end', Buffer.concat([whole, Buffer.from('<script>')]), null],
    ['without a frame', Buffer.concat([whole.subarray(0, frameAt), whole.subarray(frameAt + 11)]), null],
    ['lossless, which no browser shows', replaced(frameAt + 1, 0xc3), null],
    ['of no width', replaced(frameAt + 8, 0), null],
    ['too wide', replaced(frameAt + 7, 0x7f), null],
    ['beyond the bound', Buffer.concat([whole.subarray(0, 2), Buffer.alloc(photoBytesAtMost), whole.subarray(2)]), null],
  ])('%s', (_name, bytes, expected) => {
    expect(jpegSize(bytes)).toEqual(expected);
  });
});

test('no bytes whatever make it throw or run on', () => {
  const mutated = fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 12 }).map((edits) => {
    const bytes = Buffer.from(whole);
    for (const [at, value] of edits) bytes[at] = value;
    return bytes as Uint8Array;
  });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 400 })), (bytes) => {
      const size = jpegSize(bytes);
      if (size !== null) expect(size.width * size.height).toBeGreaterThan(0);
    }),
    { seed: 20261127, numRuns: 1000 },
  );
});
