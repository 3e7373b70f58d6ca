import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../e2e/start-hub.ts';

const program = '/usr/bin/prometheus-alertmanager';

/**
 * Debian's Alertmanager (package prometheus-alertmanager) that tells each alert by itself, at once, to one webhook; null where it is not installed. `url` takes alerts
 * (API version 2).
 */
export async function startAlertmanager(
  webhook: string,
): Promise<{ readonly url: string; readonly pid: number; stop(): Promise<void> } | null> {
  if (!existsSync(program)) return null;
  const folder = mkdtempSync(join(tmpdir(), 'taodu-alertmanager-'));
  const port = await freePort();
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route:
  receiver: bench
  group_by: ['...']
  group_wait: 0s
  group_interval: 1m
  repeat_interval: 4h
receivers:
  - name: bench
    webhook_configs:
      - url: ${webhook}
        send_resolved: false
`,
  );
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((done) => child.on('exit', () => done()));
  await until('Alertmanager', 20_000, async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok);
  return {
    url: `http://127.0.0.1:${port}/api/v2/alerts`,
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
