import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createLoginThrottle, failuresKept } from './login-throttle.ts';

const ends: (() => void)[] = [];
afterEach(() =>
  ends
    .splice(0)
    .reverse()
    .forEach((end) => end()),
);

function opened(clock = new ManualClock(1_800_000_000_000), given?: string) {
  const folder = given ?? mkdtempSync(join(tmpdir(), 'taodu-throttle-'));
  if (given === undefined) ends.push(() => rmSync(folder, { recursive: true }));
  const ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
  ends.push(() => ledger.close());
  const throttle = createLoginThrottle(ledger, clock);
  /** As a login does: asks, and when it need not wait is counted until it is known to be right. */
  const attempt = (account: string, address: string): number => {
    const { waitMs } = throttle.standing(account, address);
    if (waitMs === 0) throttle.count(account, address);
    return waitMs;
  };
  const rows = (kind: string) => ledger.database.prepare('SELECT count(*) FROM login_failures WHERE kind = ?').pluck().get(kind);
  return { throttle, attempt, clock, folder, ledger, rows };
}

test('five failures are free, then the wait doubles up to 15 minutes', async () => {
  const { attempt, clock } = opened();
  for (let i = 0; i < 5; i++) expect(attempt('li', '10.0.0.1')).toBe(0);
  const waits: number[] = [];
  for (let i = 0; i < 12; i++) {
    const waitMs = attempt('li', '10.0.0.1');
    waits.push(waitMs);
    await clock.advance(waitMs);
    expect(attempt('li', '10.0.0.1')).toBe(0);
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900].map((seconds) => seconds * 1000));
});

test('an account is guarded whatever the address, an address whatever the account, and others are not touched', () => {
  const { attempt } = opened();
  for (let i = 0; i < 39; i++) attempt('li', `10.0.0.${i}`);
  expect(attempt('li', '10.0.1.1')).toBe(0);
  expect(attempt('li', '10.9.9.9')).toBeGreaterThan(0);
  for (let i = 0; i < 39; i++) attempt(`user${i}`, '10.1.1.1');
  expect(attempt('zhao', '10.1.1.1')).toBe(0);
  expect(attempt('wang', '10.1.1.1')).toBeGreaterThan(0);
  expect(attempt('wang', '10.2.2.2')).toBe(0);
});

test('guesses from one place do not keep the owner of the account out at another', () => {
  const { attempt } = opened();
  for (let i = 0; i < 5; i++) attempt('admin', '10.6.6.6');
  expect(attempt('admin', '10.6.6.6')).toBeGreaterThan(0);
  expect(attempt('admin', '10.0.0.1')).toBe(0);
});

test('attempts made at the same time are all counted before any answer is known', () => {
  const { attempt } = opened();
  const allowed = Array.from({ length: 50 }, () => attempt('li', '10.0.0.1')).filter((waitMs) => waitMs === 0);
  expect(allowed).toHaveLength(5);
});

test('a right password clears the account but not the guesses at others from the same address', () => {
  const { attempt, throttle } = opened();
  for (let i = 0; i < 39; i++) attempt(`user${i}`, '10.0.0.1');
  attempt('wang', '10.0.0.1');
  throttle.succeeded('wang', '10.0.0.1');
  expect(attempt('li', '10.0.0.1')).toBe(0);
  expect(attempt('zhao', '10.0.0.1')).toBeGreaterThan(0);
});

test('an attempt that guessed nothing wrong is taken back, and only that one', () => {
  const { attempt, throttle } = opened();
  for (let i = 0; i < 4; i++) attempt('li', '10.0.0.1');
  for (let i = 0; i < 3; i++) {
    expect(attempt('li', '10.0.0.1')).toBe(0);
    throttle.withdraw('li', '10.0.0.1');
  }
  expect(throttle.standing('li', '10.0.0.1').failures).toBe(8);
  expect(attempt('li', '10.0.0.1')).toBe(0);
  expect(attempt('li', '10.0.0.1')).toBe(2000);
  throttle.withdraw('nobody', '10.0.0.2');
  expect(throttle.standing('nobody', '10.0.0.2').failures).toBe(0);
});

test('a restart forgives nobody', async () => {
  const before = opened();
  for (let i = 0; i < 5; i++) before.attempt('li', '10.0.0.1');
  await before.clock.advance(500);
  before.ledger.close();
  const after = opened(before.clock, before.folder);
  expect(after.throttle.standing('li', '10.0.0.1')).toEqual({ waitMs: 1500, failures: 10 });
  await before.clock.advance(1500);
  expect(after.attempt('li', '10.0.0.1')).toBe(0);
  expect(after.attempt('li', '10.0.0.1')).toBe(4000);
});

test.each<[string, number, number]>([
  ['a minute', 60_000, 62_000],
  ['a year', 365 * 86_400_000, 0],
])('a clock that is set back by %s does not lock for ever', (_name, back, waitMs) => {
  const before = opened();
  for (let i = 0; i < 5; i++) before.attempt('li', '10.0.0.1');
  before.ledger.close();
  const after = opened(new ManualClock(before.clock.now() - back), before.folder);
  expect(after.throttle.standing('li', '10.0.0.1').waitMs).toBe(waitMs);
  // what lies in the future neither counts nor takes the place of what fails now
  if (waitMs > 0) return;
  after.attempt('li', '10.0.0.1');
  expect(after.throttle.standing('li', '10.0.0.1').failures).toBe(2);
  expect(after.rows('guesser')).toBe(1);
});

test('who administers can see who is locked, and unlock', () => {
  const { attempt, throttle, clock } = opened();
  expect(throttle.lockedUntil('li')).toBeNull();
  for (let i = 0; i < 5; i++) attempt('li', '10.0.0.1');
  for (let i = 0; i < 6; i++) attempt('li.wei', '10.0.0.2');
  expect(throttle.lockedUntil('li')).toBe(clock.now() + 2000);
  throttle.forget('li');
  expect(throttle.lockedUntil('li')).toBeNull();
  expect(attempt('li', '10.0.0.1')).toBe(0);
  expect(throttle.lockedUntil('li.wei')).toBe(clock.now() + 2000);
});

test('failures are forgotten after half an hour', async () => {
  const { attempt, clock, rows } = opened();
  for (let i = 0; i < 5; i++) attempt('li', '10.0.0.1');
  await clock.advance(31 * 60_000);
  for (let i = 0; i < 5; i++) expect(attempt('li', '10.0.0.1')).toBe(0);
  await clock.advance(31 * 60_000);
  attempt('wang', '10.0.0.2');
  expect([rows('guesser'), rows('account'), rows('address')]).toEqual([1, 1, 1]);
});

test('only so many are remembered: what failed longest ago is forgotten', async () => {
  const { attempt, clock, rows, ledger, throttle } = opened();
  const fill = ledger.database.prepare("INSERT INTO login_failures VALUES (?, 'k' || ?, 1, 0, ?)");
  ledger.database.transaction(() => {
    for (const kind of ['guesser', 'account', 'address'])
      for (let i = 0; i < failuresKept; i++) fill.run(kind, i, clock.now() + Math.floor(i / 1000));
  })();
  await clock.advance(100);
  attempt('li', '10.0.0.1');
  expect([rows('guesser'), rows('account'), rows('address')]).toEqual([failuresKept, failuresKept, failuresKept]);
  expect(throttle.standing('li', '10.0.0.1').failures).toBe(2);
});
