/** One thing that a change touched, with what it was before and after. `from` and `to` are its revisions then. */
export interface ChangedPart<S> {
  /** Names the thing; its revisions are counted apart from those of all others. */
  readonly key: string;
  readonly before: S;
  readonly after: S;
  readonly from: number;
  readonly to: number;
}

/** What one press changed: a tile, or a whole wall. */
export type HistoryStep<S> = readonly ChangedPart<S>[];

/** So many steps can be taken back; the oldest is forgotten. */
export const stepsAtMost = 20;

/**
 * What was changed here, newest last, and what of it was taken back. A part may be taken back while the thing stands at the part's `to`,
 * and done again while it stands at `from`: then nobody else has touched it since. Taking back gives the thing a new revision with an
 * old content, so every step that knew that content is told where it stands now.
 */
export class ChangeHistory<S> {
  #done: HistoryStep<S>[] = [];
  #undone: HistoryStep<S>[] = [];

  get undoable(): number {
    return this.#done.length;
  }
  get redoable(): number {
    return this.#undone.length;
  }

  /** A new change: what was taken back before it cannot be done again. A step without parts is none. */
  add(step: HistoryStep<S>): void {
    if (step.length === 0) return;
    this.#done = [...this.#done, step].slice(-stepsAtMost);
    this.#undone = [];
  }

  /** Takes the latest change off; null when there is none. */
  takeDone(): HistoryStep<S> | null {
    return this.#done.pop() ?? null;
  }
  takeUndone(): HistoryStep<S> | null {
    return this.#undone.pop() ?? null;
  }

  /** Puts a step (back) on the changes that can be taken back, without forgetting what can be done again. */
  keepDone(step: HistoryStep<S>): void {
    if (step.length > 0) this.#done = [...this.#done, step].slice(-stepsAtMost);
  }
  keepUndone(step: HistoryStep<S>): void {
    if (step.length > 0) this.#undone = [...this.#undone, step].slice(-stepsAtMost);
  }

  /** What a thing was at revision `before` is what it is at `now`. */
  stands(key: string, before: number, now: number): void {
    this.#done = this.#done.map((step) => moved(step, key, before, now));
    this.#undone = this.#undone.map((step) => moved(step, key, before, now));
  }
}

/** A step that knows where the content of revision `before` stands now. */
export function moved<S>(step: HistoryStep<S>, key: string, before: number, now: number): HistoryStep<S> {
  const at = (revision: number) => (revision === before ? now : revision);
  return step.map((part) => (part.key === key ? { ...part, from: at(part.from), to: at(part.to) } : part));
}
