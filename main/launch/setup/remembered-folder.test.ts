import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRememberedFolder, rememberFolder } from './remembered-folder.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'taodu-remember-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a folder is kept in a file whose own folder need not be there yet', () => {
  const file = join(root, 'settings', 'data-folder.json');
  expect(readRememberedFolder(file)).toBeNull();
  expect(rememberFolder(file, join(root, '数据'))).toEqual({ ok: true, value: undefined });
  expect(readRememberedFolder(file)).toBe(join(root, '数据'));
});

test.each(['', '{', 'null', '{}', '{"dataFolder":"relative"}', '{"dataFolder":7}', `{"dataFolder":"/${'x'.repeat(9000)}"}`])(
  '%# cannot be believed',
  (content) => {
    const file = join(root, 'damaged');
    writeFileSync(file, content);
    expect(readRememberedFolder(file)).toBeNull();
  },
);

test('what cannot be kept is an outcome', () => {
  writeFileSync(join(root, 'file'), '');
  expect(rememberFolder(join(root, 'file', 'x'), root).ok).toBe(false);
});
