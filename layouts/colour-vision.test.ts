import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { colourMatrix, colourVisions, seenColour, type ColourVision } from './colour-vision.ts';
import { linearOf } from './srgb.ts';

const css = readFileSync(join(import.meta.dirname, '../renderer/theme/tokens.css'), 'utf8');
const tokens = new Map([...css.matchAll(/--c-([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]));
const signals = ['critical', 'high', 'medium', 'low', 'shelved', 'ok'];

test.each(colourVisions)('%s leaves greys as they are', (vision) => {
  for (const grey of ['#000000', '#121417', '#808080', '#ffffff']) {
    const seen = seenColour(vision, grey)!;
    const apart = [1, 3, 5].map((at) =>
      Math.abs(Number.parseInt(seen.slice(at, at + 2), 16) - Number.parseInt(grey.slice(at, at + 2), 16)),
    );
    expect(Math.max(...apart)).toBeLessThanOrEqual(3);
  }
});

/** Pure red and pure green by the model's own figures, in linear light. */
test.each<[ColourVision, string, readonly [number, number, number]]>([
  ['protanopia', '#ff0000', [0.152_286, 0.114_503, 0]],
  ['deuteranopia', '#00ff00', [0.860_646, 0.672_501, 0.042_94]],
  ['tritanopia', '#0000ff', [0, 0.147_602, 0.3039]],
])('%s sees %s as the model says', (vision, hex, light) => {
  const seen = linearOf(seenColour(vision, hex)!)!;
  for (const [index, part] of light.entries()) expect(seen[index]).toBeCloseTo(part, 1.9);
});

test('without colours everything is grey', () => {
  for (const value of tokens.values()) expect(seenColour('achromatopsia', value)).toMatch(/^#(..)\1\1$/);
  expect(seenColour('achromatopsia', 'red')).toBeNull();
});

test.each(colourVisions)('%s as a filter is the same in twenty numbers', (vision) => {
  const values = colourMatrix(vision).trim().split(/\s+/).map(Number);
  expect(values).toHaveLength(20);
  const light = linearOf(tokens.get('critical')!)!;
  const filtered = [0, 5, 10].map((row) => values[row]! * light[0] + values[row + 1]! * light[1] + values[row + 2]! * light[2]);
  const seen = linearOf(seenColour(vision, tokens.get('critical')!)!)!;
  for (const [index, part] of filtered.entries()) expect(seen[index]).toBeCloseTo(Math.min(1, Math.max(0, part)), 1.9);
  expect(values.slice(15)).toEqual([0, 0, 0, 1, 0]);
});

/** CIE 1976 L*a*b* under D65. */
function labOf(hex: string): readonly [number, number, number] {
  const [r, g, b] = linearOf(hex)!;
  const f = (part: number) => (part > (6 / 29) ** 3 ? Math.cbrt(part) : part / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
/** ΔE*ab. Two colours side by side are told apart from about 2; from memory and across a room it takes far more. */
const apart = (one: string, other: string) => Math.hypot(...labOf(one).map((part, index) => part - labOf(other)[index]!));
const toldApartFrom = 20;

function tooAlike(vision: ColourVision | null): string[] {
  const seen = (name: string) => (vision === null ? tokens.get(name)! : seenColour(vision, tokens.get(name)!)!);
  return signals.flatMap((one, index) =>
    signals.slice(index + 1).flatMap((other) => (apart(seen(one), seen(other)) < toldApartFrom ? [`${one}/${other}`] : [])),
  );
}

describe('our signal colours', () => {
  test('are told apart by most people', () => {
    expect(tooAlike(null)).toEqual([]);
  });

  /** That is why each of them comes with a shape or a word. A new pair here is a change to think about. */
  test.each<[ColourVision, readonly string[]]>([
    ['protanopia', ['critical/ok', 'high/medium', 'low/shelved']],
    ['deuteranopia', ['critical/ok', 'high/medium', 'low/shelved']],
    ['tritanopia', ['critical/high']],
    // Who sees no colours has brightness alone, and signals are about as bright as each other.
    ['achromatopsia', signals.flatMap((one, index) => signals.slice(index + 1).map((other) => `${one}/${other}`))],
  ])('%s finds these too much alike', (vision, pairs) => {
    expect(tooAlike(vision)).toEqual(pairs);
  });
});
