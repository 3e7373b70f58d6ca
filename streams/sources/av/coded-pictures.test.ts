import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodedPictures, type CodedPicture } from './coded-pictures.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const shown = (picture: CodedPicture | null) =>
  picture && [Buffer.from(picture.annexB).toString('hex').replaceAll('00000001', ' ').trim(), picture.key];

const avcC = bytes('01 42c01e ff e1 0003 67aa01 01 0003 68bb01');
const hvcC = bytes(
  '01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 03 20 0001 0004 4001aa01 21 0001 0004 4201bb01 22 0001 0004 4401cc01',
);

test('H.264 with lengths: start codes, and the parameter sets of the record before each key picture', () => {
  const pictures = new CodedPictures('h264', avcC);
  expect(shown(pictures.take(bytes('00000002 0910 00000003 6588cc'), true))).toEqual(['67aa01 68bb01 6588cc', true]);
  expect(shown(pictures.take(bytes('00000003 419acc'), false))).toEqual(['419acc', false]);
  expect(shown(pictures.take(bytes('00000003 6588cc'), false))).toEqual(['67aa01 68bb01 6588cc', true]);
});

test('H.265 with lengths', () => {
  const pictures = new CodedPictures('h265', hvcC);
  expect(shown(pictures.take(bytes('00000004 2601dd01'), true))).toEqual(['4001aa01 4201bb01 4401cc01 2601dd01', true]);
  expect(shown(pictures.take(bytes('00000004 0201dd01'), false))).toEqual(['0201dd01', false]);
});

test('with start codes: sets in band are kept, put in front, and renewed; what says nothing is left out', () => {
  const pictures = new CodedPictures('h264', null);
  expect(shown(pictures.take(bytes('000001 6588cc'), true))).toEqual(['6588cc', false]);
  expect(shown(pictures.take(bytes('00000001 0910 00000001 67aa01 000001 68bb01 000001 0601 000001 6588cc 000001 0cff'), true))).toEqual([
    '67aa01 68bb01 0601 6588cc',
    true,
  ]);
  expect(shown(pictures.take(bytes('000001 6588cc'), false))).toEqual(['67aa01 68bb01 6588cc', true]);
  expect(shown(pictures.take(bytes('000001 67aa02 000001 6588cc'), false))).toEqual(['67aa02 68bb01 6588cc', true]);
});

test('a picture that FFmpeg takes for one to begin with is one, if it comes with all it needs', () => {
  const pictures = new CodedPictures('h264', bytes('00000001 67aa01 00000001 68bb01'));
  expect(shown(pictures.take(bytes('000001 419acc'), true))).toEqual(['67aa01 68bb01 419acc', true]);
});

test('the record may change on the way', () => {
  const pictures = new CodedPictures('h264', avcC);
  pictures.configure(bytes('01 42c01e fd e1 0003 67ee01 01 0003 68bb01'));
  expect(shown(pictures.take(bytes('0003 6588cc'), true))).toEqual(['67ee01 68bb01 6588cc', true]);
});

test.each([
  ['nothing', ''],
  ['a length beyond the end', '000000ff 65'],
  ['half a length', '0000'],
  ['parameter sets alone', '00000003 67aa01'],
])('%s is no picture', (_name, data) => {
  expect(new CodedPictures('h264', avcC).take(bytes(data), true)).toBeNull();
});

test('any bytes: never throws, and what comes out begins with a start code', () => {
  const known = fc.constantFrom(avcC, hvcC, null, bytes('00000001 67aa01'));
  const some = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.constantFrom(avcC, hvcC, bytes('00000003 6588cc'), bytes('00000004 2601dd01')),
  );
  const holds = fc.property(
    fc.constantFrom('h264' as const, 'h265' as const),
    known,
    fc.array(some, { maxLength: 6 }),
    (codec, extradata, all) => {
      const pictures = new CodedPictures(codec, extradata);
      return all.every((data, index) => {
        if (index % 3 === 2) pictures.configure(data);
        const picture = pictures.take(data, index % 2 === 0);
        return picture === null || (picture.annexB.length > 4 && picture.annexB[3] === 1);
      });
    },
  );
  expect(fc.check(holds, { seed: 28181, numRuns: 3000 }).counterexample).toBeNull();
});
