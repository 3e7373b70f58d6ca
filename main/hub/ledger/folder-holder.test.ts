import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { readHolder, writeHolder } from './folder-holder.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'taodu-holder-'))));
afterEach(() => rmSync(folder, { recursive: true }));
const file = () => join(folder, 'holder.json');

test('who has the folder is named to the next one, with his address once he listens', () => {
  const first = openDataFolder(folder);
  if (!first.ok) throw new Error(first.error.code);
  const inUse = { ok: false, error: { code: 'data-folder-in-use', params: { path: folder, pid: process.pid } } };
  expect(openDataFolder(folder)).toMatchObject({
    ...inUse,
    error: { detail: expect.stringContaining(`process ${process.pid}`) as string },
  });
  first.value.listensAt('http://127.0.0.1:8600');
  expect(openDataFolder(folder)).toMatchObject({
    ...inUse,
    error: { detail: expect.stringContaining('http://127.0.0.1:8600') as string, params: { listening: 'http://127.0.0.1:8600' } },
  });
  first.value.release();
  expect(readHolder(folder)).toBeNull();
  first.value.listensAt('http://127.0.0.1:8600');
  expect(readHolder(folder)).toBeNull();
});

test('who has gone is not named, and no rubbish is', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ pid: fc.constantFrom<unknown>(0, -1, 1.5, 999_999_999, '1', null, process.pid), listening: fc.anything() })
      .map((value) => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))),
  );
  fc.assert(
    fc.property(texts, (text) => {
      writeFileSync(file(), text);
      const holder = readHolder(folder);
      if (holder) expect(holder.pid).toBe(process.pid);
    }),
    { seed: 20_261_127, numRuns: 200 },
  );
});

test('where it cannot be written the folder is had all the same', () => {
  mkdirSync(file());
  writeHolder(folder, { pid: process.pid, listening: null });
  const opened = openDataFolder(folder);
  expect(opened.ok).toBe(true);
  expect(openDataFolder(folder)).toMatchObject({ ok: false, error: { params: { path: folder, pid: null } } });
  if (opened.ok) opened.value.release();
});
