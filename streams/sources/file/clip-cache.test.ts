import { expect, test } from 'vitest';
import { createClipCache } from './clip-cache.ts';

test('what plays at the same time is bounded, each file counted once', () => {
  const cache = createClipCache({ maxBytes: 10, maxPlayingBytes: 100 });
  const first = cache.play('a', 60);
  const again = cache.play('a', 60);
  expect(first && again).not.toBeNull();
  expect(cache.play('b', 41)).toBeNull();
  const small = cache.play('b', 40);
  expect(small).not.toBeNull();
  first!();
  first!();
  expect(cache.play('c', 1)).toBeNull();
  again!();
  expect(cache.play('c', 60)).not.toBeNull();
});
