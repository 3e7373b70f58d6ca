import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdShell } from './shell-hold.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'taodu-hold-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test.each(process.platform === 'linux' ? (['linux', 'darwin'] as const) : [process.platform])(
  'as on %s: the second is told who has them, until they are given up',
  async (platform) => {
    const first = await holdShell(join(folder, 'data'), platform);
    if (!first.ok) throw new Error(first.error.code);
    symlinkSync(join(folder, 'data'), join(folder, 'same'));
    for (const path of ['data', 'same'])
      expect(await holdShell(join(folder, path), platform)).toMatchObject({
        ok: false,
        error: { code: 'data-folder-in-use', params: { pid: process.pid } },
      });
    const other = await holdShell(join(folder, 'other'), platform);
    expect(other.ok).toBe(true);
    if (other.ok) other.value.release();
    first.value.release();
    first.value.release();
    const second = await holdShell(join(folder, 'data'), platform);
    expect(second.ok).toBe(true);
    if (second.ok) second.value.release();
  },
);

test.each(process.platform === 'linux' ? (['linux', 'darwin'] as const) : [process.platform])(
  'as on %s: who was killed holds nothing',
  async (platform) => {
    const holder = join(import.meta.dirname, 'shell-hold.ts');
    const script = `import(${JSON.stringify(holder)}).then(async ({ holdShell }) => {
      await holdShell(process.argv[1], process.argv[2]); console.log('holds'); setInterval(() => {}, 1000);
    })`;
    const child = spawn(process.execPath, ['-e', script, folder, platform], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(await holdShell(folder, platform)).toMatchObject({ ok: false, error: { params: { pid: child.pid } } });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = await holdShell(folder, platform);
    expect(next.ok).toBe(true);
    if (next.ok) next.value.release();
  },
);
