import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { Problem } from '../../../../main/contract/errors.ts';

/** A list of many thousand rows helps nobody: then it is narrowed. */
export const rowsAtMost = 20_000;

/** What asks for one page; the latest question counts. */
export interface PageSource<Row, Conditions> {
  readonly busy: Readonly<Ref<boolean>>;
  readonly failure: Readonly<ShallowRef<Problem | null>>;
  /** Null when it was refused, or overtaken by another question. */
  run(args: Conditions & { readonly before?: number }): Promise<{ readonly rows: readonly Row[]; readonly next: number | null } | null>;
}

/** What was found by one set of conditions, page by page, up to `rowsAtMost`. */
export interface Pages<Row, Conditions> {
  readonly rows: Readonly<ShallowRef<readonly Row[]>>;
  /** Where the next page begins; null when there is none. */
  readonly next: Readonly<Ref<number | null>>;
  /** Begins anew. False when it was refused or overtaken; after a refusal nothing is left of what other conditions found. */
  find(conditions: Conditions): Promise<boolean>;
  /** The next page of the same conditions: what is typed meanwhile does not mix in. */
  more(): Promise<void>;
}

/** A search that is read page by page. */
export function usePages<Row, Conditions extends object>(source: PageSource<Row, Conditions>): Pages<Row, Conditions> {
  const rows = shallowRef<readonly Row[]>([]);
  const next = ref<number | null>(null);
  let asked: Conditions | null = null;

  return {
    rows,
    next,
    async find(conditions) {
      asked = conditions;
      const page = await source.run(conditions);
      if (page || source.failure.value) {
        rows.value = page?.rows ?? [];
        next.value = page?.next ?? null;
      }
      return page !== null;
    },
    async more() {
      if (asked === null || source.busy.value || next.value === null || rows.value.length >= rowsAtMost) return;
      const page = await source.run({ ...asked, before: next.value });
      if (!page) return;
      rows.value = [...rows.value, ...page.rows];
      next.value = page.next;
    },
  };
}
