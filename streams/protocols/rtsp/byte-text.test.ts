import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOfText, textOfBytes, utf8Text } from './byte-text.ts';

test('nothing is lost either way', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(bytesOfText(textOfBytes(bytes))).toEqual(bytes);
    }),
    { seed: 1, numRuns: 500 },
  );
  const long = new Uint8Array(100_000).map((_, i) => i);
  expect(bytesOfText(textOfBytes(long))).toEqual(long);
});

test('ordinary text becomes its UTF-8, and is none before that', () => {
  expect(bytesOfText(utf8Text('中'))).toEqual(Uint8Array.of(0xe4, 0xb8, 0xad));
  expect(() => bytesOfText('中')).toThrow(RangeError);
});
