import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readableArgs } from './readable-args.ts';

const words = { more: (count: number) => `+${count}` };
const linesOf = (args: unknown) => readableArgs(args, words).lines.map(({ path, value }) => `${path.join('.')} = ${value}`);

describe('arguments in lines', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', {}, []],
    ['null', null, []],
    ['plain values', { purpose: '立案', from: 5, urgent: false }, ['purpose = 立案', 'from = 5', 'urgent = false']],
    ['a list', { cameraIds: ['a', 'b'] }, ['cameraIds = a · b']],
    ['an empty list', { cameraIds: [] }, ['cameraIds = —']],
    ['what is inside', { scene: { kind: 'grid', size: { rows: 2 } } }, ['scene.kind = grid', 'scene.size.rows = 2']],
    ['a list of things', { steps: [{ ms: 1 }, { ms: 2 }] }, ['steps.0.ms = 1', 'steps.1.ms = 2']],
    ['what is missing', { caseNumber: null }, ['caseNumber = —']],
    ['an empty thing', { more: {} }, ['more = —']],
    ['only a word', 'cut for the audit', [' = cut for the audit']],
  ])('%s', (_what, args, expected) => {
    expect(linesOf(args)).toEqual(expected);
  });

  test('a long list and many lines are counted, not shown', () => {
    const ids = Array.from({ length: 30 }, (_, nth) => `c${nth}`);
    expect(linesOf({ ids })[0]).toMatch(/^ids = c0 · .* · c23 · \+6$/);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, nth) => [`k${nth}`, nth]));
    expect([readableArgs(many, words).lines.length, readableArgs(many, words).left]).toEqual([40, 20]);
  });

  test('a value is put into words by who knows it', () => {
    const { lines } = readableArgs(
      { cameraIds: ['c-1', 'c-2'], n: 3 },
      { ...words, wordOf: (path, value) => (path[0] === 'cameraIds' && value === 'c-1' ? 'A1 东门' : null) },
    );
    expect(lines.map(({ value }) => value)).toEqual(['A1 东门 · c-2', '3']);
  });

  test('whatever is asked for, it is bounded', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), (args) => {
        const { lines } = readableArgs(args, words);
        return lines.length <= 40 && lines.every(({ path, value }) => path.length <= 6 && value.length <= 401);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
