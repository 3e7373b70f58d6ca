import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { until } from './start-hub.ts';

const root = resolve(import.meta.dirname, '..');

test.each(['SIGTERM', 'SIGKILL'] as const)('npm run hub says one JSON line, and %s of npm leaves nothing running', async (signal) => {
  const data = mkdtempSync(join(tmpdir(), 'taodu-npm-'));
  const npm = spawn('npm', ['run', 'hub', '--', '--port', '0', '--relay-port', '0', '--data', data, '--demo'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let out = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const lines = () => out.split('\n').filter((line) => line.startsWith('{'));
    const line = await until('the JSON line', 60_000, async () => lines()[0]);
    const { listening, epoch, login } = JSON.parse(line) as { listening: string; epoch: number; login: string };
    expect([epoch, new URL(login).origin]).toEqual([1, listening]);
    expect((await fetch(`${listening}/healthz`)).status).toBe(200);
    npm.kill(signal);
    await until('nobody to listen any more', 20_000, () =>
      fetch(`${listening}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    expect(lines()).toHaveLength(1);
  } finally {
    npm.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
});
