import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byStrength, decodeChallenges, encodeChallenge, type Challenge, type DigestChallenge } from './challenge.ts';

const digest: DigestChallenge = { scheme: 'digest', realm: 'r', nonce: 'n', opaque: null, algorithm: null, qopAuth: false, stale: false };

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const table: readonly (readonly [wire: string, challenge: Challenge])[] = [
  ['Basic realm="IP Camera(C5021)"', { scheme: 'basic', realm: 'IP Camera(C5021)' }],
  ['Digest realm="r", nonce="n"', digest],
  [
    String.raw`Digest realm="a \"b\", \\c", nonce="n=1, 2", opaque="", algorithm=SHA-256, qop="auth", stale=true`,
    { ...digest, realm: String.raw`a "b", \c`, nonce: 'n=1, 2', opaque: '', algorithm: 'SHA-256', qopAuth: true, stale: true },
  ],
  ['Digest realm="\u00c9\u00e3", nonce="n", algorithm=MD5-sess', { ...digest, realm: '\u00c9\u00e3', algorithm: 'MD5-sess' }],
];

describe('WWW-Authenticate', () => {
  it.each(table)('%s', (wire, challenge) => {
    expect(decodeChallenges([wire])).toEqual({ ok: true, value: [challenge] });
    expect(encodeChallenge(challenge)).toBe(wire);
  });

  it('takes several headers, and several challenges in one', () => {
    const all = table.map(([, challenge]) => challenge);
    expect(decodeChallenges(table.map(([wire]) => wire))).toEqual({ ok: true, value: all });
    expect(decodeChallenges([table.map(([wire]) => wire).join(', ')])).toEqual({ ok: true, value: all });
  });

  it.each([
    ['another scheme', 'Negotiate, NTLM abc==, Bearer realm="x"', []],
    ['another algorithm', 'Digest realm="r", nonce="n", algorithm=SHA-512-256', []],
    ['bodies only', 'Digest realm="r", nonce="n", qop="auth-int"', []],
    ['no nonce', 'Digest realm="r"', []],
    [
      'spaces, case, no quotes',
      'digest REALM = "r" ,nonce=n,  Algorithm="md5", qop="auth-int, auth",stale=FALSE',
      [{ ...digest, algorithm: 'MD5', qopAuth: true }],
    ],
    ['an empty qop', 'Digest realm="r", nonce="n", qop=""', [digest]],
    ['an open quote', 'Digest nonce="n", realm="r', [digest]],
  ])('%s', (_name, wire, challenges) => {
    expect(decodeChallenges([wire])).toEqual({ ok: true, value: challenges });
  });

  it('puts the strongest first', () => {
    const algorithms = ['MD5-sess', 'SHA-256-sess', null, 'SHA-256'] as const;
    const challenges: Challenge[] = [{ scheme: 'basic', realm: '' }, ...algorithms.map((algorithm) => ({ ...digest, algorithm }))];
    const order = byStrength(challenges).map((one) => (one.scheme === 'basic' ? 'basic' : one.algorithm));
    expect(order).toEqual(['SHA-256', 'SHA-256-sess', null, 'MD5-sess', 'basic']);
  });

  it('is bounded and never throws, and what it reads it writes as it was', () => {
    expect(decodeChallenges(['Basic realm="x",'.repeat(20)])).toEqual({ ok: false, error: 'too-many' });
    const damaged = fc
      .tuple(fc.constantFrom(...table.map(([wire]) => wire)), fc.nat(60), fc.string({ maxLength: 4 }))
      .map(([wire, at, text]) => wire.slice(0, at) + text + wire.slice(at + 1));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), damaged), { maxLength: 4 }), (headers) => {
        const read = decodeChallenges(headers);
        if (read.ok) for (const one of read.value) expect(decodeChallenges([encodeChallenge(one)])).toEqual({ ok: true, value: [one] });
      }),
      { seed: 7616, numRuns: 2000 },
    );
  });
});
