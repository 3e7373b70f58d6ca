import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Haystack } from './haystack.ts';

test('an empty one has nothing', () => {
  expect([...new Haystack().places('a')]).toEqual([]);
  expect([...new Haystack().places('')]).toEqual([]);
  expect([...new Haystack(['', '']).places('a')]).toEqual([]);
});

test('answers like a plain filter over texts that each end with a mark', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '东'), maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          word.map((one) => `${one}\n`),
          fc.constant(''),
        ),
        { maxLength: 12 },
      ),
      word,
      (texts, wanted) => {
        const haystack = new Haystack(texts);
        const expected = texts.flatMap((text, place) => (text !== '' && text.includes(wanted) ? [place] : []));
        expect([...haystack.places(wanted)]).toEqual(expected);
        texts.forEach((text, place) => {
          expect(haystack.at(place)).toBe(text);
          if (text.length > 1) expect(haystack.hasAt(place, 1, text.slice(1))).toBe(true);
          if (text !== '') expect(haystack.hasAt(place, 0, '#')).toBe(false);
        });
      },
    ),
    { seed: 107, numRuns: 1000 },
  );
});
