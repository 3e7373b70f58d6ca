import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Problem } from '../../../main/contract/errors.ts';
import type { MessageKey } from '../../i18n/index.ts';

/** Something that can be done about a notice, by a button or its key. */
export interface NoticeAction {
  readonly key: MessageKey;
  /** The letter of its key, as it is on the cap. */
  readonly cap: string;
  run(): void;
}

/** What a notice has beside its sentence. `lines` are asked for whenever it is shown. */
export interface NoticeMore {
  readonly lines?: () => readonly string[];
  readonly actions?: readonly NoticeAction[];
}

/** One line for the operator: what was done, or why not. It is put into words when it is shown, in the language of that moment. */
export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'bad';
  readonly message:
    | { readonly key: MessageKey; readonly params: Readonly<Record<string, string | number>>; readonly count?: number }
    | { readonly problem: Problem };
  /** Something to copy by hand when the browser did not let the page do it. */
  readonly copy?: string;
  /** What is known in detail, a line each. */
  readonly lines: () => readonly string[];
  readonly actions: readonly NoticeAction[];
}

/** Refusals stay together; of what was done only the last is said, because the wall itself shows it. */
const badAtMost = 3;
const doneStaysMs = 5000;
const badStaysMs = 12_000;
/** Time enough to read what there is to decide, and to decide it. */
const actionsStayMs = 60_000;
const none = () => [];

/** Each notice goes away by itself, except one that has something to copy. */
export const useNotices = defineStore('notices', () => {
  const notices = shallowRef<readonly Notice[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let lastId = 0;

  function dismiss(id: number): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    notices.value = notices.value.filter((notice) => notice.id !== id);
  }
  function add({ kind, message, copy, lines = none, actions = [] }: Pick<Notice, 'kind' | 'message' | 'copy'> & NoticeMore): void {
    const id = ++lastId;
    const notice: Notice = { id, kind, message, lines, actions, ...(copy === undefined ? {} : { copy }) };
    const alike = notices.value.filter((old) => old.kind === notice.kind);
    const kept = notice.kind === 'done' ? 0 : badAtMost - 1;
    for (const old of alike.slice(0, Math.max(0, alike.length - kept))) dismiss(old.id);
    notices.value = [...notices.value, notice];
    const staysMs = actions.length > 0 ? actionsStayMs : kind === 'bad' ? badStaysMs : doneStaysMs;
    if (copy === undefined)
      timers.set(
        id,
        setTimeout(() => dismiss(id), staysMs),
      );
  }
  return {
    notices,
    dismiss,
    done: (key: MessageKey, params: Readonly<Record<string, string | number>> = {}, count?: number) =>
      add({ kind: 'done', message: { key, params, ...(count === undefined ? {} : { count }) } }),
    refuse: (key: MessageKey, params: Readonly<Record<string, string | number>> = {}, more: NoticeMore = {}) =>
      add({ kind: 'bad', message: { key, params }, ...more }),
    fail: (problem: Problem, more: NoticeMore = {}) => add({ kind: 'bad', message: { problem }, ...more }),
    /** Does what a notice offers; it has served then. */
    take(id: number, action: NoticeAction): void {
      dismiss(id);
      action.run();
    },
    offerCopy: (key: MessageKey, params: Readonly<Record<string, string | number>>, copy: string) =>
      add({ kind: 'done', message: { key, params }, copy }),
    dismissAll: () => notices.value.forEach((notice) => dismiss(notice.id)),
  };
});
