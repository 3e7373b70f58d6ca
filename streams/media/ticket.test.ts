import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { signTicket, UsedTickets, verifyTicket, type Ticket } from './ticket.ts';

const key = Buffer.alloc(32, 7);
const now = 1_800_000_000_000;
const good: Ticket = { leaseId: 'lease-1', nonce: 'n0nce', expiresAt: now + 60_000 };

test('what was signed is read back, by the same key only', () => {
  const text = signTicket(key, good);
  expect(text).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/);
  expect(verifyTicket(key, text, now)).toEqual({ ok: true, value: good });
  expect(verifyTicket(Buffer.alloc(32, 8), text, now)).toEqual({ ok: false, error: 'invalid' });
});

test.each<[string, Ticket, number, 'invalid' | 'expired' | null]>([
  ['a millisecond before it expires', good, now + 59_999, null],
  ['when it expires', good, now + 60_000, 'expired'],
  ['a clock that is a little behind', good, now - 4_000, null],
  ['a life far beyond the limit', { ...good, expiresAt: now + 3_600_000 }, now, 'invalid'],
  ['no lease', { ...good, leaseId: '' }, now, 'invalid'],
  ['a time that is none', { ...good, expiresAt: Number.NaN }, now, 'invalid'],
  ['a slash too many', { ...good, nonce: 'a/b' }, now, 'invalid'],
])('%s', (_name, ticket, at, fault) => {
  const read = verifyTicket(key, signTicket(key, ticket), at);
  expect(read.ok ? null : read.error).toBe(fault);
});

test('no other spelling of a ticket is taken', () => {
  const text = signTicket(key, good);
  for (const other of [
    `${text}=`,
    ` ${text}`,
    `${text}!`,
    text.replace('.', '..'),
    text.slice(0, -1),
    `${text}.x`,
    '',
    '.',
    'x'.repeat(10_000),
  ])
    expect(verifyTicket(key, other, now)).toEqual({ ok: false, error: 'invalid' });
  // The last character of 32 bytes in base64 holds two bits that mean nothing.
  const last = text.at(-1)!;
  for (const twin of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
    expect(verifyTicket(key, text.slice(0, -1) + twin, now).ok).toBe(twin === last);
});

test('any text never throws and is never taken', () => {
  const changed = fc.tuple(fc.nat(120), fc.string({ maxLength: 3 })).map(([at, by]) => {
    const text = signTicket(key, good);
    return text.slice(0, at) + by + text.slice(at + 1);
  });
  const holds = fc.property(
    fc.oneof(fc.string(), fc.base64String(), changed),
    (text) => text === signTicket(key, good) || !verifyTicket(key, text, now).ok,
  );
  expect(fc.check(holds, { seed: 28181, numRuns: 2000 }).counterexample).toBeNull();
});

test('a ticket is used once, until it is given back; expired ones are forgotten, others never', () => {
  const used = new UsedTickets(2);
  expect(used.use(good)).toBe('first');
  expect(used.use(good)).toBe('used');
  used.giveBack(good);
  expect(used.use(good)).toBe('first');
  expect(used.use({ ...good, nonce: 'b', expiresAt: now + 1 })).toBe('first');
  expect(used.use({ ...good, nonce: 'c' })).toBe('full');
  used.sweep(now + 1);
  expect(used.size).toBe(1);
  expect(used.use(good)).toBe('used');
  expect(used.use({ ...good, nonce: 'c' })).toBe('first');
});
