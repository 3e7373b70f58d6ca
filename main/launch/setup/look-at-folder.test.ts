import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookAtFolder } from './look-at-folder.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'taodu-look-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('what is there, what is not, and what is in the way', async () => {
  writeFileSync(join(root, 'file'), '');
  mkdirSync(join(root, 'full'));
  writeFileSync(join(root, 'full', 'photo'), '');
  expect(await lookAtFolder(`  ${join(root, 'full')} `)).toMatchObject({
    kind: 'folder',
    writable: true,
    entries: ['photo'],
    inUse: false,
  });
  expect(await lookAtFolder(join(root, 'a', 'b'))).toMatchObject({ kind: 'missing', writable: true, fileSystem: 'temporary' });
  expect(await lookAtFolder(join(root, 'file'))).toMatchObject({ kind: 'file' });
  expect(await lookAtFolder(join(root, 'file', 'below'))).toMatchObject({ kind: 'below-a-file' });
  expect((await lookAtFolder(root)).freeBytes).toBeGreaterThan(0);
});

test('a path that is not whole is not looked at; the home folder has its sign', async () => {
  for (const typed of ['data', './data', '~someone/x', '/a\u0000b', '/a\nb']) expect((await lookAtFolder(typed)).isAbsolute).toBe(false);
  expect(await lookAtFolder('~/no-such-folder-of-ours')).toMatchObject({
    path: join(homedir(), 'no-such-folder-of-ours'),
    isAbsolute: true,
  });
});

test('a folder that another process holds is in use, until that has gone', async () => {
  const lock = join(root, 'lock.db');
  const holding = `const { DatabaseSync } = require('node:sqlite'); const held = new DatabaseSync(${JSON.stringify(lock)});
    held.exec('BEGIN EXCLUSIVE'); console.log('held'); process.stdin.resume()`;
  const other = spawn(process.execPath, ['-e', holding], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    await once(other.stdout, 'data');
    expect(await lookAtFolder(root)).toMatchObject({ inUse: true });
  } finally {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
  expect(await lookAtFolder(root)).toMatchObject({ inUse: false });
});
