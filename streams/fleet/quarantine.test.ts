import { expect, test } from 'vitest';
import { Quarantine } from './quarantine.ts';

const limits = { breaks: 3, withinMs: 60_000, forMs: 30_000 };
type Step = readonly [event: 'broke' | 'failed' | 'lift', at: number, lastedMs: number, breaks: number | null];

test.each<[string, Step[]]>([
  [
    'the third break within a minute',
    [
      ['broke', 0, 2000, null],
      ['broke', 10_000, 2000, null],
      ['broke', 20_000, 2000, 3],
    ],
  ],
  [
    'breaks that are far apart are none of its business',
    [
      ['broke', 0, 2000, null],
      ['broke', 59_999, 2000, null],
      ['broke', 60_000, 2000, null],
      ['broke', 119_998, 2000, 3],
    ],
  ],
  [
    'failures without a picture are not breaks',
    [
      ['failed', 0, 0, null],
      ['failed', 1, 0, null],
      ['failed', 2, 0, null],
      ['broke', 3, 10, null],
      ['broke', 4, 10, null],
    ],
  ],
  [
    'one try after it: lost at once, it is left alone again',
    [
      ['broke', 0, 10, null],
      ['broke', 1, 10, null],
      ['broke', 2, 10, 3],
      ['broke', 31_000, 10, 4],
      ['failed', 62_000, 0, 4],
    ],
  ],
  [
    'one try after it: it lasts, and everything is forgotten',
    [
      ['broke', 0, 10, null],
      ['broke', 1, 10, null],
      ['broke', 2, 10, 3],
      ['broke', 91_000, 60_000, null],
      ['failed', 91_001, 0, null],
      ['broke', 92_000, 10, null],
      ['broke', 93_000, 10, 3],
    ],
  ],
  [
    'a changed source lifts it',
    [
      ['broke', 0, 10, null],
      ['broke', 1, 10, null],
      ['broke', 2, 10, 3],
      ['lift', 3, 0, null],
      ['failed', 4, 0, null],
      ['broke', 5, 10, null],
      ['broke', 6, 10, null],
    ],
  ],
])('%s', (_name, steps) => {
  const quarantine = new Quarantine(limits);
  for (const [event, at, lastedMs, breaks] of steps) {
    const sentence = event === 'broke' ? quarantine.broke(at, lastedMs) : event === 'failed' ? quarantine.failed() : quarantine.lift();
    expect(sentence ?? null, `${event} at ${at}`).toEqual(breaks === null ? null : { forMs: 30_000, breaks });
  }
});

test('what it remembers is bounded', () => {
  const quarantine = new Quarantine({ breaks: 2, withinMs: 1000, forMs: 1000 });
  for (let at = 0; at < 1000; at++) quarantine.broke(at, 1);
  expect(quarantine.broke(1000, 1)).toEqual({ forMs: 1000, breaks: 128 });
});
