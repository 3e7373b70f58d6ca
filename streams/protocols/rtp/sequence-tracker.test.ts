import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceTracker } from './sequence-tracker.ts';

function verdicts(sequences: readonly number[]): string[] {
  const tracker = new SequenceTracker();
  return sequences.map((sequence) => tracker.take(sequence));
}

describe('sequence numbers', () => {
  const table: readonly (readonly [string, readonly number[], readonly string[]])[] = [
    ['one after the other', [7, 8, 9], ['next', 'next', 'next']],
    ['around the end', [65_534, 65_535, 0, 1], ['next', 'next', 'next', 'next']],
    ['a gap', [1, 2, 5, 6], ['next', 'next', 'ahead', 'next']],
    ['swapped', [1, 3, 2, 4], ['next', 'ahead', 'behind', 'next']],
    ['swapped around the end', [65_535, 1, 0, 2], ['next', 'ahead', 'behind', 'next']],
    ['before the very first', [10, 9, 11], ['next', 'behind', 'next']],
    ['twice', [1, 2, 2, 1, 3], ['next', 'next', 'duplicate', 'duplicate', 'next']],
    ['late twice', [1, 3, 2, 2, 4], ['next', 'ahead', 'behind', 'duplicate', 'next']],
    ['the largest gap', [1, 3001], ['next', 'ahead']],
    ['one lost packet of another count', [1, 2, 30_000, 3], ['next', 'next', 'suspect', 'next']],
    ['counting anew', [1, 2, 30_000, 30_001, 30_002], ['next', 'next', 'suspect', 'restart', 'next']],
    ['counting anew from below', [500, 501, 10, 11, 12], ['next', 'next', 'suspect', 'restart', 'next']],
    ['two strays that do not follow each other', [1, 30_000, 40_000, 2], ['next', 'suspect', 'suspect', 'next']],
  ];
  it.each(table)('%s', (_name, sequences, expected) => {
    expect(verdicts(sequences)).toEqual(expected);
  });

  it('counts what there should have been and what was', () => {
    const tracker = new SequenceTracker();
    for (const sequence of [65_530, 65_531, 65_533, 65_533, 2, 65_532, 3]) tracker.take(sequence);
    expect([tracker.expected, tracker.received, tracker.highest]).toEqual([10, 6, 0x1_0003]);
  });

  it('counts the suspect packet once it turned out to be the first of a new count', () => {
    const tracker = new SequenceTracker();
    for (const sequence of [30_000, 30_001, 65_535, 0, 1]) tracker.take(sequence);
    expect([tracker.expected, tracker.received, tracker.highest]).toEqual([3, 3, 0x1_0001]);
  });

  it('gives every packet the number it was sent with, whatever the order within a hundred', () => {
    fc.assert(
      fc.property(fc.nat(65_535), fc.array(fc.integer({ min: -90, max: 90 }), { minLength: 2, maxLength: 300 }), (start, offsets) => {
        const tracker = new SequenceTracker();
        tracker.take(start);
        const base = tracker.extended - start;
        const seen = new Set([start]);
        let highest = start;
        for (const [i, offset] of offsets.entries()) {
          // never a hundred behind the highest, which itself rises with i
          const sent = Math.max(highest - 95, start + i + offset);
          const verdict = tracker.take(sent & 0xffff);
          expect(tracker.extended - base).toBe(sent);
          expect(verdict === 'duplicate').toBe(seen.has(sent));
          if (verdict === 'ahead') expect(tracker.skipped).toBe(sent - highest - 1);
          seen.add(sent);
          highest = Math.max(highest, sent);
        }
        expect(tracker.received).toBe(seen.size);
      }),
      { seed: 13, numRuns: 300 },
    );
  });
});
