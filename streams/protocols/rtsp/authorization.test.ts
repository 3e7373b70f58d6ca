import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  answerChallenge,
  decodeAuthorization,
  encodeAuthorization,
  isRightAnswer,
  type Authorization,
  type DigestHash,
} from './authorization.ts';
import { decodeChallenges, type DigestChallenge } from './challenge.ts';
import { encodeMessage, headersOf, parseHead } from './message.ts';

const hash: DigestHash = (algorithm, bytes) =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(bytes)
    .digest('hex');

const digest = { scheme: 'digest', user: 'admin', realm: 'r', nonce: 'n', uri: 'rtsp://h/a', response: 'ff' } as const;

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const table: readonly (readonly [wire: string, authorization: Authorization])[] = [
  ['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', { scheme: 'basic', user: 'Aladdin', password: 'open sesame' }],
  ['Basic YTpiOmM=', { scheme: 'basic', user: 'a', password: 'b:c' }],
  [
    'Digest username="admin", realm="r", nonce="n", uri="rtsp://h/a", response="ff"',
    { ...digest, algorithm: null, opaque: null, counted: null },
  ],
  [
    String.raw`Digest username="a\"b", realm="r", nonce="n", uri="rtsp://h/a", response="ff", algorithm=SHA-256, opaque="o", qop=auth, nc=0000001f, cnonce="c"`,
    { ...digest, user: 'a"b', algorithm: 'SHA-256', opaque: 'o', counted: { count: 31, cnonce: 'c' } },
  ],
];

describe('Authorization', () => {
  it.each(table)('%s', (wire, authorization) => {
    expect(decodeAuthorization(wire)).toEqual({ ok: true, value: authorization });
    expect(encodeAuthorization(authorization)).toBe(wire);
  });

  it.each([
    ['Bearer abc', 'scheme-unsupported'],
    ['', 'scheme-unsupported'],
    ['Basic ***', 'malformed'],
    ['Basic QQ==', 'malformed'],
    ['Digest username="a", nonce="n"', 'malformed'],
  ])('%j: %s', (wire, error) => {
    expect(decodeAuthorization(wire)).toEqual({ ok: false, error });
  });

  it('never throws', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...table.map(([wire]) => wire)), fc.nat(60), fc.string({ maxLength: 4 }))
      .map(([wire, at, text]) => wire.slice(0, at) + text + wire.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged), (wire) => {
        const read = decodeAuthorization(wire);
        if (read.ok) encodeAuthorization(read.value);
      }),
      { seed: 7617, numRuns: 2000 },
    );
  });
});

describe('answers to challenges', () => {
  const httpChallenge = {
    scheme: 'digest',
    realm: 'http-auth@example.org',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    algorithm: 'MD5',
    qopAuth: true,
    stale: false,
  } as const satisfies DigestChallenge;
  const login = { user: 'Mufasa', password: 'Circle of Life' };
  const request = { method: 'GET', url: '/dir/index.html', count: 1, cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' };
  const old = {
    ...httpChallenge,
    realm: 'testrealm@host.com',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    algorithm: null,
    qopAuth: false,
  } satisfies DigestChallenge;

  // RFC 7616 clause 3.9.1.
  it.each([
    ['MD5', httpChallenge, '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', { ...httpChallenge, algorithm: 'SHA-256' as const }, '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('%s is that of the standard', (_name, challenge, response) => {
    expect(answerChallenge(challenge, login, request, hash)).toMatchObject({ response, counted: { count: 1 } });
  });

  // RFC 2069 clause 2.4, with the response that its erratum 749 corrects.
  it('leaves out what belongs to qop when the server does not ask for it', () => {
    const answer = answerChallenge(old, { user: 'Mufasa', password: 'CircleOfLife' }, request, hash);
    expect(answer).toMatchObject({ response: '1949323746fe6a43ef61f9606e7febea', counted: null, algorithm: null });
  });

  it('can be written whatever the challenge was', () => {
    const head = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 60 }).map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(head, fc.boolean(), (bytes, isBare) => {
        const wire = Buffer.concat([Buffer.from(`RTSP/1.0 401 x\r\nWWW-Authenticate: Digest nonce="n",realm=${isBare ? '' : '"'}`), bytes]);
        const read = parseHead(wire);
        const challenges = decodeChallenges(read.ok ? headersOf(read.value, 'WWW-Authenticate') : []);
        for (const challenge of challenges.ok ? challenges.value : []) {
          const value = encodeAuthorization(answerChallenge(challenge, { user: 'ä"\\', password: '中' }, request, hash));
          encodeMessage({
            kind: 'request',
            method: 'DESCRIBE',
            url: 'rtsp://h/',
            headers: [['Authorization', value]],
            body: new Uint8Array(0),
          });
        }
      }),
      { seed: 7235, numRuns: 2000 },
    );
  });

  it('is accepted by the other half, in every way, and nothing else is', () => {
    const chinese = { user: '管理员', password: 'p"ä:\\@%' };
    const challenges = [
      { scheme: 'basic', realm: 'r' } as const,
      ...([null, 'MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'] as const).flatMap((algorithm) =>
        [true, false].map((qopAuth) => ({ ...httpChallenge, algorithm, qopAuth, realm: '\xc9\xe3 "x"' })),
      ),
    ];
    for (const challenge of challenges) {
      const sent = decodeAuthorization(encodeAuthorization(answerChallenge(challenge, chinese, request, hash)));
      if (!sent.ok) throw new Error(sent.error);
      expect(isRightAnswer(sent.value, challenge, chinese, 'GET', hash)).toBe(true);
      expect(isRightAnswer(sent.value, challenge, { ...chinese, password: 'x' }, 'GET', hash)).toBe(false);
      if (challenge.scheme === 'basic') continue;
      expect(isRightAnswer(sent.value, challenge, chinese, 'PUT', hash)).toBe(false);
      expect(isRightAnswer(sent.value, { ...challenge, nonce: 'other' }, chinese, 'GET', hash)).toBe(false);
    }
  });
});
