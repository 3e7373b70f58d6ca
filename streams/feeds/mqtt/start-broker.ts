import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { FakeBroker } from './fake-broker.ts';

/** A broker for tests, on loopback. */
export interface StartedBroker {
  readonly url: string;
  /** Resolves when the broker has it (QoS 1). What is retained waits there for whoever comes later. */
  publish(topic: string, payload: string, more?: { readonly retain?: boolean }): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's mosquitto; undefined where it is not installed. */
export const mosquitto = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => spawnSync(path, ['-h']).error === undefined);

/** Starts mosquitto, or our own broker where that is not installed. */
export async function startBroker(): Promise<StartedBroker> {
  if (mosquitto === undefined) {
    const broker = await FakeBroker.start();
    return {
      url: `mqtt://127.0.0.1:${broker.port}`,
      publish: async (topic, payload, more) => broker.publish(topic, payload, more),
      stop: () => broker.stop(),
    };
  }
  const folder = mkdtempSync(join(tmpdir(), 'taodu-mosquitto-'));
  const port = await freePort();
  writeFileSync(join(folder, 'broker.conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const broker = spawn(mosquitto, ['-c', join(folder, 'broker.conf')], { stdio: 'ignore' });
  const exited = once(broker, 'exit');
  const url = `mqtt://127.0.0.1:${port}`;
  // Comes back by itself until the broker listens.
  const sender = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 50, connectTimeout: 20_000 }, true);
  return {
    url,
    publish: async (topic, payload, more) => void (await sender.publishAsync(topic, payload, { qos: 1, ...more })),
    async stop() {
      await sender.endAsync(true);
      broker.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Mosquitto takes no port of the system's choice. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
