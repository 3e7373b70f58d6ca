import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../../alerts/index.ts';
import { migrations } from '../ledger/migrate.ts';
import { createAlertHistory } from './alert-history.ts';

const entry = (at: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  at,
  kind: 'raised',
  alertId: `alert-${at}`,
  rule: 'level',
  subject: 'asset:pumps/p',
  severity: 'high',
  operator: null,
  waitedMs: null,
  drill: false,
  ...more,
});
const opened = (rowsAtMost = 1000, pageRows = 3) => {
  const database = new Database(':memory:');
  for (const sql of migrations) database.exec(sql);
  return createAlertHistory({ database }, { rowsAtMost, pageRows });
};
const read = async (history: ReturnType<typeof opened>, from: number, to: number) => {
  const all: HistoryEntry[] = [];
  for await (const page of history.read(from, to)) all.push(...page);
  return all;
};

test('what was written is read in order of time, page by page, the end left out', async () => {
  const history = opened();
  expect(history.since()).toBeNull();
  const acknowledged = entry(7, { kind: 'acknowledged', operator: 'li', waitedMs: 5, drill: true });
  history.append([entry(5), entry(9)]);
  history.append([acknowledged, entry(7), entry(7), entry(7), entry(6)]);
  expect((await read(history, 5, 9)).map(({ at }) => at)).toEqual([5, 6, 7, 7, 7, 7]);
  expect((await read(history, 7, 8))[0]).toEqual(acknowledged);
  expect(await read(history, 10, 99)).toEqual([]);
  expect(history.since()).toBe(5);
});

test('the oldest go when there are too many, and when they are too old', async () => {
  const history = opened(10);
  for (let at = 1; at <= 25; at += 1) history.append([entry(at)]);
  expect((await read(history, 0, 99)).map(({ at }) => at)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
  const year = 500 * 86_400_000;
  history.append([entry(year)]);
  expect(await read(history, 0, year + 1)).toHaveLength(1);
});
