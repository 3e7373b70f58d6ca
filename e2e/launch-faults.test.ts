import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, until, type RunningHub } from './start-hub.ts';

const launcher = join(resolve(import.meta.dirname, '..'), 'dist', 'node', 'launch.js');
const anyPorts = ['--port', '0', '--relay-port', '0', '--rtmp-port', '0'];

let folder: string;
let hub: RunningHub;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-faults-'));
  // Notes with what it was started, and stays until it is ended.
  writeFileSync(
    join(folder, 'browser'),
    `#!${process.execPath}
    require('node:fs').writeFileSync(${JSON.stringify(folder)} + '/opened-' + process.pid, process.argv.join('\\n'));
    setInterval(() => {}, 1000);`,
  );
  chmodSync(join(folder, 'browser'), 0o700);
  hub = await startHub({ demo: false });
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await hub?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The addresses that browsers were opened with. */
const opened = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('opened-'))
    .flatMap((name) => /^--app=(.*)$/m.exec(readFileSync(join(folder, name), 'utf8'))?.[1] ?? []);

function launch(args: readonly string[], stderr: 'pipe' | number = 'pipe') {
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ['ignore', 'pipe', stderr],
    // No X server has this number.
    env: { ...process.env, CHROMIUM_PATH: join(folder, 'browser'), DISPLAY: ':987', WAYLAND_DISPLAY: '' },
  });
  running.add(child);
  let said = '';
  let out = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, lines: said.split('\n').filter((line) => line.startsWith('taodu: ')) };
  });
  return { child, ended, out: () => out, said: () => said };
}

const isWell = async () => (await fetch(`${hub.listening}/healthz`)).status === 200;

test.each([
  ['a second hub', ['hub', ...anyPorts]],
  ['a second start with windows', ['start', '--shell', 'chromium', ...anyPorts]],
])('%s on one data folder is told who has it, and ends; the first goes on', async (_, args) => {
  const { code, lines } = await launch([...args, '--data', hub.dataFolder]).ended;
  expect(code).toBe(78);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('data-folder-in-use');
  expect(lines[0]).toContain(hub.listening);
  expect(lines[0]).toContain(`process ${await hub.child('hub.js')}`);
  expect(opened()).toEqual([]);
  expect(await isWell()).toBe(true);
});

test.each<[string, string, () => string[]]>([
  [
    'a port that is taken',
    'config-invalid',
    () => ['--data', join(folder, 'a'), '--port', new URL(hub.listening).port, '--relay-port', '0'],
  ],
  ['a file for a data folder', 'data-folder-unusable', () => ['--data', join(folder, 'browser'), ...anyPorts]],
])('%s: one line, exit 78, no window', async (_, problem, args) => {
  const { code, lines } = await launch(['start', '--shell', 'chromium', ...args()]).ended;
  expect([code, lines.length]).toEqual([78, 1]);
  expect(lines[0]).toContain(problem);
  expect(opened()).toEqual([]);
  expect(await isWell()).toBe(true);
});

test('after kill -9 of all of it the folder is free, whatever it has left', async () => {
  const data = join(folder, 'killed');
  const first = launch(['hub', ...anyPorts, '--data', data]);
  await until('the first', 60_000, async () => first.out().includes('listening'));
  expect(existsSync(join(data, 'holder.json'))).toBe(true);
  first.child.kill('SIGKILL');
  await first.ended;
  // Its children go with it, a moment later.
  const second = await until('the second', 60_000, async () => {
    const next = launch(['hub', ...anyPorts, '--data', data]);
    const listens = await Promise.race([
      next.ended.then(() => false),
      until('its line', 60_000, async () => next.out().includes('listening')),
    ]);
    return listens ? next : null;
  });
  second.child.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
});

test.skipIf(!existsSync('/dev/full'))('a log that cannot be written any more, for its disk is full, ends nothing', async () => {
  const full = openSync('/dev/full', 'w');
  const at = launch(['hub', ...anyPorts, '--data', join(folder, 'full'), '--demo'], full);
  closeSync(full);
  const line = await until('the line', 60_000, async () =>
    at
      .out()
      .split('\n')
      .find((text) => text.startsWith('{')),
  );
  const { listening } = JSON.parse(line) as { listening: string };
  expect((await fetch(`${listening}/healthz`)).status).toBe(200);
  at.child.kill('SIGTERM');
  expect((await at.ended).code).toBe(0);
});

test('windows of a hub on another machine: they open when it answers, for one launcher alone, and end with it', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  const data = join(folder, 'wall-computer');
  mkdirSync(data);
  const args = ['start', '--shell', 'chromium', '--hub', `http://127.0.0.1:${port}`, '--wall', 'main', '--screens', '4,5', '--data', data];
  const first = launch(args);
  await until('two tries', 30_000, async () => first.said().split('could not be opened').length > 2);
  expect(opened()).toEqual([]);
  const away = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  await until('two windows', 30_000, async () => opened().length === 2);
  expect(opened().toSorted()).toEqual([4, 5].map((id) => `http://127.0.0.1:${port}/wall/main/${id}`));

  const second = await launch(args).ended;
  expect([second.code, second.lines.length]).toEqual([78, 1]);
  expect(second.lines[0]).toContain(`process ${first.child.pid}`);

  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(0);
  const pids = readdirSync(folder).flatMap((name) => /^opened-(\d+)$/.exec(name)?.[1] ?? []);
  for (const pid of pids) expect(existsSync(`/proc/${pid}`)).toBe(false);
  away.close();
});
