// @ts-expect-error -- pages know no Node; this test alone reads a style sheet as text, which the test runner's bundler empties
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrastRatio } from '../../layouts/contrast.ts';
import { linearOf, luminanceOf } from '../../layouts/srgb.ts';

const here = import.meta.url;
const css: string = readFileSync(new URL('tokens.css', here).pathname, 'utf8');

const colours = new Map([...css.matchAll(/--c-([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]));

const luminance = (hex: string) => luminanceOf(linearOf(hex)!);
const contrast = (front: string, back: string) => contrastRatio(colours.get(front)!, colours.get(back)!);

const signals = ['critical', 'high', 'medium', 'low', 'shelved', 'ok'];

const pairs = (fronts: string[], backs: string[], least: number) =>
  fronts.flatMap((front) => backs.map((back) => [front, back, least] as const));

function saturation(name: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colours.get(name)!.slice(at, at + 2), 16));
  return Math.max(...parts) - Math.min(...parts);
}

describe('contrast', () => {
  test.each([
    // Text on every ground, readable from the back of the room.
    ...pairs(['text', 'text-dim'], ['ground', 'surface', 'raised', 'sunken', 'accent-soft'], 7),
    ...pairs(['text-faint'], ['ground', 'surface', 'sunken'], 6.5),
    ...pairs(['text-faint'], ['raised'], 5.5),
    ...pairs(['accent', 'focus', ...signals], ['ground', 'surface', 'sunken'], 7),
    ...pairs(signals, ['raised'], 6),
    // Lines of charts and their names' samples are graphics.
    ...pairs(['series-a', 'series-b', 'series-c', 'series-d'], ['ground', 'surface'], 6),
    // Words on a field of colour.
    ...pairs(['on-signal'], signals, 7),
    ['on-accent', 'accent', 7] as const,
    ...['critical', 'high', 'medium', 'low', 'shelved'].map((name) => [name, `${name}-soft`, 5.5] as const),
    ...['critical', 'high', 'medium', 'low', 'shelved'].map((name) => ['text', `${name}-soft`, 7] as const),
    // Outlines of controls are graphics.
    ...pairs(['line-strong'], ['ground', 'surface', 'raised'], 3),
  ])('%s on %s is at least %d : 1', (front, back, least) => {
    expect(contrast(front, back)).toBeGreaterThanOrEqual(least);
  });

  test('the ground is dark and not pure black', () => {
    for (const name of ['ground', 'surface']) {
      const value = luminance(colours.get(name)!);
      expect(value).toBeGreaterThan(luminance('#0f0f0f'));
      expect(value).toBeLessThan(luminance('#202020'));
    }
  });

  test('the quiet colours stay quiet and the signals stay apart', () => {
    for (const name of ['ground', 'surface', 'raised', 'line', 'text', 'text-dim', 'text-faint']) {
      expect(saturation(name)).toBeLessThan(32);
    }
    for (const name of ['critical', 'high', 'medium', 'low']) expect(saturation(name)).toBeGreaterThan(100);
  });
});
