import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyScene } from '../../../layouts/testdata/arbitrary-scenes.ts';
import { draftsAtMost, openDraftBook, readDrafts, type LayoutDraft } from './drafts.ts';

function memoryStorage(): Storage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
const draft = (id: string, at: number, more: Partial<LayoutDraft> = {}): LayoutDraft => ({
  id,
  layoutId: null,
  baseRevision: null,
  name: '早高峰',
  number: null,
  scene: { kind: 'grid', rows: 1, cols: 1, tiles: [{ panel: 'clock' }] },
  at,
  ...more,
});

describe('drafts', () => {
  test('are kept by person and come back newest first', () => {
    const storage = memoryStorage();
    const book = openDraftBook(storage, 'u1');
    expect(book.keep(draft('a', 1))).toBe(true);
    book.keep(draft('b', 2));
    expect(
      openDraftBook(storage, 'u1')
        .list()
        .map(({ id }) => id),
    ).toEqual(['b', 'a']);
    expect(openDraftBook(storage, 'u2').list()).toEqual([]);
  });

  test('there is one of each layout', () => {
    const book = openDraftBook(memoryStorage(), 'u1');
    book.keep(draft('a', 1));
    book.keep(draft('a', 5, { name: '晚高峰' }));
    expect(book.list()).toEqual([draft('a', 5, { name: '晚高峰' })]);
  });

  test.each<[string, Partial<LayoutDraft>]>([
    ['a name with a sign that turns what follows', { name: 'abc\u202Edef' }],
    ['a text with one', { scene: { kind: 'grid', rows: 1, cols: 1, tiles: [{ panel: 'note', text: 'x\u2066y' }] } }],
  ])('with %s is not said to be kept, for it could not be read again, and the one before stays', (_, more) => {
    const book = openDraftBook(memoryStorage(), 'u1');
    book.keep(draft('a', 1));
    expect(book.keep(draft('a', 5, more))).toBe(false);
    expect(book.list()).toEqual([draft('a', 1)]);
  });

  test('the oldest goes when there are too many', () => {
    const book = openDraftBook(memoryStorage(), 'u1');
    for (let n = 0; n < draftsAtMost + 5; n += 1) book.keep(draft(`d${n}`, n));
    expect(book.list()).toHaveLength(draftsAtMost);
    expect(book.list().at(-1)!.id).toBe('d5');
  });

  test('what is forgotten is gone, and an empty book leaves nothing behind', () => {
    const storage = memoryStorage();
    const book = openDraftBook(storage, 'u1');
    book.keep(draft('a', 1));
    book.forget('other');
    expect(book.list()).toHaveLength(1);
    book.forget('a');
    expect(storage.kept.size).toBe(0);
  });

  test('a browser that refuses storage is said, not hidden', () => {
    const refusing = {
      ...memoryStorage(),
      setItem: () => {
        throw new Error('quota');
      },
    };
    expect(openDraftBook(refusing, 'u1').keep(draft('a', 1))).toBe(false);
    const locked = {
      ...memoryStorage(),
      getItem: () => {
        throw new Error('policy');
      },
    };
    expect(openDraftBook(locked, 'u1').list()).toEqual([]);
  });

  test('those of a newer version are neither read nor written over', () => {
    const storage = memoryStorage();
    storage.setItem('taodu.drafts.u1', JSON.stringify({ version: 2, drafts: [draft('a', 1)] }));
    const book = openDraftBook(storage, 'u1');
    expect(book.list()).toEqual([]);
    expect(book.keep(draft('b', 2))).toBe(false);
    expect(storage.kept.get('taodu.drafts.u1')).toContain('"version":2');
  });

  test('one that is broken costs no other', () => {
    const kept = JSON.stringify({
      version: 1,
      drafts: [{ id: 'x' }, draft('a', 1), null, draft('b', 2, { scene: { kind: 'grid' } as never })],
    });
    expect(readDrafts(kept).drafts.map(({ id }) => id)).toEqual(['a']);
  });

  test.each([['not json'], ['null'], ['[]'], ['7'], ['{}'], ['{"version":1,"drafts":{}}'], ['{"version":"2"}']])(
    '%s is an empty book',
    (text) => {
      expect(readDrafts(text)).toEqual({ drafts: [], mine: true });
    },
  );

  test('whatever scene is kept comes back as it was', () => {
    fc.assert(
      fc.property(anyScene, fc.integer({ min: 1, max: 2e12 }), (scene, at) => {
        const book = openDraftBook(memoryStorage(), 'u1');
        book.keep(draft('a', at, { scene }));
        expect(book.list()).toEqual([draft('a', at, { scene })]);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  test('no text breaks the reader', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.json({ maxDepth: 4 }),
      fc.json().map((drafts) => `{"version":1,"drafts":${drafts}}`),
    );
    fc.assert(
      fc.property(text, (kept) => {
        expect(readDrafts(kept).drafts.length).toBeLessThanOrEqual(draftsAtMost);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});
