import { encode } from 'uqr';
import { describe, expect, test } from 'vitest';
import { qrPath } from './qr-path.ts';

/** Which modules a path covers. */
function dark(path: string, size: number): boolean[][] {
  const modules = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let at = Number(x); at < Number(x) + Number(width); at++) modules[Number(y)]![at] = true;
  return modules;
}

describe('a QR code', () => {
  test.each(['otpauth://totp/Taodu:li?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Taodu', 'A', '陶都'])(
    'draws %s module by module',
    (words) => {
      const { size, path } = qrPath(words);
      const reference = encode(words, { ecc: 'M', border: 4 });
      expect(size).toBe(reference.size);
      expect(dark(path, size)).toEqual(reference.data.map((row) => [...row]));
    },
  );

  test('keeps four modules free on every side and has its three corner marks', () => {
    const { size, path } = qrPath('otpauth://totp/x');
    const modules = dark(path, size);
    const edge = [0, 1, 2, 3, size - 4, size - 3, size - 2, size - 1];
    for (const at of edge)
      for (let other = 0; other < size; other++) expect([modules[at]![other], modules[other]![at]]).toEqual([false, false]);
    for (const [x, y] of [
      [4, 4],
      [size - 5, 4],
      [4, size - 5],
    ] as const)
      expect(modules[y]![x]).toBe(true);
  });
});
