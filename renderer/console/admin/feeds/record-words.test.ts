import { afterEach, expect, test } from 'vitest';
import type { JournalRecord } from '../../../../streams/feed-contract.ts';
import { setLocale } from '../../../i18n/index.ts';
import { hexLines, problemsLine, retriesOf } from './record-words.ts';

afterEach(() => setLocale('zh-CN'));

const record = (id: number, feedId: string, outcome: string) => ({ id, feedId, outcome, problems: [] }) as unknown as JournalRecord;

test('hexadecimal stands in lines of sixteen with what can be read of it', () => {
  const hex = [...'~\u0002\u0000 HJ212 frame: QN=1\r\n'].map((one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  expect(hexLines(hex)).toBe(
    '000000  7e 02 00 20 48 4a 32 31 32 20 66 72 61 6d 65 3a  ~.. HJ212 frame:\n000010  20 51 4e 3d 31 0d 0a                              QN=1..',
  );
  expect(hexLines('')).toBe('');
});

test('of several problems the first is said, and how many more there are', () => {
  setLocale('en');
  const malformed = { code: 'record-malformed' as const, params: { at: 'items.0.id' } };
  expect(problemsLine({ problems: [] })).toBe('');
  expect(problemsLine({ problems: [malformed] })).toBe('The record is malformed: items.0.id.');
  expect(problemsLine({ problems: [malformed, malformed, malformed] })).toBe('The record is malformed: items.0.id. (+2)');
});

test('only what is in quarantine is read again, feed by feed, the oldest first, so many at a time', () => {
  const shown = [record(9, 'a', 'quarantined'), record(8, 'b', 'quarantined'), record(7, 'a', 'taken'), record(3, 'a', 'quarantined')];
  expect(retriesOf(shown)).toEqual([
    { feedId: 'a', recordIds: [3, 9] },
    { feedId: 'b', recordIds: [8] },
  ]);
  const many = retriesOf(Array.from({ length: 2300 }, (_unused, id) => record(id + 1, 'a', 'quarantined')));
  expect(many.map(({ recordIds }) => recordIds.length)).toEqual([1000, 1000, 300]);
});
