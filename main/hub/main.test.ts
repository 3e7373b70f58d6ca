import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { FromChild, ToChild } from '../contract/processes.ts';
import { ask, builtPages, hubOptions, openLink, temporaryFolder } from './hub-rig.ts';
import type { HubStart } from './hub-start.ts';

const ends: (() => void)[] = [];
afterEach(() =>
  ends
    .splice(0)
    .reverse()
    .forEach((end) => end()),
);

const newFolder = () => {
  const folder = temporaryFolder('process');
  ends.push(folder.dispose);
  builtPages(folder.path);
  return folder.path;
};

/** The hub as the launcher runs it. */
function child() {
  const process = fork(join(import.meta.dirname, 'main.ts'), [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  ends.push(() => process.kill('SIGKILL'));
  return {
    process,
    say: (message: ToChild<HubStart>) => process.send(message),
    heard: () => new Promise<FromChild>((resolve) => process.once('message', (message) => resolve(message as FromChild))),
    exited: exitOf(process),
  };
}
const exitOf = (process: ChildProcess) => new Promise<number | null>((resolve) => process.once('exit', (code) => resolve(code)));
const start = (folder: string): ToChild<HubStart> => {
  const { log: _log, clock: _clock, hasher: _hasher, ...config } = hubOptions(folder);
  return { kind: 'start', config };
};

test('starts, makes wall links, and stops in order', { timeout: 60_000 }, async () => {
  const hub = child();
  hub.say(start(newFolder()));
  const ready = await hub.heard();
  if (ready.kind !== 'ready') throw new Error(JSON.stringify(ready));
  const origin = String(ready.facts['listening']);
  expect(ready).toEqual({
    kind: 'ready',
    port: Number(new URL(origin).port),
    facts: { listening: origin, epoch: 1, login: null, passwordFile: null },
  });
  hub.say({ kind: 'wall-link', id: 7, wallId: 'main', screenId: '2' });
  const link = await hub.heard();
  if (link.kind !== 'wall-link') throw new Error(link.kind);
  expect(link.id).toBe(7);
  expect((await openLink(link.url)).location).toBe('/wall/main/2');
  hub.say({ kind: 'stop' });
  expect(await hub.exited).toBe(0);
  await expect(ask(origin, '/healthz')).rejects.toThrow('ECONNREFUSED');
});

test('says what is fatal and exits with 78; ends when its channel closes', { timeout: 60_000 }, async () => {
  const folder = newFolder();
  const first = child();
  first.say(start(folder));
  expect((await first.heard()).kind).toBe('ready');
  const second = child();
  second.say(start(folder));
  expect(await second.heard()).toMatchObject({ kind: 'fatal', code: 'data-folder-in-use' });
  expect(await second.exited).toBe(78);
  first.process.disconnect();
  expect(await first.exited).toBe(0);
});
