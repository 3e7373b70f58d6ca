import { expect, test } from 'vitest';
import { decodeG711 } from './g711.ts';

/** Decision values of Rec. ITU-T G.711 tables 1a to 2b, in the 13 and 14 bit scale of their 16 bit form. */
test.each<['pcma' | 'pcmu', number, number]>([
  ['pcma', 0xd5, 8],
  ['pcma', 0x55, -8],
  ['pcma', 0xaa, 32_256],
  ['pcma', 0x2a, -32_256],
  ['pcma', 0xc5, 264],
  ['pcma', 0x80, 5_504],
  ['pcma', 0x00, -5_504],
  ['pcmu', 0xff, 0],
  ['pcmu', 0x7f, 0],
  ['pcmu', 0x80, 32_124],
  ['pcmu', 0x00, -32_124],
  ['pcmu', 0xfe, 8],
  ['pcmu', 0x7e, -8],
  ['pcmu', 0xf0, 120],
  ['pcmu', 0xef, 132],
])('%s %i is %i', (law, code, sample) => {
  expect(decodeG711(Uint8Array.of(code), law)[0]! * 32_768).toBeCloseTo(sample, 6);
});

test.each(['pcma', 'pcmu'] as const)('%s: either half rises without a step back, and the halves mirror each other', (law) => {
  const all = [
    ...decodeG711(
      Uint8Array.from({ length: 256 }, (_, code) => code),
      law,
    ),
  ];
  const order = (code: number) => (law === 'pcma' ? code ^ 0x55 : ~code & 0x7f);
  const positive = Array.from({ length: 128 }, (_, code) => code + 128).sort((a, b) => (order(a) & 0x7f) - (order(b) & 0x7f));
  for (const [index, code] of positive.entries()) {
    if (index > 0) expect(all[code]).toBeGreaterThan(all[positive[index - 1]!]!);
    expect(all[code]).toBe(-all[code - 128]! + 0);
  }
});
