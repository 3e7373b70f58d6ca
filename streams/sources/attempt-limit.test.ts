import { describe, expect, it } from 'vitest';
import { AttemptLimit } from './attempt-limit.ts';

describe('attempts', () => {
  it('are allowed in a burst, then at their rate, each key for itself', () => {
    const limit = new AttemptLimit({ burst: 3, perSecond: 2, keys: 10 });
    const take = (key: string, now: number, times: number) => Array.from({ length: times }, () => limit.take(key, now));
    expect(take('a', 0, 4)).toEqual([true, true, true, false]);
    expect(take('b', 0, 1)).toEqual([true]);
    expect(take('a', 499, 1)).toEqual([false]);
    expect(take('a', 500, 2)).toEqual([true, false]);
    expect(take('a', 1_000_000, 4)).toEqual([true, true, true, false]);
  });

  it('of too many keys forget the one longest unheard of', () => {
    const limit = new AttemptLimit({ burst: 1, perSecond: 0, keys: 2 });
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map((key) => limit.take(key, 0))).toEqual([true, true, false, true, false, true]);
  });
});
