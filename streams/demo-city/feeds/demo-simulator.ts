import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../main/contract/time.ts';
import { FakeBroker } from '../../feeds/mqtt/fake-broker.ts';
import { demoStation, demoTerminal, type DemoDevice } from './demo-devices.ts';
import type { DemoSources } from './demo-feeds.ts';
import type { DemoTalkFigures, FeedDoor } from './demo-messages.ts';
import * as payloads from './demo-payloads.ts';
import { demoMessages, demoRecords } from './demo-records.ts';
import { demoSites, type DemoSites } from './demo-sites.ts';
import { overTime, runningStory, type ToldStory } from './demo-stories.ts';
import { demoVehicles, fixOf, type DemoVehicle } from './demo-vehicles.ts';
import { capIndex, capOf, demoWarnings } from './demo-warnings.ts';
import { openRecordPush, type RecordPush } from './push-record.ts';

const tickMs = 1000;

/** Where the demo talks to, and by what. */
export interface DemoDoors {
  readonly origin: string;
  readonly feedHost: string;
  readonly doors: Readonly<Record<string, FeedDoor>>;
}

/**
 * The systems of the demo city. They speak the real protocols to the real feeds of one hub: pushed records, messages of a broker, a weather office's index, stations of HJ 212 and
 * terminals of JT/T 808. Broker and weather office listen on loopback alone. What there is to say is a function of the instant and of the stories, so that nothing is kept.
 */
export class DemoSimulator {
  readonly #clock: Clock;
  readonly #sites: DemoSites = demoSites();
  readonly #broker: FakeBroker;
  readonly #office: Server;
  readonly sources: DemoSources;
  readonly #figures = { sent: 0, refused: 0, skipped: 0 };
  readonly #devices: DemoDevice<never>[] = [];
  #stories: readonly ToldStory[] = [];

  private constructor(clock: Clock, broker: FakeBroker, office: Server, sources: DemoSources) {
    this.#clock = clock;
    this.#broker = broker;
    this.#office = office;
    this.sources = sources;
  }

  /** Opens its broker and its weather office, with credentials that nobody else is told. */
  static async open(clock: Clock): Promise<DemoSimulator> {
    const password = randomBytes(18).toString('base64url');
    const room = `/${randomBytes(18).toString('base64url')}`;
    const broker = await FakeBroker.start({ login: { user: 'demo', password }, acknowledgedKept: 0 });
    let simulator: DemoSimulator | null = null;
    const office = createServer((request, response) => {
      const text = request.url?.startsWith(`${room}/`) === true ? simulator?.warning(request.url.slice(room.length + 1)) : null;
      response.writeHead(text ? 200 : 404, { 'content-type': 'application/xml; charset=utf-8' });
      response.end(text ?? '');
    });
    await new Promise<void>((resolve, reject) => {
      office.once('error', reject);
      office.listen({ host: '127.0.0.1', port: 0 }, resolve);
    });
    simulator = new DemoSimulator(clock, broker, office, {
      mqttUrl: `mqtt://demo:${password}@127.0.0.1:${broker.port}`,
      capUrl: `http://127.0.0.1:${(office.address() as AddressInfo).port}${room}/index.atom`,
    });
    return simulator;
  }

  set stories(stories: readonly ToldStory[]) {
    this.#stories = stories;
  }

  get figures(): DemoTalkFigures {
    return { ...this.#figures, connections: this.#devices.filter(({ isConnected }) => isConnected).length };
  }

  /** What the weather office answers: its index, or one of its warnings; null: neither. */
  warning(name: string): string | null {
    const now = this.#clock.now();
    const warnings = demoWarnings(this.#stories, now);
    if (name === 'index.atom') return capIndex(warnings, this.sources.capUrl.replace(/\/index\.atom$/, ''), now);
    const found = warnings.find(({ identifier }) => name === `${identifier}.cap`);
    return found ? capOf(found) : null;
  }

  /** Talks until the signal aborts. */
  async run({ origin, feedHost, doors }: DemoDoors, signal: AbortSignal): Promise<void> {
    const push = openRecordPush(origin);
    const works = new Set<Promise<unknown>>();
    const begin = (work: Promise<unknown>) => {
      works.add(work);
      void work.finally(() => works.delete(work));
    };
    const turns = [
      ...this.#pushes(doors, push),
      ...this.#messages(doors),
      ...this.#stations(doors, feedHost),
      ...this.#vehicles(doors, feedHost),
    ];
    let before = -Infinity;
    try {
      while (!signal.aborted) {
        const at = this.#clock.now();
        this.#stories = overTime(this.#stories, at);
        const now = { sites: this.#sites, stories: this.#stories, at };
        for (const { everyMs, phaseMs, go } of turns)
          if (before === -Infinity ? phaseMs === 0 : Math.floor((at - phaseMs) / everyMs) > Math.floor((before - phaseMs) / everyMs))
            begin(go(now));
        before = at;
        await this.#clock.sleep(tickMs, signal).catch(() => {});
      }
    } finally {
      push.stop();
      await Promise.all(this.#devices.map((device) => device.close()));
      await Promise.allSettled(works);
    }
  }

  async stop(): Promise<void> {
    await this.#broker.stop();
    this.#office.closeAllConnections();
    await new Promise<void>((resolve) => this.#office.close(() => resolve()));
  }

  *#pushes(doors: DemoDoors['doors'], push: RecordPush): Iterable<Turn> {
    for (const { feedId, everyMs, contentType, body, taken } of demoRecords()) {
      const token = doors[feedId]?.token;
      if (!token) continue;
      let isBusy = false;
      yield {
        everyMs,
        phaseMs: 0,
        go: async (now) => {
          if (isBusy) {
            this.#figures.skipped += 1;
            return;
          }
          const bytes = body(now);
          if (bytes === null) return;
          isBusy = true;
          const isTaken = await push.push(feedId, token, bytes, contentType);
          isBusy = false;
          this.#count(isTaken);
          if (isTaken) taken?.();
        },
      };
    }
  }

  *#messages(doors: DemoDoors['doors']): Iterable<Turn> {
    for (const [feedId, everySeconds, messages] of demoMessages)
      if (doors[feedId])
        yield {
          everyMs: everySeconds * 1000,
          phaseMs: 0,
          go: async (now) => {
            // Retained, so that a hub that comes to the broker late has the last word of each.
            for (const { topic, text } of messages(now)) this.#broker.publish(topic, text, { retain: true });
          },
        };
  }

  *#stations(doors: DemoDoors['doors'], host: string): Iterable<Turn> {
    const port = doors['demo-air']?.port;
    if (!port) return;
    const first = payloads.stations({ sites: this.#sites, stories: [], at: 0 });
    for (const [index, station] of first.entries()) {
      const device = demoStation(host, port, station);
      this.#devices.push(device as DemoDevice<never>);
      yield {
        everyMs: 60_000,
        phaseMs: index * 500,
        go: async (now) => this.#count(await device.report(payloads.stations(now)[index]!.values, now.at)),
      };
    }
  }

  *#vehicles(doors: DemoDoors['doors'], host: string): Iterable<Turn> {
    for (const [index, vehicle] of demoVehicles(this.#sites).entries()) {
      const port = doors[vehicle.feedId]?.port;
      if (!port) continue;
      const device = demoTerminal(host, port, vehicle);
      this.#devices.push(device as DemoDevice<never>);
      const report = async (now: payloads.CityNow) =>
        this.#count(await device.report(fixOf(vehicle, this.#sites, now.stories, now.at), now.at));
      yield { everyMs: 15_000, phaseMs: (index % 15) * 1000, go: report };
      if (isFirstAmbulance(vehicle))
        yield { everyMs: 3000, phaseMs: 0, go: async (now) => (runningStory(now.stories, 'ambulance') ? report(now) : undefined) };
    }
  }

  #count(isTaken: boolean | null): void {
    if (isTaken === null) this.#figures.skipped += 1;
    else if (isTaken) this.#figures.sent += 1;
    else this.#figures.refused += 1;
  }
}

interface Turn {
  readonly everyMs: number;
  /** Those of one kind do not all come at once. */
  readonly phaseMs: number;
  go(now: payloads.CityNow): Promise<unknown>;
}

const isFirstAmbulance = ({ feedId, phone }: DemoVehicle): boolean => feedId === 'demo-ambulances' && phone.endsWith('0001');
