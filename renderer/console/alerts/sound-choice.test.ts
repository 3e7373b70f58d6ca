import { expect, test } from 'vitest';
import { readSoundChoice, usualSound } from './sound-choice.ts';

test.each([
  [null, usualSound],
  ['', usualSound],
  ['null', usualSound],
  ['[]', usualSound],
  ['{"on":false}', { ...usualSound, on: false }],
  ['{"on":"no","atLeast":"worst","repeatS":1,"volume":7}', usualSound],
  ['{"atLeast":"high","repeatS":60,"volume":0}', { on: true, atLeast: 'high', repeatS: 60, volume: 0 }],
])('%s', (kept, choice) => {
  expect(readSoundChoice(kept)).toEqual(choice);
});
