import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { Alert } from '../../../alerts/contract.ts';
import type { FromChild } from '../../contract/processes.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, temporaryFolder } from '../hub-rig.ts';

const folder = temporaryFolder('alert-kill');
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const process of running) process.kill('SIGKILL');
  folder.dispose();
});

/** A hub in a process of its own, that can die. */
async function start() {
  const process = fork(join(import.meta.dirname, '..', 'main.ts'), [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  running.add(process);
  const { log: _log, clock: _clock, hasher: _hasher, ...config } = hubOptions(folder.path);
  process.send({ kind: 'start', config });
  const ready = await new Promise<FromChild>((resolve) => process.once('message', (message) => resolve(message as FromChild)));
  if (ready.kind !== 'ready') throw new Error(JSON.stringify(ready));
  const origin = String(ready.facts['listening']);
  const token = await login(origin, 'admin', adminPassword);
  return {
    origin,
    token,
    kill: () =>
      new Promise<void>((resolve) => {
        process.once('exit', () => resolve());
        process.kill('SIGKILL');
      }),
    alerts: async () => ((await ask(origin, '/api/collections/alerts?limit=1000', { token })).json as { items: Alert[] }).items,
  };
}

test(
  'what a source was told that we have it, is an alert after any kill; none is there twice, none is lost',
  { timeout: 120_000 },
  async () => {
    builtPages(folder.path);
    let hub = await start();
    const mapping = {
      format: 'json',
      entity: { path: 'pump' },
      asset: { kind: { is: 'pump-station' }, name: { path: 'pump' } },
      values: [{ path: 'state', quantity: 'state', type: 'text' }],
    };
    const made = await command(
      hub.origin,
      'feed.create',
      { id: 'pumps', kind: 'mapping', system: 'utilities', settings: { mapping } },
      { token: hub.token },
    );
    const { token: feedToken } = made.json as { token: string };

    const acknowledged: string[] = [];
    let sent = 0;
    /** Sends one after the other until the hub is dead. */
    const storm = async (origin: string, enough: () => void): Promise<void> => {
      for (let count = 1; ; count += 1) {
        const pump = `P-${(sent += 1)}`;
        const answer = await fetch(`${origin}/api/feeds/pumps`, {
          method: 'POST',
          headers: { authorization: `Bearer ${feedToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({ pump, state: 'trip' }),
        }).catch(() => null);
        if (answer === null) return;
        if (answer.status === 204) acknowledged.push(pump);
        if (count === 12) enough();
      }
    };

    for (let round = 0; round < 3; round += 1) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const sending = storm(hub.origin, resolve);
      await promise;
      // In the middle of whatever it is doing: each round a little later.
      await later(round * 7);
      await hub.kill();
      await sending;
      hub = await start();
      for (;;) {
        const names = (await hub.alerts()).map(({ subject }) => subject.name);
        expect(new Set(names).size).toBe(names.length);
        if (acknowledged.every((name) => names.includes(name))) break;
        await later(50);
      }
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(36);
    const all = await hub.alerts();
    // A record that is read once more after a restart says nothing new.
    expect(all.every(({ active, count }) => active && count === 1)).toBe(true);
    await hub.kill();
  },
);
