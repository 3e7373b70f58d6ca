import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeOfPath, readJson } from './json-place.ts';

const text = `{
  "mapping": {
    "format": "json",
    "values": [
      { "path": "a.b", "quantity": "x\\"y" },
      { "path": [1, {"deep": true}], "quantity": 7 }
    ],
    "a.b": null
  },
  "poll": {}
}`;

test.each([
  ['', 1, 1],
  ['mapping', 2, 14],
  ['mapping.format', 3, 15],
  ['mapping.values', 4, 15],
  ['mapping.values.0.quantity', 5, 36],
  ['mapping.values.1.path.1.deep', 6, 30],
  ['mapping.values.1.quantity', 6, 50],
  ['poll', 10, 11],
  // What is not there is looked for around it.
  ['mapping.values.7.path', 4, 15],
  ['mapping.entity', 2, 14],
  ['nothing', 1, 1],
  ['poll.url', 10, 11],
])('%j stands in line %d, column %d', (path, line, column) => {
  expect(placeOfPath(text, path)).toEqual({ line, column });
});

test.each([
  ['{"a": 1,}', { line: 1, column: 9 }],
  ['{\n  "a": tru\n}', { line: 2, column: 8 }],
  ['{\n  "a": [1, 2', { line: 2, column: 13 }],
])('%j is no JSON from a place on', (given, place) => {
  const read = readJson(given);
  expect(read).toEqual({ ok: false, place });
});

function isJson(given: string): boolean {
  try {
    JSON.parse(given);
    return true;
  } catch {
    return false;
  }
}

test('a text is JSON when the engine says so, however it was broken', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', ',', '}', '"', '0', '\\', '\n', ' '), (value, at, put) => {
      const written = JSON.stringify(value, null, 1);
      const cut = at % (written.length + 1);
      const broken = written.slice(0, cut) + put + written.slice(cut + 1);
      expect({ broken, ok: readJson(broken).ok }).toEqual({ broken, ok: isJson(broken) });
    }),
    { seed: 4710, numRuns: 1000 },
  );
  expect(readJson('['.repeat(100_000)).ok).toBe(false);
});

test('every value of any JSON is found where it begins, and rubbish ends', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, pretty) => {
      const written = JSON.stringify(value, null, pretty ? 2 : undefined);
      const check = (part: unknown, path: readonly string[]): void => {
        // A name with a dot cannot be told from two names.
        if (path.some((name) => name.includes('.') || name === '')) return;
        const { line, column } = placeOfPath(written, path.join('.'));
        const from =
          written
            .split('\n')
            .slice(0, line - 1)
            .join('\n').length +
          (line > 1 ? 1 : 0) +
          column -
          1;
        expect(written.slice(from).startsWith(JSON.stringify(part)[0]!)).toBe(true);
        if (typeof part === 'object' && part !== null) for (const [name, inside] of Object.entries(part)) check(inside, [...path, name]);
      };
      check(value, []);
    }),
    { seed: 4711, numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 20 }), (rubbish, path) => {
      const { line, column } = placeOfPath(rubbish, path);
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(readJson(rubbish).ok).toBe(isJson(rubbish));
    }),
    { seed: 4712, numRuns: 500 },
  );
});
