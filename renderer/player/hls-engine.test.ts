import { expect, test } from 'vitest';
import type { LevelDetails } from 'hls.js';
import { programOffset } from './hls-engine.ts';

const details = (...fragments: { start: number; programDateTime: number | null }[]) => ({ fragments }) as unknown as LevelDetails;

test.each<[string, LevelDetails | null, number, number | null]>([
  ['no playlist yet', null, 5, null],
  ['no segment yet', details(), 5, null],
  ['no times in the playlist', details({ start: 0, programDateTime: null }), 5, null],
  ['the segment that holds it', details({ start: 0, programDateTime: 1000 }, { start: 2, programDateTime: 3050 }), 3, 1050],
  ['an earlier one', details({ start: 0, programDateTime: 1000 }, { start: 2, programDateTime: 3050 }), 1.5, 1000],
  ['its very start', details({ start: 0, programDateTime: 1000 }, { start: 2, programDateTime: 3050 }), 2, 1050],
  ['before all that are left', details({ start: 10, programDateTime: 11_000 }), 3, null],
  ['after the last', details({ start: 10, programDateTime: 11_000 }), 99, 1000],
])('%s', (_name, playlist, mediaTime, offset) => {
  expect(programOffset(playlist, mediaTime)).toBe(offset);
});
