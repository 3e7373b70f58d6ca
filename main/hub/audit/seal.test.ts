import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSignedBy, parseSeal, type SealedDay, sealText, signSeal } from './seal.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const day: SealedDay = { day: '2026-11-25', seq: 42, hash: 'a'.repeat(64), rows: 12, sealedAt: 1_700_000_000_000, previous: null };
const seal = signSeal(privateKey, day);

describe('a seal', () => {
  it('is signed by its key and no other', () => {
    expect(isSignedBy(publicKey, seal)).toBe(true);
    expect(isSignedBy(generateKeyPairSync('ed25519').publicKey, seal)).toBe(false);
  });

  it.each([
    ['day', { day: '2026-11-26' }],
    ['seq', { seq: 43 }],
    ['hash', { hash: `b${'a'.repeat(63)}` }],
    ['rows', { rows: 11 }],
    ['time', { sealedAt: 1_700_000_000_001 }],
    ['seal before', { previous: '' }],
    ['signature', { signature: seal.signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) }],
    ['signature, cut', { signature: '' }],
  ])('is none with another %s', (_name, change) => {
    expect(isSignedBy(publicKey, { ...seal, ...change })).toBe(false);
  });

  it('is read as it was written', () => {
    expect(parseSeal(sealText(seal))).toEqual(seal);
    expect(parseSeal(sealText({ ...seal, previous: seal.signature }))).toEqual({ ...seal, previous: seal.signature });
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    sealText(seal).replace('taodu-seal-1', 'taodu-seal-2'),
    sealText(seal).replace('42', '42.5'),
    sealText(seal).replace('"rows"', '"more": 1, "rows"'),
  ])('is not read from %j', (text) => {
    expect(parseSeal(text)).toBeNull();
  });

  it('is never read from noise, and whatever is read was there', () => {
    const altered = fc.tuple(fc.nat(400), fc.string({ maxLength: 3 })).map(([at, by]) => {
      const text = sealText(seal);
      return text.slice(0, at) + by + text.slice(at + 1);
    });
    const holds = fc.property(fc.oneof(fc.string(), altered), (text) => {
      const read = parseSeal(text);
      return read === null || sealText(read) === sealText(seal) || !isSignedBy(publicKey, read);
    });
    expect(fc.check(holds, { seed: 20261126, numRuns: 1000 }).counterexample).toBeNull();
  });
});
