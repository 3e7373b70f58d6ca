import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron } from 'playwright-core';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Looks with the file system alone: asking the package would make it try a download. */
function electronBinary(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(root, 'node_modules', 'electron', 'dist');
  const named = join(root, 'node_modules', 'electron', 'path.txt');
  const binary = join(folder, existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron');
  return existsSync(binary) ? binary : null;
}

const binary = electronBinary();
const why = binary === null ? ' (skipped: no Electron binary)' : '';

test.skipIf(binary === null && process.env['REQUIRE_ELECTRON'] !== '1')(`the desktop app opens a window${why}`, async () => {
  const data = mkdtempSync(join(tmpdir(), 'taodu-electron-'));
  const app = await _electron.launch({
    executablePath: binary!,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, '--port', '0', '--data', data],
  });
  try {
    const window = await app.firstWindow();
    await window.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//);
    expect(await window.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
  } finally {
    await app.close();
    rmSync(data, { recursive: true, force: true });
  }
});
