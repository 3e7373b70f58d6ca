import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeGbk, encodeGbk, readDeviceText } from './gbk.ts';

test.each([
  ['苏B12345', [0xcb, 0xd5, 0x42, 0x31, 0x32, 0x33, 0x34, 0x35]],
  ['你好', [0xc4, 0xe3, 0xba, 0xc3]],
  ['plain', [0x70, 0x6c, 0x61, 0x69, 0x6e]],
])('%s', (text, bytes) => {
  expect([...encodeGbk(text)]).toEqual(bytes);
  expect(decodeGbk(Uint8Array.from(bytes))).toBe(text);
  expect(readDeviceText(Uint8Array.from(bytes))).toBe(text);
});

test('UTF-8 is known by itself; what GBK lacks becomes a question mark', () => {
  expect(readDeviceText(new TextEncoder().encode('陶都'))).toBe('陶都');
  expect([...encodeGbk('a😀b')]).toEqual([0x61, 0x3f, 0x62]);
});

test('any bytes are text, and ASCII stays what it is (seeded)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.string({ maxLength: 20 }), (bytes, text) => {
      expect(typeof readDeviceText(bytes)).toBe('string');
      expect(decodeGbk(encodeGbk(text))).toBe(text);
    }),
    { seed: 27, numRuns: 300 },
  );
});
