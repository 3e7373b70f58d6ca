import type { CommandInput } from '../../main/contract/catalog.ts';
import type { Problem } from '../../main/contract/errors.ts';
import type { TaskState } from '../../alerts/incident-contract.ts';

export type ReportedState = CommandInput<'task.report'>['state'];

/** One thing that was reported on this phone, and what became of it. */
export interface ReportEntry {
  /** Grows with each; also the order in which they are sent. */
  readonly order: number;
  /** The Idempotency-Key: however often it is sent, it is one report. */
  readonly key: string;
  readonly unitId: string;
  readonly taskTitle: string;
  readonly args: CommandInput<'task.report'>;
  /** By the hub's clock, as well as the phone knows it. */
  readonly at: number;
  /** `waiting` until the hub has said that it has it. */
  readonly fate: 'waiting' | 'confirmed' | 'refused';
  readonly problem: Pick<Problem, 'code' | 'params'> | null;
}

/** The most reports that wait; with a photo each they are 40 MB. */
export const waitingAtMost = 30;
/** Settled ones that are shown, the newest. */
export const settledKept = 12;
/** A report that waited so long is of no use to anybody, in milliseconds: the link is over, too. */
export const oldestMs = 7 * 86_400_000;

/** Puts a report behind the others; null when too many wait. */
export function withReport(book: readonly ReportEntry[], entry: Omit<ReportEntry, 'order' | 'fate' | 'problem'>): ReportEntry[] | null {
  if (book.filter(({ fate }) => fate === 'waiting').length >= waitingAtMost) return null;
  const order = Math.max(0, ...book.map((one) => one.order)) + 1;
  return [...book, { ...entry, order, fate: 'waiting', problem: null }];
}

/** The next one to send: the oldest that waits, of this unit. */
export function nextToSend(book: readonly ReportEntry[], unitId: string): ReportEntry | null {
  return book.find((entry) => entry.fate === 'waiting' && entry.unitId === unitId) ?? null;
}

/** What a report came to: its photo is not kept any longer, and of settled ones only the newest stay. */
export function withFate(
  book: readonly ReportEntry[],
  key: string,
  fate: 'confirmed' | 'refused',
  problem: ReportEntry['problem'] = null,
): ReportEntry[] {
  const next = book.map((entry) => {
    if (entry.key !== key) return entry;
    const { photo: _gone, ...args } = entry.args;
    return { ...entry, args, fate, problem };
  });
  const settled = next.filter((entry) => entry.fate !== 'waiting');
  const dropped = new Set(settled.slice(0, Math.max(0, settled.length - settledKept)));
  return next.filter((entry) => !dropped.has(entry));
}

/** What is kept of a book that was read again: in order, without what is too old. */
export function readAgain(entries: readonly ReportEntry[], now: number): ReportEntry[] {
  return entries.filter(({ at }) => Math.abs(now - at) < oldestMs).sort((a, b) => a.order - b.order);
}

/** The state that this phone has reported last of a task and the hub has not confirmed yet; null: none. */
export function stateWaiting(book: readonly ReportEntry[], taskId: string): ReportedState | null {
  return book.findLast((entry) => entry.fate === 'waiting' && entry.args.taskId === taskId)?.args.state ?? null;
}

/** Whether this phone has reported of a task what ends it. */
export const wasEnded = (book: readonly ReportEntry[], taskId: string): boolean =>
  book.some(({ args, fate }) => args.taskId === taskId && fate !== 'refused' && (args.state === 'done' || args.state === 'refused'));

/** What is reported next of a task that is there; null: nothing is left to report. */
export function nextState(state: TaskState): ReportedState | null {
  switch (state) {
    case 'sent':
      return 'accepted';
    case 'accepted':
      return 'enRoute';
    case 'enRoute':
      return 'onScene';
    case 'onScene':
      return 'done';
    default:
      return null;
  }
}

/** Whether a unit may still say that it will not do it. */
export const mayRefuse = (state: TaskState): boolean => state === 'sent' || state === 'accepted' || state === 'enRoute';

/** Whether the hub's refusal may be over in a while: then the report waits on. */
export function isPassing({ code }: Pick<Problem, 'code'>): boolean {
  return (
    code === 'unavailable' ||
    code === 'deadline-exceeded' ||
    code === 'shutting-down' ||
    code === 'too-many-requests' ||
    code === 'disk-low'
  );
}
