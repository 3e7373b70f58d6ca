import type { Clock, EpochMs } from '../../contract/time.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';

const freeForGuesser = 5;
/**
 * More for an account from anywhere and for an address at all: nobody may lock an administrator out from elsewhere, and a whole
 * room of desks may share one address.
 */
const freeForOne = 40;
const firstWaitMs = 2000;
const longestWaitMs = 15 * 60_000;
const forgetAfterMs = 30 * 60_000;
/** The most accounts, addresses, and accounts from one address that are remembered; beyond it the ones that failed longest ago are forgotten. */
export const failuresKept = 10_000;

type Kind = 'guesser' | 'account' | 'address';
interface Counted {
  readonly failures: number;
  readonly waitUntil: EpochMs;
  readonly lastAt: EpochMs;
}

/**
 * Slows down guessing: from the fifth failure of an account from one address, the fortieth of an account or of an address, a wait
 * that doubles up to 15 minutes. It is kept in the database: a restart forgives nobody.
 */
export interface LoginThrottle {
  /** How long this account must wait at this address, and how often guessing failed there within the last half hour. */
  standing(account: string, address: string): { readonly waitMs: number; readonly failures: number };
  /**
   * Counts one attempt as failed, before its answer is known: attempts made at the same time cannot slip through together.
   * @throws ProblemError `unavailable` when the disk refuses
   */
  count(account: string, address: string): void;
  /** Takes one counted attempt back: nothing was guessed wrong. What was counted before stays. */
  withdraw(account: string, address: string): void;
  /** Forgets what failed for the account and for it at this address; of the address, the one attempt. */
  succeeded(account: string, address: string): void;
  /** Forgets all that failed for the account. May be part of the transaction that is open. */
  forget(account: string): void;
  /** Until when the account has to wait, at one address or at all; null when it need not. */
  lockedUntil(account: string): EpochMs | null;
}

export function createLoginThrottle(ledger: Pick<SqliteLedger, 'database' | 'transact'>, clock: Pick<Clock, 'now'>): LoginThrottle {
  const { database } = ledger;
  const read = database.prepare<[Kind, string], Counted>(
    'SELECT failures, wait_until AS waitUntil, last_at AS lastAt FROM login_failures WHERE kind = ? AND key = ?',
  );
  const write = database.prepare<[Kind, string, number, number, number]>(
    `INSERT INTO login_failures (kind, key, failures, wait_until, last_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, key)
     DO UPDATE SET failures = excluded.failures, wait_until = excluded.wait_until, last_at = excluded.last_at`,
  );
  const remove = database.prepare<[Kind, string]>('DELETE FROM login_failures WHERE kind = ? AND key = ?');
  const trim = database.prepare<[Kind, number, number, Kind, number]>(
    `DELETE FROM login_failures WHERE kind = ? AND (last_at <= ? OR last_at >= ?
     OR key IN (SELECT key FROM login_failures WHERE kind = ? ORDER BY last_at DESC LIMIT -1 OFFSET ?))`,
  );
  // a space cannot be in an account's name, and '!' is the sign after it
  const longestOfGuessers = database
    .prepare<[number, string, string], number | null>(
      "SELECT max(wait_until) FROM login_failures WHERE kind = 'guesser' AND last_at < ? AND key >= ? AND key < ?",
    )
    .pluck();
  const removeGuessers = database.prepare<[string, string]>("DELETE FROM login_failures WHERE kind = 'guesser' AND key >= ? AND key < ?");

  const guesserOf = (account: string, address: string) => `${account} ${address}`;
  const transact = (work: () => void) => void ledger.transact({ changes: [], cause: { kind: 'timer', id: 'login', by: 'accounts' } }, work);

  const held = (kind: Kind, key: string, now: EpochMs): Counted => {
    const counted = read.get(kind, key);
    // what failed far in the future failed before the clock was set back: it must not hold anybody up until then
    return counted && Math.abs(now - counted.lastAt) < forgetAfterMs ? counted : { failures: 0, waitUntil: 0, lastAt: now };
  };
  const add = (kind: Kind, key: string, free: number, now: EpochMs) => {
    const { failures, waitUntil } = held(kind, key, now);
    const beyond = failures + 1 - free;
    const wait = beyond < 0 ? waitUntil : now + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(beyond, 20));
    write.run(kind, key, failures + 1, wait, now);
    trim.run(kind, now - forgetAfterMs, now + forgetAfterMs, kind, failuresKept);
  };
  const takeBack = (kind: Kind, key: string) => {
    const counted = read.get(kind, key);
    if (!counted) return;
    if (counted.failures <= 1) remove.run(kind, key);
    else write.run(kind, key, counted.failures - 1, 0, counted.lastAt);
  };

  return {
    standing(account, address) {
      const now = clock.now();
      const guesser = held('guesser', guesserOf(account, address), now);
      const ofAddress = held('address', address, now);
      const until = Math.max(guesser.waitUntil, held('account', account, now).waitUntil, ofAddress.waitUntil);
      return { waitMs: Math.max(0, Math.ceil(until - now)), failures: guesser.failures + ofAddress.failures };
    },
    count(account, address) {
      const now = clock.now();
      transact(() => {
        add('guesser', guesserOf(account, address), freeForGuesser, now);
        add('account', account, freeForOne, now);
        add('address', address, freeForOne, now);
      });
    },
    withdraw(account, address) {
      transact(() => {
        takeBack('guesser', guesserOf(account, address));
        takeBack('account', account);
        takeBack('address', address);
      });
    },
    succeeded(account, address) {
      transact(() => {
        remove.run('account', account);
        remove.run('guesser', guesserOf(account, address));
        // one right password must not wipe out the guesses made at other accounts from the same place
        takeBack('address', address);
      });
    },
    forget(account) {
      remove.run('account', account);
      removeGuessers.run(`${account} `, `${account}!`);
    },
    lockedUntil(account) {
      const now = clock.now();
      const ofGuessers = longestOfGuessers.get(now + forgetAfterMs, `${account} `, `${account}!`) ?? 0;
      const until = Math.max(held('account', account, now).waitUntil, ofGuessers);
      return until > now ? until : null;
    },
  };
}
