import { expect, test } from 'vitest';
import type { TaskState } from '../../alerts/incident-contract.ts';
import {
  isPassing,
  mayRefuse,
  nextState,
  nextToSend,
  oldestMs,
  readAgain,
  settledKept,
  stateWaiting,
  waitingAtMost,
  withFate,
  withReport,
  type ReportEntry,
} from './report-book.ts';

const entry = (key: string, more: Partial<ReportEntry> = {}) => ({
  key,
  unitId: 'u-1',
  taskTitle: 'Hydrant',
  args: { taskId: 't-1', state: 'accepted' as const, photo: 'aGk=' },
  at: 1000,
  ...more,
});
const bookOf = (...keys: string[]) => keys.reduce<ReportEntry[]>((book, key) => withReport(book, entry(key))!, []);

test('reports are sent in the order in which they were made, one unit at a time', () => {
  let book = bookOf('a', 'b');
  book = withReport(book, entry('c', { unitId: 'u-2' }))!;
  expect(book.map(({ order, fate }) => [order, fate])).toEqual([
    [1, 'waiting'],
    [2, 'waiting'],
    [3, 'waiting'],
  ]);
  expect(nextToSend(book, 'u-1')?.key).toBe('a');
  book = withFate(book, 'a', 'confirmed');
  expect(nextToSend(book, 'u-1')?.key).toBe('b');
  book = withFate(book, 'b', 'refused', { code: 'forbidden', params: {} });
  expect(nextToSend(book, 'u-1')).toBeNull();
  expect(nextToSend(book, 'u-2')?.key).toBe('c');
  expect(book[1]).toMatchObject({ fate: 'refused', problem: { code: 'forbidden' } });
});

test('a settled report keeps no photo, one that waits keeps it', () => {
  const book = withFate(bookOf('a', 'b'), 'a', 'confirmed');
  expect(book.map(({ args }) => args.photo)).toEqual([undefined, 'aGk=']);
});

test('what waits and what is shown is bounded; what waits is never dropped for what is settled', () => {
  let book: ReportEntry[] = [];
  for (let index = 0; index < waitingAtMost; index += 1) book = withReport(book, entry(`w${index}`))!;
  expect(withReport(book, entry('more'))).toBeNull();
  for (let index = 0; index < waitingAtMost - 1; index += 1) book = withFate(book, `w${index}`, 'confirmed');
  expect(book).toHaveLength(settledKept + 1);
  expect(nextToSend(book, 'u-1')?.key).toBe(`w${waitingAtMost - 1}`);
  expect(withReport(book, entry('more'))!.at(-1)!.order).toBe(waitingAtMost + 1);
});

test('a book that was read again is in order and without what is too old, also by a clock that was set back', () => {
  const [a, b, c] = bookOf('a', 'b', 'c') as [ReportEntry, ReportEntry, ReportEntry];
  expect(readAgain([c, a, b], 1000).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  expect(readAgain([a, { ...b, at: 1000 + oldestMs }], 1001 + oldestMs).map(({ key }) => key)).toEqual(['b']);
  expect(readAgain([a, { ...b, at: 5000 + oldestMs }], 1000).map(({ key }) => key)).toEqual(['a']);
});

test('what waits to be confirmed of a task is what was said of it last', () => {
  let book = withReport(bookOf('a'), entry('b', { args: { taskId: 't-1', state: 'enRoute' } }))!;
  book = withReport(book, entry('c', { args: { taskId: 't-2', state: 'refused' } }))!;
  expect(stateWaiting(book, 't-1')).toBe('enRoute');
  expect(stateWaiting(withFate(book, 'b', 'confirmed'), 't-1')).toBe('accepted');
  expect(stateWaiting(book, 't-9')).toBeNull();
});

test.each<[TaskState, string | null, boolean]>([
  ['sent', 'accepted', true],
  ['accepted', 'enRoute', true],
  ['enRoute', 'onScene', true],
  ['onScene', 'done', false],
  ['done', null, false],
  ['refused', null, false],
  ['cancelled', null, false],
])('%s leads to %s', (state, next, refusable) => {
  expect([nextState(state), mayRefuse(state)]).toEqual([next, refusable]);
});

test.each([
  ['unavailable', true],
  ['too-many-requests', true],
  ['deadline-exceeded', true],
  ['forbidden', false],
  ['task-event-illegal', false],
  ['malformed', false],
  ['internal-error', false],
] as const)('%s passes by itself: %s', (code, passing) => {
  expect(isPassing({ code })).toBe(passing);
});
