import { expect, test } from 'vitest';
import type { ToChild } from '../contract/processes.ts';
import { silentLog } from '../contract/log.ts';
import { systemClock } from './system-clock.ts';
import type { Child, ProcessHost } from './process-host.ts';
import { supervise, type Ready } from './supervisor.ts';

/** A host whose children do nothing by themselves: the test speaks for them. */
function scriptedHost() {
  const children: { config: unknown; stops: number; say(message: object): void; exit(code: number | null): void }[] = [];
  const arrivals: (() => void)[] = [];
  const host: ProcessHost = {
    spawn() {
      const messages = new Set<(message: unknown) => void>();
      const exits = new Set<(code: number | null, signal: string | null) => void>();
      const entry = {
        config: null as unknown,
        stops: 0,
        say: (message: object) => messages.forEach((listener) => listener(message)),
        exit: (code: number | null) => exits.forEach((listener) => listener(code, null)),
      };
      children.push(entry);
      return {
        pid: children.length,
        send(message) {
          const told = message as ToChild<unknown>;
          if (told.kind === 'start') {
            entry.config = told.config;
            arrivals.splice(0).forEach((arrived) => arrived());
          }
          if (told.kind === 'stop') {
            entry.stops += 1;
            entry.exit(0);
          }
        },
        onMessage: (listener) => (messages.add(listener), () => messages.delete(listener)),
        onExit: (listener) => (exits.add(listener), () => exits.delete(listener)),
        kill: () => entry.exit(null),
      } satisfies Child;
    },
  };
  return { host, children, nextStart: () => new Promise<void>((resolve) => arrivals.push(resolve)) };
}

const ready = (port: number): Ready => ({ kind: 'ready', port, facts: {} });

test('starts again after an exit, with what the last incarnation reported, and stops when told', async () => {
  const { host, children, nextStart } = scriptedHost();
  const running = supervise({ host, entry: 'x', name: 'x', config: (last) => last?.port ?? 0, clock: systemClock, log: silentLog });
  children[0]!.say(ready(4711));
  expect(await running.firstReady).toEqual(ready(4711));
  expect(children[0]!.config).toBe(0);
  const again = nextStart();
  children[0]!.exit(1);
  await again;
  expect(children[1]!.config).toBe(4711);
  expect(running.restarts).toBe(1);
  await running.stop(1000);
  expect(children[1]!.stops).toBe(1);
  expect(children).toHaveLength(2);
});

test('a fatal problem rejects the first start and is not tried again', async () => {
  const { host, children } = scriptedHost();
  const running = supervise({ host, entry: 'x', name: 'x', config: () => null, clock: systemClock, log: silentLog });
  children[0]!.say({ kind: 'fatal', code: 'data-folder-in-use', params: { path: '/d' }, detail: 'in use' });
  children[0]!.exit(78);
  await expect(running.firstReady).rejects.toMatchObject({ problem: { code: 'data-folder-in-use' } });
  await running.stop(1000);
  expect(children).toHaveLength(1);
});
