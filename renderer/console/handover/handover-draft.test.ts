import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test } from 'vitest';
import type { HandoverId } from '../../../main/contract/ids.ts';
import { itemsAtMost, useHandoverDraft } from './handover-draft.ts';

beforeEach(() => setActivePinia(createPinia()));

const written = {
  note: 'Quiet night',
  items: [
    { text: 'Call the waterworks', done: false },
    { text: 'Filed', done: true },
  ],
};
const taken = { kind: 'taken', id: 'h' as HandoverId } as const;
const plain = (draft: ReturnType<typeof useHandoverDraft>) => draft.items.map(({ text, done }) => [text, done]);

test('what one took over begins with its open matters, without the note', () => {
  const draft = useHandoverDraft();
  draft.begin(taken, written);
  expect([draft.note, plain(draft), draft.begunWith]).toEqual(['', [['Call the waterworks', false]], taken]);
});

test('what one has written oneself is there again, whole', () => {
  const draft = useHandoverDraft();
  draft.begin({ kind: 'own', id: 'h' as HandoverId }, written);
  expect([draft.note, plain(draft)]).toEqual([
    'Quiet night',
    [
      ['Call the waterworks', false],
      ['Filed', true],
    ],
  ]);
});

test('what somebody is writing is not overwritten, nor is what he threw out filled in again', () => {
  const draft = useHandoverDraft();
  draft.note = 'Mine';
  draft.begin(taken, written);
  expect([draft.note, draft.items]).toEqual(['Mine', []]);
  draft.note = '';
  draft.begin(taken, written);
  draft.remove(draft.items[0]!.key);
  draft.begin(taken, written);
  expect(draft.items).toEqual([]);
  draft.clear();
  draft.begin(taken, written);
  expect(draft.items).toHaveLength(1);
});

test('matters are added, ticked, reworded and removed', () => {
  const draft = useHandoverDraft();
  expect([draft.add('  One '), draft.add('Two'), draft.add('   ')]).toEqual([true, true, false]);
  const [one, two] = draft.items;
  draft.change(one!.key, { done: true });
  draft.change(two!.key, { text: 'Two!' });
  expect(plain(draft)).toEqual([
    ['One', true],
    ['Two!', false],
  ]);
  draft.remove(one!.key);
  expect(plain(draft)).toEqual([['Two!', false]]);
});

test('there are never more than a hand-over takes', () => {
  const draft = useHandoverDraft();
  for (let n = 0; n < itemsAtMost; n += 1) draft.add(`Matter ${n}`);
  expect(draft.add('One more')).toBe(false);
  expect(draft.items).toHaveLength(itemsAtMost);
});
