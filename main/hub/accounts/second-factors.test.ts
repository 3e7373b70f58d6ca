import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SessionId, UserId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { fromBase32 } from './base32.ts';
import { createSecondFactors } from './second-factors.ts';
import { stepMs, totpCode } from './totp.ts';

const ends: (() => void)[] = [];
afterEach(() =>
  ends
    .splice(0)
    .reverse()
    .forEach((end) => end()),
);

const li = 'u1' as UserId;
const here = 's1' as SessionId;

function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-factors-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  const clock = new ManualClock(1_800_000_000_000);
  const ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
  ends.push(() => ledger.close());
  const make = () => createSecondFactors({ database: ledger.database, secret: (key) => ledger.secret(key), clock, issuer: 'Taodu' });
  const codeOf = (secret: string, from = 0) => totpCode(fromBase32(secret)!, Math.floor(clock.now() / stepMs) + from);
  const store = (order: { readonly secrets: Parameters<typeof ledger.commit>[2]; store(): void } | null) =>
    ledger.transact({ changes: [], secrets: order!.secrets!, cause: { kind: 'command', id: 'c1', by: 'li' } }, () => order!.store());
  const factors = make();
  const enrolled = () => {
    const { secret } = factors.begin(li, 'li', here);
    const order = factors.confirm(li, here, codeOf(secret))!;
    store(order);
    return { secret, recoveryCodes: order.recoveryCodes };
  };
  return { factors, make, clock, ledger, folder, codeOf, store, enrolled };
}

test('a secret has 160 bits and says where it belongs', () => {
  const { factors } = opened();
  const { secret, uri } = factors.begin(li, 'li', here);
  expect(fromBase32(secret)).toHaveLength(20);
  expect(uri).toBe(`otpauth://totp/Taodu:li?secret=${secret}&issuer=Taodu&algorithm=SHA1&digits=6&period=30`);
  expect(factors.begin(li, 'li', here).secret).not.toBe(secret);
});

test('is in force once a code of it was confirmed, in the session that began it, within ten minutes', async () => {
  const { factors, clock, codeOf } = opened();
  const { secret } = factors.begin(li, 'li', here);
  expect(factors.use(li, codeOf(secret))).toBe(false);
  expect(factors.confirm(li, here, '000000')).toBeNull();
  expect(factors.confirm(li, 's2' as SessionId, codeOf(secret))).toBeNull();
  expect(factors.confirm('u2' as UserId, here, codeOf(secret))).toBeNull();
  await clock.advance(10 * 60_000);
  expect(factors.confirm(li, here, codeOf(secret))).toBeNull();
});

test('the code that confirmed it opens nothing more, the next one does, once', async () => {
  const { factors, clock, codeOf, enrolled, make } = opened();
  const { secret } = enrolled();
  expect(factors.use(li, codeOf(secret))).toBe(false);
  await clock.advance(stepMs);
  const code = codeOf(secret);
  expect(factors.use(li, `${code.slice(0, 3)} ${code.slice(3)}`)).toBe(true);
  expect(factors.use(li, code)).toBe(false);
  // also not after a restart, and not the one before it
  expect(make().use(li, code)).toBe(false);
  expect(make().use(li, codeOf(secret, -1))).toBe(false);
  await clock.advance(stepMs);
  expect(make().use(li, codeOf(secret))).toBe(true);
  expect(factors.use('u2' as UserId, codeOf(secret, 1))).toBe(false);
});

test('ten recovery codes, each good once, however they are typed', () => {
  const { factors, enrolled } = opened();
  const { recoveryCodes } = enrolled();
  expect(new Set(recoveryCodes).size).toBe(10);
  for (const code of recoveryCodes) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
  const [first, second] = recoveryCodes as [string, string];
  expect(factors.use(li, first)).toBe(true);
  expect(factors.use(li, first)).toBe(false);
  expect(factors.use(li, ` ${second.toUpperCase().replaceAll('-', ' ')} `)).toBe(true);
  expect(factors.use(li, second)).toBe(false);
  expect(recoveryCodes.map((code) => factors.use(li, code))).toEqual([false, false, ...Array.from({ length: 8 }, () => true)]);
});

test('the file holds neither the secret nor a recovery code', () => {
  const { ledger, folder, enrolled } = opened();
  const { secret, recoveryCodes } = enrolled();
  ledger.database.pragma('wal_checkpoint(TRUNCATE)');
  const bytes = readFileSync(join(folder, 'ledger.db'));
  expect(bytes.includes('totp:u1')).toBe(true);
  for (const text of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))])
    expect(bytes.includes(text)).toBe(false);
  expect(bytes.includes(fromBase32(secret)!)).toBe(false);
});

test('a new one replaces it, codes and all; a reset leaves none', async () => {
  const { factors, clock, codeOf, enrolled, store, ledger } = opened();
  const old = enrolled();
  const fresh = enrolled();
  await clock.advance(stepMs);
  expect(factors.use(li, codeOf(old.secret))).toBe(false);
  expect(factors.use(li, old.recoveryCodes[0]!)).toBe(false);
  expect(factors.use(li, codeOf(fresh.secret))).toBe(true);
  store(factors.reset(li));
  await clock.advance(stepMs);
  expect(factors.use(li, codeOf(fresh.secret))).toBe(false);
  expect(factors.use(li, fresh.recoveryCodes[0]!)).toBe(false);
  expect(ledger.secret('totp:u1')).toBeUndefined();
});
