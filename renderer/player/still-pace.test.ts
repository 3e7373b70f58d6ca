import { expect, test } from 'vitest';
import { StillPace, stillEveryMs } from './still-pace.ts';

test('one picture, then nothing until the next is due', () => {
  const pace = new StillPace();
  expect(pace.mode(0, 0)).toBe('key');
  expect(pace.mode(0, 60_000)).toBe('key');
  expect(pace.mode(1, 61_000)).toBe('off');
  expect(pace.mode(1, 61_000 + stillEveryMs - 1)).toBe('off');
  expect(pace.mode(1, 61_000 + stillEveryMs)).toBe('key');
  expect(pace.mode(1, 90_000)).toBe('key');
  expect(pace.mode(2, 90_100)).toBe('off');
});

test('a playback that began anew gets its first picture at once', () => {
  const pace = new StillPace();
  pace.mode(5, 0);
  expect(pace.mode(0, 100)).toBe('key');
  expect(pace.mode(1, 200)).toBe('off');
});
