import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginFirstStart, endFirstStart, unfinishedMark } from './first-start.ts';
import * as durable from './ledger/durable-file.ts';

vi.mock(import('./ledger/durable-file.ts'), { spy: true });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-first-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (...names: readonly string[]) => names.forEach((name) => writeFileSync(join(folder, name), 'x'));

test('an empty folder is marked until its hub listens', () => {
  expect(beginFirstStart(folder)).toBeNull();
  expect(readdirSync(folder)).toEqual([unfinishedMark]);
  endFirstStart(folder);
  expect(readdirSync(folder)).toEqual([]);
  endFirstStart(folder);
});

test('what was cut off is made anew, and the rest of the folder stays', () => {
  put(unfinishedMark, 'ledger.db', 'ledger.db-wal', 'ledger.db-shm', 'taodu.yaml', 'operator-key');
  mkdirSync(join(folder, 'seals'));
  put('seals/1');
  expect(beginFirstStart(folder)).toBeNull();
  expect(readdirSync(folder).sort()).toEqual(['operator-key', unfinishedMark, 'taodu.yaml']);
});

test('a city is never touched', () => {
  put('ledger.db', 'ledger.db-wal');
  expect(beginFirstStart(folder)).toMatchObject({ code: 'data-folder-unusable', params: { reason: 'holds-a-city' } });
  expect(readdirSync(folder).sort()).toEqual(['ledger.db', 'ledger.db-wal']);
  expect(existsSync(join(folder, unfinishedMark))).toBe(false);
});

test('a mark that was taken away does not come back with a power cut', () => {
  put(unfinishedMark);
  const entriesAtSync: string[][] = [];
  vi.mocked(durable.syncFolder).mockImplementation((path) => void entriesAtSync.push(readdirSync(path)));
  endFirstStart(folder);
  expect(entriesAtSync).toEqual([[]]);
  vi.mocked(durable.syncFolder).mockReset();
});
