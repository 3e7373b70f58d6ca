import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { openCapacityBook, type CapacityBook, type DecodeSigns } from './decode-capacity.ts';

const at = 1_800_000_000_000;
const day = 86_400_000;
const fine: DecodeSigns = { planned: 200, tiles: 20, overloaded: 0, heldBack: 0 };
const wanting: DecodeSigns = { planned: 200, tiles: 20, overloaded: 0, heldBack: 5 };
const tooMuch: DecodeSigns = { planned: 200, tiles: 20, overloaded: 3, heldBack: 0 };

let stored: Map<string, string>;
let now: number;
const machine = (more: object = {}) => ({
  cores: 2,
  userAgent: 'Chrome/140',
  storage: { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value) },
  ...more,
});
/** One look a second, for so many seconds. Answers how often the capacity changed. */
const look = (book: CapacityBook, seconds: number, signs: DecodeSigns): number => {
  let changes = 0;
  for (let second = 0; second < seconds; second += 1) {
    if (book.learn(signs, now, at + now)) changes += 1;
    now += 1000;
  }
  return changes;
};

beforeEach(() => {
  stored = new Map();
  now = 0;
});

describe('what a screen can decode', () => {
  test('is assumed by its cores, and stays so while all goes well and nothing is held back', () => {
    const book = openCapacityBook(machine(), at);
    expect(book.capacity).toEqual({ megapixelsPerSecond: 256, decoders: 512, measuredAt: null });
    expect(look(book, 3600, fine)).toBe(0);
    expect(stored.size).toBe(0);
  });

  test('is less when pictures are left out for some seconds, by what was planned', () => {
    const book = openCapacityBook(machine(), at);
    expect(look(book, 5, tooMuch)).toBe(0);
    expect(look(book, 1, tooMuch)).toBe(1);
    expect(book.capacity).toEqual({ megapixelsPerSecond: 170, decoders: 512, measuredAt: at + 5000 });
    // What is planned now must have had time to show.
    expect(look(book, 5, { ...tooMuch, planned: 165 })).toBe(0);
    expect(look(book, 1, { ...tooMuch, planned: 165 })).toBe(1);
    expect(book.capacity.megapixelsPerSecond).toBe(140);
  });

  test('is less in steps, for a small scene says little of a large one', () => {
    const book = openCapacityBook(machine(), at);
    look(book, 6, { ...tooMuch, planned: 10 });
    expect(book.capacity.megapixelsPerSecond).toBe(128);
    look(book, 6, { ...tooMuch, planned: 10 });
    expect(book.capacity.megapixelsPerSecond).toBe(64);
  });

  test('is not less for a hiccup, nor for one tile of many', () => {
    const book = openCapacityBook(machine(), at);
    for (let times = 0; times < 20; times += 1) {
      look(book, 4, tooMuch);
      look(book, 1, fine);
    }
    look(book, 60, { ...tooMuch, overloaded: 2 });
    expect(book.capacity.megapixelsPerSecond).toBe(256);
    look(book, 6, { ...tooMuch, planned: 240, tiles: 1, overloaded: 1 });
    expect(book.capacity.megapixelsPerSecond).toBe(204);
  });

  test('is more, soon, while something is held back and nothing was ever too much', () => {
    const book = openCapacityBook(machine(), at);
    expect(look(book, 3, wanting)).toBe(0);
    expect(look(book, 1, wanting)).toBe(1);
    expect(book.capacity).toEqual({ megapixelsPerSecond: 320, decoders: 512, measuredAt: at + 3000 });
  });

  test('is not more by what is not used', () => {
    const book = openCapacityBook(machine(), at);
    expect(look(book, 3600, { ...wanting, planned: 100 })).toBe(0);
  });

  test('is more with patience once it was too much: more each time that it was, less each time that it went well', () => {
    const book = openCapacityBook(machine(), at);
    look(book, 6, tooMuch);
    expect(book.capacity.megapixelsPerSecond).toBe(170);
    expect(look(book, 20, { ...wanting, planned: 165 })).toBe(0);
    expect(look(book, 1, { ...wanting, planned: 165 })).toBe(1);
    expect(book.capacity.megapixelsPerSecond).toBe(213);
    expect(look(book, 10, { ...wanting, planned: 200 })).toBe(0);
    expect(look(book, 1, { ...wanting, planned: 200 })).toBe(1);
    look(book, 7, { ...tooMuch, planned: 240 });
    expect(book.capacity.megapixelsPerSecond).toBe(204);
    look(book, 7, { ...tooMuch, planned: 200 });
    expect(book.capacity.megapixelsPerSecond).toBe(170);
    expect(look(book, 19, { ...wanting, planned: 165 })).toBe(0);
    expect(look(book, 2, { ...wanting, planned: 165 })).toBe(1);
  });
});

describe('what was learned is kept', () => {
  beforeEach(() => {
    const book = openCapacityBook(machine(), at);
    look(book, 6, tooMuch);
    look(book, 59, fine);
    expect(stored.size).toBe(0);
    look(book, 2, fine);
  });

  test.each<[string, object, number, number]>([
    ['for the same browser on the same machine', {}, day, 170],
    ['not after an update of the browser', { userAgent: 'Chrome/141' }, day, 256],
    ['not on a machine with more cores', { cores: 4 }, day, 512],
    ['not for more than a week', {}, 7 * day + 6000, 256],
    ['not from the future, when the clock was set back', {}, -8 * day, 256],
  ])('%s', (_, more, later, expected) => {
    expect(openCapacityBook(machine(more), at + later).capacity.megapixelsPerSecond).toBe(expected);
  });

  test('and more is tried with patience only', () => {
    const book = openCapacityBook(machine(), at + day);
    expect(look(book, 20, { ...wanting, planned: 165 })).toBe(0);
    expect(look(book, 1, { ...wanting, planned: 165 })).toBe(1);
  });

  test('a browser that refuses storage learns all the same', () => {
    const refuse = () => {
      throw new DOMException('no', 'SecurityError');
    };
    const book = openCapacityBook(machine({ storage: { getItem: refuse, setItem: refuse } }), at);
    look(book, 6, tooMuch);
    look(book, 61, fine);
    expect(book.capacity.megapixelsPerSecond).toBe(170);
  });

  test('whatever lies in the storage: a capacity that is one', () => {
    const key = [...stored.keys()][0]!;
    const good = JSON.parse(stored.get(key)!) as Record<string, unknown>;
    const holds = fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.record({ megapixelsPerSecond: fc.jsonValue(), measuredAt: fc.jsonValue() }).map((odd) => JSON.stringify({ ...good, ...odd })),
      ),
      (text) => {
        stored.set(key, text);
        const { megapixelsPerSecond, measuredAt } = openCapacityBook(machine(), at).capacity;
        return megapixelsPerSecond >= 5 && megapixelsPerSecond <= 100_000 && (measuredAt === null || Math.abs(measuredAt - at) < 7 * day);
      },
    );
    expect(fc.check(holds, { seed: 44, numRuns: 1000 }).counterexample).toBeNull();
  });
});
