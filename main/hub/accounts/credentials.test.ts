import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { UserId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createCredentials } from './credentials.ts';

const ends: (() => void)[] = [];
afterEach(() =>
  ends
    .splice(0)
    .reverse()
    .forEach((end) => end()),
);

function opened(historyKept = 3) {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-credentials-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  const ledger = openLedger(folder, { changesKept: 100, clock: new ManualClock(), log: silentLog });
  ends.push(() => ledger.close());
  return { ledger, credentials: createCredentials(ledger.database, historyKept) };
}
const li = 'u1' as UserId;
const wang = 'u2' as UserId;
const cause = { kind: 'command', id: 'c1', by: 'test' } as const;

test('what is set is known, to this opening and to the next', () => {
  const { ledger, credentials } = opened();
  expect(credentials.of(li)).toBeUndefined();
  credentials.set(li, { passwordHash: 'zero', mustChange: false }, 4);
  expect(credentials.of(li)).toEqual({ passwordHash: 'zero', mustChange: false, changedAt: 4, lastLoginAt: null });
  credentials.set(li, { passwordHash: 'one', mustChange: true }, 5);
  expect(credentials.of(li)?.passwordHash).toBe('one');
  credentials.loggedIn(li, 6);
  const expected = { passwordHash: 'one', mustChange: true, changedAt: 5, lastLoginAt: 6 };
  expect(credentials.of(li)).toEqual(expected);
  expect(createCredentials(ledger.database, 3).of(li)).toEqual(expected);
});

test('the last few are remembered, of everybody apart, and the one of now is none of the past', () => {
  const { credentials } = opened();
  credentials.set(wang, { passwordHash: 'other', mustChange: false }, 1);
  for (const passwordHash of ['one', 'two', 'three', 'four', 'five']) credentials.set(li, { passwordHash, mustChange: false }, 1);
  expect(credentials.history(li)).toEqual(['four', 'three', 'two']);
  expect(credentials.history(wang)).toEqual([]);
});

test('where none is to be remembered, none is', () => {
  const { credentials } = opened(0);
  credentials.set(li, { passwordHash: 'one', mustChange: false }, 1);
  credentials.set(li, { passwordHash: 'two', mustChange: false }, 2);
  expect(credentials.history(li)).toEqual([]);
});

test('what is undone with its transaction was never known', () => {
  const { ledger, credentials } = opened();
  credentials.set(li, { passwordHash: 'one', mustChange: false }, 1);
  expect(credentials.of(li)?.passwordHash).toBe('one');
  expect(() =>
    ledger.transact({ changes: [], cause }, () => {
      credentials.set(li, { passwordHash: 'two', mustChange: false }, 2);
      throw new Error('the audit cannot be written');
    }),
  ).toThrow('the audit');
  expect(credentials.of(li)?.passwordHash).toBe('one');
  expect(credentials.history(li)).toEqual([]);
});
