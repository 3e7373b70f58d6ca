import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSession, encodeSession, type SessionHeader } from './session-header.ts';

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const table: readonly (readonly [wire: string, session: SessionHeader])[] = [
  ['12345678', { id: '12345678', timeoutS: null }],
  ['a$-_.+b;timeout=30', { id: 'a$-_.+b', timeoutS: 30 }],
];

describe('Session', () => {
  it.each(table)('%s', (wire, session) => {
    expect(decodeSession(wire)).toEqual({ ok: true, value: session });
    expect(encodeSession(session)).toBe(wire);
  });

  it.each([
    [' 1234 ; Timeout = 60 ', { id: '1234', timeoutS: 60 }],
    ['1234;timeout=0', { id: '1234', timeoutS: null }],
    ['1234;timeout=soon;timeout', { id: '1234', timeoutS: null }],
    ['1234;x=y;timeout=5', { id: '1234', timeoutS: 5 }],
  ])('tolerates %j', (wire, session) => {
    expect(decodeSession(wire)).toEqual({ ok: true, value: session });
  });

  it.each(['', ';timeout=60'.slice(0, 1), 'a b', 'a\u0001', 'x'.repeat(257)])('refuses %j', (wire) => {
    expect(decodeSession(wire)).toEqual({ ok: false, error: 'id-malformed' });
  });

  it('never throws, and what it reads is safe to send back', () => {
    const seeds = fc.constantFrom(...table.map(([wire]) => wire));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(seeds, fc.string()).map(([wire, more]) => wire + more),
        ),
        (wire) => {
          const read = decodeSession(wire);
          if (read.ok) expect(encodeSession(read.value)).toMatch(/^[!-~]+$/);
        },
      ),
      { seed: 1237, numRuns: 2000 },
    );
  });
});
