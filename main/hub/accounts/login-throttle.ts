import type { Clock } from '../../contract/time.ts';

const freeForGuesser = 5;
/**
 * More for an account from anywhere and for an address at all: nobody may lock an administrator out from elsewhere, and a whole
 * room of desks may share one address.
 */
const freeForOne = 40;
const firstWaitMs = 2000;
const longestWaitMs = 15 * 60_000;
const forgetAfterMs = 30 * 60_000;
const keysAtMost = 10_000;

interface Counted {
  failures: number;
  waitUntil: number;
  lastAt: number;
}

/**
 * Slows down guessing: from the fifth failure of an account from one address, the fortieth of an account or of an address, a wait
 * that doubles up to 15 minutes.
 */
export interface LoginThrottle {
  /**
   * Asks for one attempt. Refused with the wait in milliseconds; otherwise the attempt counts as failed until `succeeded`
   * is called, so that attempts made at the same time cannot slip through together.
   */
  attempt(account: string, address: string): { readonly waitMs: number };
  succeeded(account: string, address: string): void;
}

export function createLoginThrottle(clock: Clock): LoginThrottle {
  const guessers = new Map<string, Counted>();
  const accounts = new Map<string, Counted>();
  const addresses = new Map<string, Counted>();

  const held = (map: Map<string, Counted>, key: string, now: number): Counted => {
    const counted = map.get(key);
    if (counted && now - counted.lastAt < forgetAfterMs) return counted;
    return { failures: 0, waitUntil: 0, lastAt: now };
  };
  const count = (map: Map<string, Counted>, key: string, counted: Counted, free: number, now: number) => {
    counted.failures++;
    counted.lastAt = now;
    const beyond = counted.failures - free;
    if (beyond >= 0) counted.waitUntil = now + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(beyond, 20));
    map.delete(key);
    map.set(key, counted);
    // the map is in order of the last failure: what is forgotten is the oldest
    if (map.size > keysAtMost) map.delete(map.keys().next().value!);
  };

  return {
    attempt(account, address) {
      const now = clock.monotonic();
      const guesser = `${account} ${address}`;
      const byGuesser = held(guessers, guesser, now);
      const byAccount = held(accounts, account, now);
      const byAddress = held(addresses, address, now);
      const waitMs = Math.ceil(Math.max(byGuesser.waitUntil, byAccount.waitUntil, byAddress.waitUntil) - now);
      if (waitMs > 0) return { waitMs };
      count(guessers, guesser, byGuesser, freeForGuesser, now);
      count(accounts, account, byAccount, freeForOne, now);
      count(addresses, address, byAddress, freeForOne, now);
      return { waitMs: 0 };
    },
    succeeded(account, address) {
      accounts.delete(account);
      guessers.delete(`${account} ${address}`);
      // one right password must not wipe out the guesses made at other accounts from the same place
      const counted = addresses.get(address);
      if (!counted) return;
      counted.failures--;
      counted.waitUntil = 0;
      if (counted.failures === 0) addresses.delete(address);
    },
  };
}
