import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as dial, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../../main/hub/readings/manual-clock.ts';
import { ok } from '../../../main/contract/result.ts';
import { feedSettings, type FeedSettings } from '../../feed-contract.ts';
import { startFeed } from '../tcp/feed-rig.ts';
import { createMqttConnector } from './mqtt-connector.ts';

const program = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => spawnSync(path, ['-h']).error === undefined);
const needs = program ? test : test.skip;
const reader = { name: 'none/1', read: () => ok({ facts: [], problems: [], sourceAt: null, ignored: true }) };
const connector = createMqttConnector({ mapping: () => reader, ngsi: () => reader, indicator: () => reader });

let broker: ChildProcess | undefined;
let folder: string;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-mosquitto-'));
  if (!program) return;
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(join(folder, 'broker.conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  broker = spawn(program, ['-c', join(folder, 'broker.conf')], { stdio: 'ignore' });
  url = `mqtt://127.0.0.1:${port}`;
  for (;;) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = dial({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.unref();
    });
    if (isUp) break;
    await later(50);
  }
});
afterAll(() => {
  broker?.kill();
  rmSync(folder, { recursive: true, force: true });
});

needs(
  "against Debian's mosquitto (skipped where it is not installed): what came while we were away is there when we are back",
  async () => {
    const settings = feedSettings.parse({ kind: 'mqtt', url, topics: ['city/#'], payload: 'indicator' }) as Extract<
      FeedSettings,
      { kind: 'mqtt' }
    >;
    const texts = (taken: readonly { bytes: Uint8Array }[]) => taken.map(({ bytes }) => new TextDecoder().decode(bytes));
    const sender = await connectAsync(url, { protocolVersion: 5 });

    const first = await startFeed(connector, settings, new ManualClock(), false);
    await first.until(() => first.connections === 1);
    await sender.publishAsync('city/a', '1', { qos: 1 });
    await first.until(() => first.taken.length === 1);
    // The journal does not take this one: it must come again.
    first.journal = 'hold';
    await sender.publishAsync('city/a', '2', { qos: 1 });
    await first.until(() => first.offered.length === 2);
    await first.stop();

    await sender.publishAsync('city/a', '3', { qos: 1 });
    const second = await startFeed(connector, settings, new ManualClock(), false);
    await second.until(() => second.taken.length === 2);
    expect(texts(second.taken)).toEqual(['2', '3']);
    await sender.publishAsync('city/b', '4', { qos: 1 });
    await second.until(() => second.taken.length === 3);
    await second.stop();
    await sender.endAsync();
  },
);
