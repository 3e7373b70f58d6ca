import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, lutimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pruneExports } from './prune-exports.ts';

const now = Date.UTC(2026, 10, 26);
const daysAgo = (days: number) => new Date(now - days * 86_400_000);

let data = '';
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'taodu-exports-'));
});
afterEach(() => rmSync(data, { recursive: true }));

function exported(name: string, days: number) {
  const folder = join(data, 'exports', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'audit.jsonl'), '{}\n');
  utimesSync(folder, daysAgo(days), daysAgo(days));
}

test('old exports go, new ones stay, a few at a time', async () => {
  expect(await pruneExports(data, 30, now)).toEqual({ removed: 0, more: false });
  exported('new', 29);
  for (let index = 0; index < 20; index += 1) exported(`old-${index}`, 31);
  expect(await pruneExports(data, 30, now)).toEqual({ removed: 16, more: true });
  expect(await pruneExports(data, 30, now)).toEqual({ removed: 4, more: false });
  expect(await pruneExports(data, 30, now)).toEqual({ removed: 0, more: false });
  expect(readdirSync(join(data, 'exports'))).toEqual(['new']);
});

test.skipIf(process.platform === 'win32')('a link goes as a link: what it leads to stays', async () => {
  const kept = join(data, 'kept');
  mkdirSync(kept);
  writeFileSync(join(kept, 'letter'), 'to the mayor');
  exported('old', 31);
  symlinkSync(kept, join(data, 'exports', 'link'));
  lutimesSync(join(data, 'exports', 'link'), daysAgo(31), daysAgo(31));
  symlinkSync(kept, join(data, 'exports', 'old', 'inner'));
  utimesSync(join(data, 'exports', 'old'), daysAgo(31), daysAgo(31));
  expect(await pruneExports(data, 30, now)).toEqual({ removed: 2, more: false });
  expect(readdirSync(join(data, 'exports'))).toEqual([]);
  expect(existsSync(join(kept, 'letter'))).toBe(true);

  rmSync(join(data, 'exports'), { recursive: true });
  utimesSync(join(kept, 'letter'), daysAgo(40), daysAgo(40));
  symlinkSync(kept, join(data, 'exports'));
  expect(await pruneExports(data, 30, now)).toEqual({ removed: 0, more: false });
  expect(existsSync(join(kept, 'letter'))).toBe(true);
});
