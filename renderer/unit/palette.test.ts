// @ts-expect-error -- pages know no Node; this test alone reads a style sheet as text, which the test runner's bundler empties
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrastRatio } from '../../layouts/contrast.ts';

const here = import.meta.url;
const css: string = readFileSync(new URL('unit.css', here).pathname, 'utf8');
const found = [...css.matchAll(/--c-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)];
const single = [...css.matchAll(/--c-([a-z-]+): (#[0-9a-f]{6});/g)];
const colours = (at: 2 | 3) =>
  new Map([...found.map((one) => [one[1]!, one[at]!] as const), ...single.map((one) => [one[1]!, one[2]!] as const)]);

describe.each([
  ['light', colours(2)],
  ['dark', colours(3)],
])('%s', (_name, palette) => {
  test.each([
    // In the sun everything that is read has 7 : 1 (WCAG 2.2, 1.4.6).
    ...['ground', 'surface'].flatMap((back) => ['text', 'text-dim', 'accent', 'bad', 'warn'].map((front) => [front, back, 7] as const)),
    ['text', 'bad-soft', 7],
    ['text', 'warn-soft', 7],
    ['on-accent', 'accent', 7],
    ['on-drill', 'drill', 7],
    ['line-strong', 'ground', 4.5],
    ['focus', 'ground', 4.5],
  ] as const)('%s on %s is at least %d : 1', (front, back, least) => {
    expect(contrastRatio(palette.get(front)!, palette.get(back)!)).toBeGreaterThanOrEqual(least);
  });
});
