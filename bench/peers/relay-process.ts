import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { silentLog } from '../../main/contract/log.ts';
import type { FromChild } from '../../main/contract/processes.ts';
import { systemClock } from '../../main/supervision/system-clock.ts';
import type { LeaseOrder, MediaRelay, RelayStart } from '../../streams/media/media-relay.ts';
import { createRelayClient } from '../../streams/media/relay-client.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** The built relay in a process of its own, without a hub: this process says what it is to open. */
export interface RelayProcess {
  readonly pid: number;
  readonly socketUrl: string;
  readonly relay: MediaRelay;
  /** Opens a lease for each order and answers a ticket for each, in the same order. Rejects when the relay refuses one. */
  tickets(orders: readonly LeaseOrder[]): Promise<string[]>;
  stop(): Promise<void>;
}

/** A page of this origin may open wall sockets. */
export const benchOrigin = 'http://127.0.0.1:8600';
/** Leases asked for at once: the relay's client has room for 1,024 unanswered questions. */
const ordersAtOnce = 256;

export async function startRelayProcess(change: Partial<RelayStart> = {}): Promise<RelayProcess> {
  const key = randomBytes(32);
  const config: RelayStart = {
    host: '127.0.0.1',
    port: 0,
    fileRoots: [],
    clipsFolder: resolve(root, 'streams', 'demo-city', 'clips'),
    lingerMs: 15_000,
    watchdogMs: 8000,
    maxPaths: 512,
    maxLeases: 8192,
    partMs: 334,
    segments: 6,
    cameraNetworks: ['127.0.0.0/8'],
    certificates: [],
    startsAtOnce: 16,
    startsPerSecond: 64,
    perHost: { connections: 256, kbps: 1_000_000 },
    uplinks: [],
    quarantine: { breaks: 6, withinMs: 60_000, forMs: 30_000 },
    probesAtOnce: 16,
    logLevel: 'warn',
    key: key.toString('base64'),
    ...change,
  };
  const child = fork(resolve(root, 'dist', 'node', 'relay.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  child.send({ kind: 'start', config });
  const [said] = (await Promise.race([
    once(child, 'message'),
    gone.then(() => Promise.reject(new Error('the relay ended before it listened'))),
  ])) as [FromChild];
  if (said.kind !== 'ready') throw new Error(`the relay does not start: ${JSON.stringify(said)}`);
  const url = `http://127.0.0.1:${said.port}`;
  const relay = createRelayClient({ url, key: config.key, clock: systemClock, log: silentLog });
  relay.allowOrigins([benchOrigin]);
  if (relay.baseUrl() === null)
    await new Promise<void>((up) => {
      const ignore = relay.on((event) => {
        if (event.kind !== 'up') return;
        ignore();
        up();
      });
    });
  return {
    pid: child.pid!,
    socketUrl: `ws://127.0.0.1:${said.port}/socket`,
    relay,
    async tickets(orders) {
      const made: string[] = [];
      for (let at = 0; at < orders.length; at += ordersAtOnce) {
        const some = orders.slice(at, at + ordersAtOnce);
        for (const answer of await Promise.all(some.map((order) => relay.open(order))))
          if (!answer.ok) throw new Error(`the relay refuses a lease: ${answer.error.code}`);
        made.push(...some.map(({ leaseId }) => relay.ticket(leaseId, Date.now()).ticket));
      }
      return made;
    },
    async stop() {
      await relay.stop();
      child.disconnect();
      await gone;
    },
  };
}
