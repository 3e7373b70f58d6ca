import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { editorOfHash, hashOfEditor } from './editor-address.ts';

test.each([
  ['#editor', { layoutId: null }],
  ['#editor/', { layoutId: null }],
  ['#editor/preset-1-5', { layoutId: 'preset-1-5' }],
  ['#editor/a/b', null],
  ['#editor/a%20b', null],
  ['#admin/users', null],
  ['', null],
])('%s', (hash, named) => {
  expect(editorOfHash(hash)).toEqual(named);
});

test('an address leads back to what it was made of', () => {
  fc.assert(
    fc.property(fc.option(fc.stringMatching(/^[\w-]{1,64}$/)), (layoutId) => {
      expect(editorOfHash(hashOfEditor({ layoutId }))).toEqual({ layoutId });
    }),
    { seed: 6, numRuns: 50 },
  );
});
