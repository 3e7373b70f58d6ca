import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { CommandResult } from '../../main/contract/catalog.ts';
import type { Problem } from '../../main/contract/errors.ts';
import { isPassing, nextToSend, readAgain, wasEnded, withFate, withReport, type ReportEntry } from './report-book.ts';
import type { ReportStore } from './report-store.ts';
import type { UnitDoor } from './unit-door.ts';

export type Mine = CommandResult<'task.mine'>;
export type MyTask = Mine['tasks'][number];

/** How the page stands with the hub: `entering` has heard nothing yet, `in` knows its unit, `over` has no session any more. */
export type FieldPhase = 'entering' | 'in' | 'over';

/** The tasks of this phone's unit, and what is reported of them. */
export interface Field {
  readonly phase: Readonly<Ref<FieldPhase>>;
  /** What the hub said last; null before it did. It stays while there is no connection, with its age. */
  readonly mine: ShallowRef<Mine | null>;
  /** When that was, by the phone's clock. */
  readonly heardAt: Readonly<Ref<number | null>>;
  /** The latest question was not answered. */
  readonly silent: Readonly<Ref<boolean>>;
  /** Reports of this unit, the oldest first. */
  readonly reports: ComputedRef<readonly ReportEntry[]>;
  /** Reports that wait survive the end of this page. */
  readonly keeps: boolean;
  /** Takes a report down and sends it as soon as it may; false when too many wait. */
  report(task: Pick<MyTask, 'id' | 'title'>, said: Omit<ReportEntry['args'], 'taskId' | 'at'>): boolean;
  /** The person has read why a report was not accepted. */
  dismiss(key: string): void;
}

/** How often the page asks while somebody can see it, in milliseconds. */
export const askEveryMs = 4000;
/** How long a report that could not be sent waits for the next attempt, the first time and at most. */
const firstWaitMs = 1000;
const longestWaitMs = 15_000;

/**
 * Asks for the unit's tasks again and again, for as long as the calling scope lives, and sends what is reported: one after the other, each with a key of its own, so that
 * sending again is no second report. `token` is that of the link, null without one; `entered` runs once it is worth nothing to this page any more.
 */
export function useField(parts: {
  readonly door: UnitDoor;
  readonly store: ReportStore;
  readonly token: string | null;
  entered(): void;
  /** Something new to do. */
  onNewTask(task: MyTask): void;
  /** A task is not this unit's any more, and it was not this phone that ended it. */
  onGone(task: MyTask): void;
}): Field {
  const { door, store } = parts;
  const phase = ref<FieldPhase>('entering');
  const mine: ShallowRef<Mine | null> = shallowRef(null);
  const heardAt = ref<number | null>(null);
  const silent = ref(false);
  const book: ShallowRef<readonly ReportEntry[]> = shallowRef([]);
  let token = parts.token;
  let asking = false;
  let sending = false;
  let waitMs = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> = Promise.resolve();
  let ended = false;

  const ready = store.load().then(
    (entries) => void (book.value = [...readAgain(entries, Date.now()), ...book.value]),
    () => undefined,
  );

  function keep(next: readonly ReportEntry[]): void {
    book.value = next;
    // One after the other: an older book never overwrites a newer one.
    const before = saving;
    saving = (async () => {
      await before;
      // Where it is refused (a full disk) the report still lives as long as the page.
      await store.save(next).catch(() => undefined);
    })();
  }

  async function enter(): Promise<boolean> {
    if (token === null) return true;
    const answer = await door.enter(token);
    if (!answer.ok && isPassing(answer.error)) {
      silent.value = true;
      return false;
    }
    token = null;
    parts.entered();
    // A link that is refused may still have been opened before, by this very phone.
    if (!answer.ok) phase.value = 'over';
    return answer.ok;
  }

  async function ask(): Promise<void> {
    if (asking || ended || phase.value === 'over') return;
    asking = true;
    try {
      if (!(await enter())) return;
      const answer = await door.run('task.mine', {});
      if (ended) return;
      silent.value = !answer.ok;
      if (!answer.ok) {
        if (answer.error.code === 'login-required' || answer.error.code === 'forbidden') phase.value = 'over';
        return;
      }
      const known = new Set(mine.value?.tasks.map(({ id }) => id));
      const isFirst = mine.value === null;
      const there = new Set(answer.value.tasks.map(({ id }) => id));
      const gone = mine.value?.tasks.find(({ id }) => !there.has(id) && !wasEnded(book.value, id));
      mine.value = answer.value;
      heardAt.value = Date.now();
      phase.value = 'in';
      const fresh = answer.value.tasks.find(({ id, state }) => !known.has(id) && state === 'sent');
      if (gone) parts.onGone(gone);
      if (fresh && !isFirst) parts.onNewTask(fresh);
      void send();
    } finally {
      asking = false;
    }
  }

  async function send(): Promise<void> {
    await ready;
    if (sending || ended || phase.value !== 'in' || !mine.value) return;
    sending = true;
    clearTimeout(retry);
    try {
      for (;;) {
        const next = nextToSend(book.value, mine.value.unit.id);
        if (next === null || ended) return;
        const answer = await door.run('task.report', next.args, next.key);
        if (!answer.ok && answer.error.code === 'login-required') {
          phase.value = 'over';
          return;
        }
        if (!answer.ok && isPassing(answer.error)) {
          silent.value = true;
          waitMs = Math.min(longestWaitMs, Math.max(firstWaitMs, waitMs * 2));
          retry = setTimeout(() => void send(), waitMs);
          return;
        }
        waitMs = 0;
        keep(withFate(book.value, next.key, answer.ok ? 'confirmed' : 'refused', answer.ok ? null : problemOf(answer.error)));
        void ask();
      }
    } finally {
      sending = false;
    }
  }

  const askIfSeen = () => {
    if (document.visibilityState === 'visible') void ask();
  };
  const timer = setInterval(askIfSeen, askEveryMs);
  document.addEventListener('visibilitychange', askIfSeen);
  const online = () => {
    waitMs = 0;
    void ask();
    void send();
  };
  window.addEventListener('online', online);
  onScopeDispose(() => {
    ended = true;
    clearInterval(timer);
    clearTimeout(retry);
    document.removeEventListener('visibilitychange', askIfSeen);
    window.removeEventListener('online', online);
  });
  void ask();

  return {
    phase,
    mine,
    heardAt,
    silent,
    reports: computed(() => book.value.filter(({ unitId }) => unitId === mine.value?.unit.id)),
    keeps: store.keeps,
    report(task, said) {
      const unitId = mine.value?.unit.id;
      if (unitId === undefined) return false;
      const at = Math.round(door.hubNow());
      const next = withReport(book.value, { key: newKey(), unitId, taskTitle: task.title, args: { ...said, taskId: task.id, at }, at });
      if (next === null) return false;
      keep(next);
      void send();
      return true;
    },
    dismiss: (key) => keep(book.value.filter((entry) => entry.key !== key || entry.fate === 'waiting')),
  };
}

const problemOf = ({ code, params }: Problem): ReportEntry['problem'] => ({ code, params });

/** 128 random bits. `randomUUID` is not there on a page without encryption. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
