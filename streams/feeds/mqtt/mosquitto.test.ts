import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../../main/hub/readings/manual-clock.ts';
import { ok } from '../../../main/contract/result.ts';
import { feedSettings, type FeedSettings } from '../../feed-contract.ts';
import { startFeed } from '../tcp/feed-rig.ts';
import { createMqttConnector } from './mqtt-connector.ts';
import { mosquitto, startBroker, type StartedBroker } from './start-broker.ts';

const reader = { name: 'none/1', read: () => ok({ facts: [], problems: [], sourceAt: null, ignored: true }) };
const connector = createMqttConnector({ mapping: () => reader, ngsi: () => reader, indicator: () => reader });

let broker: StartedBroker;

beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker?.stop());

test.skipIf(mosquitto === undefined)(
  "against Debian's mosquitto (skipped where it is not installed): what came while we were away is there when we are back",
  async () => {
    const settings = feedSettings.parse({ kind: 'mqtt', url: broker.url, topics: ['city/#'], payload: 'indicator' }) as Extract<
      FeedSettings,
      { kind: 'mqtt' }
    >;
    const texts = (taken: readonly { bytes: Uint8Array }[]) => taken.map(({ bytes }) => new TextDecoder().decode(bytes));

    const first = await startFeed(connector, settings, new ManualClock(), false);
    await first.until(() => first.connections === 1);
    await broker.publish('city/a', '1');
    await first.until(() => first.taken.length === 1);
    // The journal does not take this one: it must come again.
    first.journal = 'hold';
    await broker.publish('city/a', '2');
    await first.until(() => first.offered.length === 2);
    await first.stop();

    await broker.publish('city/a', '3');
    const second = await startFeed(connector, settings, new ManualClock(), false);
    await second.until(() => second.taken.length === 2);
    expect(texts(second.taken)).toEqual(['2', '3']);
    await broker.publish('city/b', '4');
    await second.until(() => second.taken.length === 3);
    await second.stop();
  },
);
