import { existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dropStaleLock, lockHolder } from './stale-lock.ts';

/** Beyond what any system gives. */
const nobody = 2_000_000_000;
let profile: string;
beforeEach(() => (profile = mkdtempSync(join(tmpdir(), 'taodu-lock-'))));
afterEach(() => rmSync(profile, { recursive: true, force: true }));

const lock = (target: string) => symlinkSync(target, join(profile, 'SingletonLock'));
const isThere = () => lstatSync(join(profile, 'SingletonLock'), { throwIfNoEntry: false }) !== undefined;

test('a lock that was left behind before the computer got another name is removed', () => {
  lock(`wall-pc-of-old-${nobody}`);
  expect(lockHolder(profile)).toEqual({ host: 'wall-pc-of-old', pid: nobody });
  expect(dropStaleLock(profile)).toEqual({ host: 'wall-pc-of-old', pid: nobody });
  expect(isThere()).toBe(false);
});

test('one of an app that still runs stays, whatever the computer was called then', () => {
  lock(`wall-pc-of-old-${process.pid}`);
  expect(dropStaleLock(profile)).toBeNull();
  expect(isThere()).toBe(true);
});

test.runIf(process.platform === 'linux')('a number that is now somebody else’s holds nothing', () => {
  lock('wall-pc-of-old-1');
  expect(dropStaleLock(profile)).toMatchObject({ pid: 1 });
});

test('one under the present name is Chromium’s to judge', () => {
  lock(`${hostname()}-${nobody}`);
  expect(dropStaleLock(profile)).toBeNull();
  expect(isThere()).toBe(true);
});

test.each<[string, () => void]>([
  ['no lock', () => {}],
  ['a file', () => writeFileSync(join(profile, 'SingletonLock'), 'x')],
  ['a link to something else', () => lock('nonsense')],
  ['no profile', () => rmSync(profile, { recursive: true })],
])('%s: nobody has it, and nothing is touched', (_, prepare) => {
  prepare();
  const before = existsSync(profile) && isThere();
  expect(lockHolder(profile)).toBeNull();
  expect(dropStaleLock(profile)).toBeNull();
  expect(existsSync(profile) && isThere()).toBe(before);
});
