import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { otpauthUri, totpCode, totpStep } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

// RFC 6238 appendix B, SHA-1: its codes have eight digits, ours are the last six of them
const vectors: readonly (readonly [number, string])[] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
];

test.each(vectors)('at %i s the code is …%s', (seconds, code) => {
  const step = Math.floor(seconds / 30);
  expect(totpCode(secret, step)).toBe(code.slice(2));
  expect(totpStep(secret, code.slice(2), seconds * 1000, 0)).toBe(step);
});

// RFC 4226 appendix D
test.each([
  [0, '755224'],
  [1, '287082'],
  [9, '520489'],
])('step %i has the code %s', (step, code) => {
  expect(totpCode(secret, step)).toBe(code);
});

describe('which codes are taken', () => {
  const step = 41_152_263;
  const at = step * 30_000 + 12_345;
  test.each<[string, number, number, number | null]>([
    ['the one of now', 0, 0, step],
    ['the one before', -1, 0, step - 1],
    ['the next one', 1, 0, step + 1],
    ['two steps ago', -2, 0, null],
    ['two steps ahead', 2, 0, null],
    ['one that was used', 0, step, null],
    ['one before the one that was used', -1, step, null],
    ['one after the one that was used', 1, step, step + 1],
  ])('%s', (_name, from, lastStep, found) => {
    expect(totpStep(secret, totpCode(secret, step + from), at, lastStep)).toBe(found);
  });

  test.each(['', '12345', '1234567', '12345a', '１２３４５６', '      ', '-12345', '1e1000'])('"%s" is none', (text) => {
    expect(totpStep(secret, text, at, 0)).toBeNull();
  });

  test('another secret, and any text, opens nothing', () => {
    expect(totpStep(Buffer.from('12345678901234567891'), totpCode(secret, step), at, 0)).toBeNull();
    const taken = new Set([-1, 0, 1].map((from) => totpCode(secret, step + from)));
    const holds = fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^\d{6}$/)),
      (text) => taken.has(text) === (totpStep(secret, text, at, 0) !== null),
    );
    expect(fc.check(holds, { seed: 6238, numRuns: 2000 }).counterexample).toBeNull();
  });

  test('at the beginning of time there is no step before the first', () => {
    expect(totpStep(secret, totpCode(secret, 1), 0, 0)).toBe(1);
  });
});

test('what the QR code says', () => {
  expect(otpauthUri('陶都 Taodu', 'li.wei', 'MZXW6YTBOI')).toBe(
    'otpauth://totp/%E9%99%B6%E9%83%BD%20Taodu:li.wei?secret=MZXW6YTBOI&issuer=%E9%99%B6%E9%83%BD%20Taodu&algorithm=SHA1&digits=6&period=30',
  );
});
