import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

test(
  'the app packs for Linux with a stand-in for Electron, and what comes out is whole: files, natives, fuses',
  { timeout: 300_000 },
  () => {
    const checked = spawnSync(process.execPath, ['main/packaging/package-check.ts'], { cwd: root, encoding: 'utf8', timeout: 280_000 });
    expect(checked.stdout.split('\n').filter((line) => line.startsWith('NOT '))).toEqual([]);
    expect([checked.status, checked.stderr]).toEqual([0, '']);
    expect(checked.stdout).toContain('the package holds');
  },
);
