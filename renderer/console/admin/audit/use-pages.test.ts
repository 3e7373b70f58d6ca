import { expect, test } from 'vitest';
import { ref, shallowRef } from 'vue';
import { problem, type Problem } from '../../../../main/contract/errors.ts';
import { rowsAtMost, usePages } from './use-pages.ts';

type Page = { readonly rows: readonly number[]; readonly next: number | null };

function searched() {
  const asked: object[] = [];
  const failure = shallowRef<Problem | null>(null);
  let answer: Page | null = null;
  const pages = usePages<number, { readonly actor: string }>({
    busy: ref(false),
    failure,
    run: async (args) => {
      asked.push(args);
      return answer;
    },
  });
  const says = (page: Page | null, refused: Problem | null = null) => {
    answer = page;
    failure.value = refused;
  };
  return { pages, asked, says };
}

test('the next page follows with the same conditions, and after the last one nothing is asked', async () => {
  const { pages, asked, says } = searched();
  says({ rows: [9, 8], next: 8 });
  expect(await pages.find({ actor: 'li' })).toBe(true);
  says({ rows: [7], next: null });
  await pages.more();
  await pages.more();
  expect(pages.rows.value).toEqual([9, 8, 7]);
  expect(asked).toEqual([{ actor: 'li' }, { actor: 'li', before: 8 }]);
});

test('a refusal leaves nothing of what other conditions found, an overtaken question leaves it', async () => {
  const { pages, says } = searched();
  says({ rows: [9], next: 9 });
  await pages.find({ actor: 'li' });
  says(null);
  expect(await pages.find({ actor: 'wang' })).toBe(false);
  expect(pages.rows.value).toEqual([9]);
  says(null, problem('unavailable'));
  expect(await pages.find({ actor: 'wang' })).toBe(false);
  expect([pages.rows.value, pages.next.value]).toEqual([[], null]);
});

test('a list that is long enough is not made longer', async () => {
  const { pages, asked, says } = searched();
  says({ rows: Array.from({ length: rowsAtMost }, (_, row) => row), next: 1 });
  await pages.find({ actor: 'li' });
  await pages.more();
  expect(asked).toHaveLength(1);
});
