import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { reasonOf } from './folder-reason.ts';

let root = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'taodu-folder-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(root, { recursive: true });
});

/** Another process that tries to take the folder; answers the process and what it said. */
async function otherHub(path: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testdata/hold-folder.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = (await once(createInterface(child.stdout!), 'line')) as [string];
  return { child, said };
}

describe('the data folder', () => {
  it('is made for its owner alone, with what is above it', () => {
    const path = join(root, 'a/b');
    const opened = openDataFolder(path);
    expect(opened).toMatchObject({ ok: true, value: { path } });
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(existsSync(join(path, 'write-probe'))).toBe(false);
    if (opened.ok) opened.value.release();
  });

  it('belongs to one hub of a process at a time', () => {
    const first = openDataFolder(root);
    expect(openDataFolder(join(root, '.'))).toMatchObject({ ok: false, error: { code: 'data-folder-in-use', params: { path: root } } });
    if (!first.ok) throw new Error('not opened');
    first.value.release();
    first.value.release();
    const second = openDataFolder(root);
    expect(second.ok).toBe(true);
    if (second.ok) second.value.release();
  });

  it('belongs to one process, and is free at once when that process is killed', async () => {
    const { child, said } = await otherHub(root);
    expect(said).toBe('holding');
    expect(openDataFolder(root)).toMatchObject({ ok: false, error: { code: 'data-folder-in-use', params: { path: root } } });
    expect((await otherHub(root)).said).toBe('data-folder-in-use');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const opened = openDataFolder(root);
    expect(opened.ok).toBe(true);
    expect((await otherHub(root)).said).toBe('data-folder-in-use');
    if (opened.ok) opened.value.release();
  });

  it('must be a folder', () => {
    writeFileSync(join(root, 'file'), '');
    for (const path of ['file', 'file/below'])
      expect(openDataFolder(join(root, path))).toMatchObject({
        ok: false,
        error: { code: 'data-folder-unusable', params: { path: join(root, path), reason: 'not-a-directory' } },
      });
  });

  it.skipIf(process.platform !== 'linux')('must be writable', () => {
    expect(openDataFolder('/proc/self/taodu')).toMatchObject({
      ok: false,
      error: { code: 'data-folder-unusable', params: { reason: 'not-writable' } },
    });
  });

  it.skipIf(!existsSync('/dev/full'))('must have room: the write that proves it fails as it does on a full disk', () => {
    let cause: unknown;
    try {
      writeFileSync('/dev/full', Buffer.alloc(4096), { flush: true });
    } catch (error) {
      cause = error;
    }
    expect(reasonOf(cause)).toBe('no-space');
  });

  it.each([
    ['ENOTDIR', 'not-a-directory'],
    ['EEXIST', 'not-a-directory'],
    ['ENOSPC', 'no-space'],
    ['EDQUOT', 'no-space'],
    ['SQLITE_FULL', 'no-space'],
    ['SQLITE_CORRUPT_VTAB', 'damaged'],
    ['SQLITE_NOTADB', 'damaged'],
    ['EACCES', 'not-writable'],
    ['EROFS', 'not-writable'],
    ['SQLITE_READONLY', 'not-writable'],
  ])('%s means %s', (code, reason) => {
    expect(reasonOf(Object.assign(new Error('said the system'), { code }))).toBe(reason);
  });
});
