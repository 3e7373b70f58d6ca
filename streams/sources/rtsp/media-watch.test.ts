import { expect, test } from 'vitest';
import { MediaWatch } from './media-watch.ts';

const limits = { stalledMs: 8000, noKeyPictureMs: 15_000 };

/** [at, what happens, what is wrong then]. */
test.each([
  [
    'nothing ever comes',
    [
      [8000, '', null],
      [8001, '', 'source-stalled'],
    ],
  ],
  [
    'it stops coming',
    [
      [7000, 'packet', null],
      [7001, 'key', null],
      [15_000, '', null],
      [15_001, '', 'source-stalled'],
    ],
  ],
  [
    'packets alone',
    [
      [7000, 'packet', null],
      [14_000, 'packet', null],
      [15_000, '', null],
      [15_001, '', 'source-no-key-picture'],
    ],
  ],
  [
    'a key picture late, then none for long',
    [
      [7000, 'packet', null],
      [14_999, 'packet', null],
      [15_000, 'key', null],
      [22_000, 'packet', null],
      [30_000, '', null],
    ],
  ],
] as const)('%s', (_name, story) => {
  const watch = new MediaWatch(limits, 0);
  for (const [at, event, expected] of story) {
    if (event === 'packet') watch.packet(at);
    if (event === 'key') watch.keyPicture();
    expect(watch.verdict(at)?.code ?? null, `at ${at}`).toBe(expected);
  }
});

test('says what is the first of its kind', () => {
  const watch = new MediaWatch(limits, 0);
  expect([watch.packet(1), watch.packet(2), watch.keyPicture(), watch.keyPicture()]).toEqual([true, false, true, false]);
});
