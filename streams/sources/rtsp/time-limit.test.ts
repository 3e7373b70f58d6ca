import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../main/contract/time.ts';
import { unlessAborted, withTimeLimit } from './time-limit.ts';

/** A clock whose sleepers wake when they are told. */
function manualClock(): { readonly clock: Clock; wake(): void; readonly sleepers: number } {
  const sleepers = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.add(resolve);
        signal?.addEventListener('abort', () => {
          sleepers.delete(resolve);
          reject(signal.reason as Error);
        });
      }),
  };
  return {
    clock,
    wake: () => {
      for (const wake of sleepers) wake();
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}

const never = () => new Promise<never>(() => {});
const late = () => new Error('late');
const free = () => new AbortController().signal;

describe('a time limit', () => {
  it('gives what was done in time, and leaves no timer behind', async () => {
    const time = manualClock();
    expect(await withTimeLimit(time.clock, 10, free(), late, async () => 7)).toBe(7);
    await expect(withTimeLimit(time.clock, 10, free(), late, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(time.sleepers).toBe(0);
  });

  it('ends work that takes too long, even if it does not listen', async () => {
    const time = manualClock();
    let told: unknown = null;
    const work = withTimeLimit(time.clock, 10, free(), late, (signal) => {
      signal.addEventListener('abort', () => (told = signal.reason));
      return never();
    });
    time.wake();
    await expect(work).rejects.toThrow('late');
    expect(told).toEqual(new Error('late'));
  });

  it('ends with what it lies in', async () => {
    const time = manualClock();
    const outer = new AbortController();
    const work = withTimeLimit(time.clock, 10, outer.signal, late, never);
    outer.abort(new Error('stop'));
    await expect(work).rejects.toThrow('stop');
    expect(time.sleepers).toBe(0);
    await expect(withTimeLimit(time.clock, 10, outer.signal, late, never)).rejects.toThrow('stop');
  });
});

it('nobody hears of work that was given up', async () => {
  const abort = new AbortController();
  const given = Promise.withResolvers<number>();
  const work = unlessAborted(abort.signal, given.promise);
  abort.abort(new Error('stop'));
  given.reject(new Error('unheard'));
  await expect(work).rejects.toThrow('stop');
});
