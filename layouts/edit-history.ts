/** What was done to a document, and how it can be undone. Documents are never changed, only replaced. */
export interface EditHistory<T> {
  readonly now: T;
  /** Oldest first. */
  readonly past: readonly T[];
  /** What was undone, the next to be redone first. */
  readonly future: readonly T[];
  /** The drag that made `now`, as long as it goes on. */
  readonly gesture: string | null;
}

/** So many steps can be undone; the oldest are forgotten. */
export const maxUndoSteps = 200;

/** A history that begins here. */
export const startHistory = <T>(now: T): EditHistory<T> => ({ now, past: [], future: [], gesture: null });

/**
 * The history after an edit; what was undone before is gone. All edits of one drag, named by `gesture`, are one step. An edit that changed
 * nothing (the very same document) is none.
 */
export function edited<T>(history: EditHistory<T>, next: T, gesture: string | null = null): EditHistory<T> {
  if (next === history.now) return history;
  if (gesture !== null && gesture === history.gesture) return { ...history, now: next };
  return { now: next, past: [...history.past, history.now].slice(-maxUndoSteps), future: [], gesture };
}

/** The history after the last step was taken back. */
export function undone<T>(history: EditHistory<T>): EditHistory<T> {
  if (history.past.length === 0) return history;
  return { now: history.past.at(-1)!, past: history.past.slice(0, -1), future: [history.now, ...history.future], gesture: null };
}

/** The history after the last undone step was made again. */
export function redone<T>(history: EditHistory<T>): EditHistory<T> {
  const [next, ...future] = history.future;
  if (history.future.length === 0) return history;
  return { now: next as T, past: [...history.past, history.now].slice(-maxUndoSteps), future, gesture: null };
}
