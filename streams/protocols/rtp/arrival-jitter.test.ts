import { describe, expect, it } from 'vitest';
import { ArrivalJitter } from './arrival-jitter.ts';

/** Jitter after pictures of 40 ms that arrive with these deviations. */
function jitterOf(deviationsMs: readonly number[], first = 0): number | null {
  const jitter = new ArrivalJitter(90_000);
  deviationsMs.forEach((deviation, i) => jitter.take((first + i * 3600) >>> 0, 5000 + i * 40 + deviation));
  return jitter.ms;
}

describe('interarrival jitter', () => {
  it('is unknown before two pictures, and none when they come evenly', () => {
    expect(jitterOf([])).toBeNull();
    expect(jitterOf([3])).toBeNull();
    expect(jitterOf([0, 0, 0, 0])).toBe(0);
  });

  it('takes in a sixteenth of every deviation (appendix A.8)', () => {
    expect(jitterOf([0, 16])).toBeCloseTo(1, 9);
    expect(jitterOf([0, 16, 16])).toBeCloseTo(15 / 16, 9);
  });

  it('tends to the mean deviation', () => {
    expect(jitterOf(Array.from({ length: 400 }, (_, i) => (i % 2) * 10))).toBeCloseTo(10, 3);
  });

  it('does not mind the wrap of time stamps', () => {
    expect(jitterOf([0, 0, 0, 0, 0, 0], 0xffff_e000)).toBe(0);
  });

  it('does not take the order of B pictures for jitter', () => {
    const jitter = new ArrivalJitter(90_000);
    // I0 P3 B1 B2 P6 B4 B5 …, one every 40 ms
    for (let i = 0; i < 600; i += 1) jitter.take(3600 * (i === 0 ? 0 : i + (i % 3 === 1 ? 2 : -1)), i * 40);
    expect(jitter.ms).toBeLessThan(0.01);
  });

  it('counts the packets of one picture once, and no clock that was set', () => {
    const jitter = new ArrivalJitter(90_000);
    jitter.take(0, 0);
    for (let i = 0; i < 50; i += 1) jitter.take(3600, 40 + i);
    jitter.take(3600 + 90_000 * 3600, 80);
    jitter.take(3600 + 90_000 * 3600 + 3600, 120);
    expect(jitter.ms).toBe(0);
    expect(jitter.ticks).toBe(0);
  });
});
