import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageClock } from './message-clock.ts';

const wrap = 2 ** 32;

/** Tracks v and a; each entry: track, time stamp, expected milliseconds, whether it jumped. */
const table: readonly (readonly [string, readonly (readonly ['v' | 'a', number, number, boolean])[]])[] = [
  [
    'begins at a second, whatever the publisher says',
    [
      ['v', 86_400_000, 1000, false],
      ['v', 86_400_040, 1040, false],
    ],
  ],
  [
    'keeps the distance of video and audio',
    [
      ['v', 500, 1000, false],
      ['a', 480, 980, false],
      ['v', 540, 1040, false],
      ['a', 503, 1003, false],
    ],
  ],
  [
    'goes on over the wrap',
    [
      ['v', wrap - 20, 1000, false],
      ['a', wrap - 10, 1010, false],
      ['v', 20, 1040, false],
      ['a', 13, 1033, false],
    ],
  ],
  [
    'lets a track begin after the wrap',
    [
      ['v', wrap - 20, 1000, false],
      ['v', 20, 1040, false],
      ['a', 30, 1050, false],
    ],
  ],
  [
    'takes small steps back',
    [
      ['v', 1000, 1000, false],
      ['v', 900, 900, false],
    ],
  ],
  [
    'calls a step back of more than a second a jump',
    [
      ['v', 5000, 1000, false],
      ['v', 5040, 1040, false],
      ['v', 0, 1080, true],
      ['v', 40, 1120, false],
    ],
  ],
  [
    'calls a leap ahead a jump',
    [
      ['v', 0, 1000, false],
      ['v', 3_000_000_000, 1040, true],
      ['v', 3_000_000_040, 1080, false],
    ],
  ],
  [
    'lets the second track follow the first one, however long it takes',
    [
      ['v', 5000, 1000, false],
      ['a', 5010, 1010, false],
      ['v', 0, 1040, true],
      ['a', 5033, 1033, false],
      ['v', 40, 1080, false],
      ['a', 20, 1060, true],
      ['a', 43, 1083, false],
    ],
  ],
  [
    'gives a track that begins far away a time of its own',
    [
      ['v', 0, 1000, false],
      ['a', 2_000_000_000, 1000, false],
      ['a', 2_000_000_023, 1023, false],
    ],
  ],
];

describe('the clock of a stream', () => {
  it.each(table)('%s', (_name, messages) => {
    const clock = new MessageClock();
    const tracks = { v: clock.track(), a: clock.track() };
    expect(messages.map(([track, timestamp]) => tracks[track](timestamp))).toEqual(messages.map(([, , ms, jumped]) => ({ ms, jumped })));
  });

  it('never goes far back and never leaps ahead, whatever comes', () => {
    const stamp = fc.oneof(fc.integer({ min: 0, max: wrap - 1 }), fc.integer({ min: 0, max: 5000 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), stamp), { maxLength: 50 }), (messages) => {
        const clock = new MessageClock();
        const tracks = [clock.track(), clock.track()] as const;
        const last: (number | null)[] = [null, null];
        for (const [isAudio, timestamp] of messages) {
          const index = isAudio ? 1 : 0;
          const { ms } = tracks[index](timestamp);
          const before = last[index] ?? null;
          if (before !== null) {
            expect(ms - before).toBeGreaterThanOrEqual(-1000);
            expect(ms - before).toBeLessThanOrEqual(10_000);
          }
          last[index] = ms;
        }
      }),
      { seed: 34, numRuns: 1000 },
    );
  });
});
