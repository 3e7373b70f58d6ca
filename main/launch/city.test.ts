import { expect, test } from 'vitest';
import { configSchema } from '../config/config.ts';
import { silentLog } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import type { ProcessHost } from '../supervision/process-host.ts';
import { startCity } from './city.ts';

/** Processes that end before they are ready, as with a module that is missing. */
function brokenHost(): { host: ProcessHost; started: string[] } {
  const started: string[] = [];
  return {
    started,
    host: {
      spawn(_entry, name) {
        started.push(name);
        return {
          pid: undefined,
          send() {},
          onMessage: () => () => {},
          onExit(listener) {
            queueMicrotask(() => listener(1, null));
            return () => {};
          },
          kill() {},
        };
      },
    },
  };
}

test('a city whose processes never become ready is not waited for longer than somebody wants to', async () => {
  const clock = new ManualClock();
  const { host, started } = brokenHost();
  const over = new AbortController();
  const starting = startCity({
    host,
    root: '/nowhere',
    config: configSchema.parse({}),
    dataFolder: '/nowhere/data',
    demo: false,
    adminPassword: null,
    version: '0',
    over: over.signal,
    clock,
    log: silentLog,
    onFatal() {},
  });
  for (let second = 0; second < 10; second += 1) await clock.advance(1000);
  expect(started.length).toBeGreaterThan(4);
  over.abort(new Error('enough'));
  await expect(starting).rejects.toThrow('enough');
  const before = started.length;
  for (let second = 0; second < 10; second += 1) await clock.advance(1000);
  expect([started.length, clock.sleeping]).toEqual([before, 0]);
});
