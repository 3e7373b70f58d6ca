import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { DemoStory } from '../../../main/contract/demo-city.ts';
import type { Problem } from '../../../main/contract/errors.ts';
import type { Ledger } from '../../../main/contract/ledger.ts';
import type { Log } from '../../../main/contract/log.ts';
import type { Result } from '../../../main/contract/result.ts';
import type { Clock } from '../../../main/contract/time.ts';
import { backoffMs } from '../../../main/supervision/backoff.ts';
import { feedSettings, type Feed } from '../../feed-contract.ts';
import { shownSettings } from '../../feeds/settings-secrets.ts';
import { demoFeeds, type DemoFeed, type DemoSources } from './demo-feeds.ts';
import type { DemoTalkFigures, FeedDoor, FromDemo, ToDemo } from './demo-messages.ts';
import { demoSites } from './demo-sites.ts';
import { toldOn, type ToldStory } from './demo-stories.ts';
import { demoUnits } from './demo-units.ts';

export interface LivingCityDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the hub is reached on this machine; asked when it listens. */
  origin(): string;
  /** Where feeds that devices connect to listen. */
  readonly feedHost: string;
  /** Runs a command as the demo city does: what it makes is simulated. */
  execute(
    name: 'feed.create' | 'feed.update' | 'feed.rotate-token' | 'unit.upsert' | 'incident.advance',
    args: object,
  ): Promise<Result<unknown, Problem>>;
  /** A story that the hub was started with. */
  readonly story?: DemoStory | null;
  /** The file that the thread runs; a test brings its own. */
  readonly entry?: string;
}

/** The systems of the demo city, talking to this hub from a thread of their own. */
export interface LivingCity {
  /** Begins; resolves at once. */
  start(): void;
  /** Begins or ends a story. */
  tell(story: DemoStory, district: string | null, active: boolean): void;
  readonly figures: DemoTalkFigures;
  stop(): Promise<void>;
}

const quiet: DemoTalkFigures = { sent: 0, refused: 0, skipped: 0, connections: 0 };

/** Makes the feeds of the demo city with their first start, and keeps its thread running. */
export function createLivingCity(deps: LivingCityDeps): LivingCity {
  const { clock, log } = deps;
  const ending = new AbortController();
  let stories: readonly ToldStory[] = [];
  let figures = quiet;
  let worker: Worker | null = null;
  let running: Promise<void> = Promise.resolve();
  const send = (message: ToDemo) => worker?.postMessage(message);

  /** One life of the thread. */
  async function live(): Promise<void> {
    const thread = new Worker(deps.entry ?? threadEntry(), {
      name: 'demo-city',
      resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 },
    });
    worker = thread;
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    thread.on('error', (cause) => log.error({ err: cause }, 'the thread of the demo city failed'));
    const stop = () => void thread.terminate();
    ending.signal.addEventListener('abort', stop, { once: true });
    const sources = new Promise<DemoSources | null>((resolve) => {
      thread.on('message', (message: FromDemo) => {
        if (message.kind === 'sources') resolve(message.sources);
        else ({ figures } = message);
      });
      void ended.then(() => resolve(null));
    });
    try {
      const at = await sources;
      if (at && !ending.signal.aborted) {
        const doors = await openDoors(deps, at, ending.signal);
        send({ kind: 'stories', stories });
        send({ kind: 'begin', origin: deps.origin(), feedHost: loopbackOf(deps.feedHost), doors });
        log.info({ feeds: Object.keys(doors).length }, 'the systems of the demo city talk to this hub');
        await makeUnits(deps, ending.signal);
        const over = new AbortController();
        void ended.then(() => over.abort());
        await closeCases(deps, AbortSignal.any([ending.signal, over.signal]));
      }
      await ended;
    } finally {
      ending.signal.removeEventListener('abort', stop);
      worker = null;
      figures = quiet;
    }
  }

  return {
    start() {
      if (deps.story) this.tell(deps.story, null, true);
      running = (async () => {
        for (let attempt = 0; !ending.signal.aborted; attempt += 1) {
          try {
            await live();
          } catch (cause) {
            log.error({ err: cause }, 'the demo city could not begin, trying again');
          }
          await clock.sleep(backoffMs(attempt, { firstMs: 1000, capMs: 30_000 }), ending.signal).catch(() => {});
        }
      })();
    },
    tell(story, district, active) {
      stories = toldOn(stories, { story, district, active }, clock.now());
      send({ kind: 'stories', stories });
    },
    get figures() {
      return figures;
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
}

/** Makes the feeds that there are not yet, and learns by what each is reached. One that somebody switched off, or that is nothing of the demo's, is left alone. */
async function openDoors(deps: LivingCityDeps, sources: DemoSources, signal: AbortSignal): Promise<Record<string, FeedDoor>> {
  const doors: Record<string, FeedDoor> = {};
  for (const feed of demoFeeds(demoSites(), sources)) {
    if (signal.aborted) break;
    const door = await openDoor(deps, feed);
    if (door) doors[feed.id] = door;
  }
  return doors;
}

async function openDoor({ ledger, log, execute }: LivingCityDeps, feed: DemoFeed): Promise<FeedDoor | null> {
  const { id, kind, settings = {} } = feed;
  const refused = (why: Problem) => {
    log.warn({ feedId: id, code: why.code, detail: why.detail }, 'a feed of the demo city could not be opened');
    return null;
  };
  const known = ledger.get('feeds', id) as Feed | undefined;
  if (!known) {
    const made = await execute('feed.create', feed);
    if (!made.ok) return refused(made.error);
    const { token, port } = made.value as { token: string; port?: number };
    return { token, port: port ?? null };
  }
  if (!known.simulated || !known.enabled) return null;
  const wanted = feedSettings.parse({ ...settings, kind });
  // Of these what is shown leaves out what changes with every start.
  const isNew = kind === 'mqtt' || kind === 'cap' || !isDeepStrictEqual(JSON.parse(JSON.stringify(shownSettings(wanted))), known.settings);
  if (isNew) {
    const updated = await execute('feed.update', { feedId: id, settings });
    if (!updated.ok) return refused(updated.error);
  }
  const isPushed = kind === 'mapping' || kind === 'ngsi' || kind === 'indicator';
  if (!isPushed) return { token: null, port: (ledger.get('feeds', id) as Feed).port };
  const turned = await execute('feed.rotate-token', { feedId: id });
  return turned.ok ? { token: (turned.value as { token: string }).token, port: null } : refused(turned.error);
}

/** Adds the units that there are not yet; what somebody changed stays so. */
async function makeUnits({ ledger, log, execute }: LivingCityDeps, signal: AbortSignal): Promise<void> {
  const known = new Set([...(ledger.all('units') as IterableIterator<{ number: string }>)].map(({ number }) => number));
  for (const unit of demoUnits(demoSites())) {
    if (signal.aborted || known.has(unit.number)) continue;
    const made = await execute('unit.upsert', unit);
    if (made.ok) continue;
    log.warn({ code: made.error.code, detail: made.error.detail }, 'the units of the demo city could not be added');
    return;
  }
}

/** The desk of the demo city: a case that its system has dealt with is closed after a while, unless somebody has taken charge of it. Nobody else would, and they would be thousands. */
async function closeCases({ ledger, clock, log, execute }: LivingCityDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const now = clock.now();
    const due = [...(ledger.all('incidents') as IterableIterator<DealtWith>)]
      .filter(
        ({ state, simulated, owner, changedAt }) =>
          state === 'verifying' && simulated && owner === null && now - changedAt > checkedAfterMs,
      )
      .slice(0, closedAtOnce);
    for (const { id } of due) {
      const closed = await execute('incident.advance', { incidentId: id, event: 'close', disposition: 'handled' });
      if (!closed.ok) log.debug({ incidentId: id, code: closed.error.code }, 'a case of the demo city could not be closed');
    }
    await clock.sleep(closeEveryMs, signal).catch(() => {});
  }
}

/** As much of an incident as that takes. */
interface DealtWith {
  readonly id: string;
  readonly state: string;
  readonly simulated: boolean;
  readonly owner: object | null;
  readonly changedAt: number;
}

const closeEveryMs = 30_000;
const closedAtOnce = 20;
const checkedAfterMs = 10 * 60_000;

/** A host that means every address is reached on this machine by loopback. */
const loopbackOf = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

/** The thread beside this file, as a source or as the build leaves it: there this file is part of a bundle, or of a chunk below it. */
function threadEntry(): string {
  const here = import.meta.dirname;
  const candidates = [join(here, 'demo-thread.ts'), join(here, 'demo-thread.js'), join(here, '..', 'demo-thread.js')];
  return candidates.find((file) => existsSync(file)) ?? candidates[1]!;
}
