import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutsText, type TextTree } from '../../../layouts/layout-text.ts';
import { sceneDiff } from '../../../layouts/scene-diff.ts';
import { anyScene } from '../../../layouts/testdata/arbitrary-scenes.ts';
import { readLayoutFile } from './layout-import.ts';
import { layoutTextCharsAtMost, layoutYaml, readLayoutYaml } from './layout-yaml.ts';

const tree: TextTree = {
  'taodu-layouts': '1',
  layouts: [
    { name: '早高峰 🚦: “x”', number: '0012', scene: { grid: '1x2', tiles: [{ camera: '0123', picture: 'main' }, 'empty'] } },
    { name: 'no', scene: { free: 'wall', tiles: [{ place: '960x540+0+-5', note: '# null ~ - [a]' }] } },
  ],
};
const written = `# Taodu layouts; cameras by their numbers. The last line, three dots, says that nothing was cut off.
taodu-layouts: 1
layouts:
  - name: "早高峰 🚦: “x”"
    number: 0012
    scene:
      grid: 1x2
      tiles:
        - camera: 0123
          picture: main
        - empty
  - name: no
    scene:
      free: wall
      tiles:
        - place: 960x540+0+-5
          note: "# null ~ - [a]"
...
`;

test('a text is one thing a line, and is read back word for word', () => {
  expect(layoutYaml(tree)).toBe(written);
  const read = readLayoutYaml(written);
  if (!read.ok) throw new Error('unreadable');
  expect(read.value.tree).toEqual(tree);
  expect(read.value.lineOf(['layouts', 0, 'scene', 'tiles', 0, 'picture'])).toBe(10);
  expect(read.value.lineOf(['layouts', 1, 'scene', 'steps', 4])).toBe(14);
  expect(read.value.lineOf([])).toBe(1);
});

test.each([
  ['written on Windows', written.replaceAll('\n', '\r\n')],
  ['with blank lines at its end', `${written}\n\n`],
  ['with comments of its own', written.replace('layouts:\n', 'layouts: # ours\n')],
])('a text %s is read the same', (_, text) => {
  expect(readLayoutYaml(text)).toMatchObject({ ok: true, value: { tree } });
});

describe('refused', () => {
  test.each<[string, string, string, number]>([
    ['nothing', '', 'text-cut-off', 1],
    ['without its last line', written.slice(0, -4), 'text-cut-off', 17],
    ['cut in a word', written.slice(0, 200), 'text-cut-off', 7],
    ['a list that does not end', 'layouts: [a\n...\n', 'text-malformed', 2],
    ['a key twice', 'a: 1\na: 2\n...\n', 'text-malformed', 2],
    ['an alias', 'a: &x [1]\nb: *x\n...\n', 'text-malformed', 2],
  ])('%s', (_, text, reason, line) => {
    expect(readLayoutYaml(text)).toEqual({
      ok: false,
      error: { line, problem: expect.objectContaining({ code: 'scene-invalid', params: { reason } }) },
    });
  });

  test('what is too long, before it is looked at', () => {
    expect(readLayoutYaml('#'.repeat(layoutTextCharsAtMost + 1))).toMatchObject({
      ok: false,
      error: { problem: { code: 'payload-too-large' } },
    });
  });

  test.each([
    ['what is nested without end', `a: ${'['.repeat(3000)}\n...\n`],
    ['lists of lists on one line', `${'- '.repeat(3000)}x\n...\n`],
    ['nested deeper than any layout, for which any stack is deep enough', `${'- '.repeat(120)}x\n...\n`],
    ['two million brackets, before they are looked at', `a: ${'['.repeat(1_999_000)}\n...\n`],
  ])('%s', (_, text) => {
    expect(readLayoutYaml(text)).toMatchObject({
      ok: false,
      error: { problem: { code: 'scene-invalid', params: { reason: 'text-malformed' } } },
    });
  });
});

const numberOf = (id: string) => `0${id}`;
const cameraIdOf = (number: string) => (number.startsWith('0') ? number.slice(1) : undefined);

test('what stands in a tree twice is written twice', () => {
  const tile = { clock: 'hub' };
  expect(layoutYaml([tile, tile])).not.toMatch(/[&*]/);
});

test('any layout comes back through its text', () => {
  fc.assert(
    fc.property(anyScene, fc.constantFrom('早高峰', 'no', '~', '- x', '#', 'a: b', '🚦', '"'), (scene, name) => {
      const text = layoutYaml(layoutsText([{ name, number: null, scene }], numberOf).tree);
      const read = readLayoutFile(text, cameraIdOf);
      expect(read.faults).toEqual([]);
      expect(read.layouts[0]!.name).toBe(name);
      expect(sceneDiff(scene, read.layouts[0]!.scene)).toEqual([]);
    }),
    { seed: 12, numRuns: 40 },
  );
});

test('any text is read or refused, never an error, and a cut one is never taken for whole', () => {
  const changed = fc
    .tuple(fc.nat(written.length), fc.nat(20), fc.string({ maxLength: 4 }))
    .map(([at, less, by]) => written.slice(0, at) + by + written.slice(at + less));
  fc.assert(
    fc.property(fc.oneof(fc.string(), changed), (text) => {
      const read = readLayoutFile(text, cameraIdOf);
      expect(read.layouts.length).toBeLessThanOrEqual(read.total);
      if (read.total === 0 && read.layouts.length === 0 && !text.includes('layouts')) expect(read.faults).not.toEqual([]);
    }),
    { seed: 1207, numRuns: 200 },
  );
  for (let at = 0; at < written.length - 4; at += 1) expect(readLayoutYaml(written.slice(0, at)).ok).toBe(false);
});
