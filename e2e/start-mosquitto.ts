import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { FakeBroker } from '../streams/feeds/mqtt/fake-broker.ts';

/** A broker on loopback: Debian's mosquitto, or ours where that is not installed. */
export interface StartedBroker {
  readonly url: string;
  /** Resolves when the broker has it (QoS 1). */
  publish(topic: string, payload: string): Promise<void>;
  stop(): Promise<void>;
}

const program = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => spawnSync(path, ['-h']).error === undefined);

export async function startMosquitto(): Promise<StartedBroker> {
  if (program === undefined) {
    const broker = await FakeBroker.start();
    return {
      url: `mqtt://127.0.0.1:${broker.port}`,
      publish: (topic, payload) => Promise.resolve(broker.publish(topic, payload)),
      stop: () => broker.stop(),
    };
  }
  const folder = mkdtempSync(join(tmpdir(), 'taodu-mosquitto-'));
  const port = await freePort();
  writeFileSync(join(folder, 'broker.conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const broker = spawn(program, ['-c', join(folder, 'broker.conf')], { stdio: 'ignore' });
  const exited = new Promise<void>((done) => broker.on('exit', () => done()));
  const url = `mqtt://127.0.0.1:${port}`;
  // Comes back by itself until the broker listens.
  const sender = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 50, connectTimeout: 20_000 }, true);
  return {
    url,
    publish: async (topic, payload) => void (await sender.publishAsync(topic, payload, { qos: 1 })),
    async stop() {
      await sender.endAsync(true);
      broker.kill('SIGTERM');
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
