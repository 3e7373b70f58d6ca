import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Problem } from '../contract/errors.ts';
import type { Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import type { HubStart } from '../hub/hub-start.ts';
import type { RelayStart } from '../../streams/media/media-relay.ts';
import type { AvStart, IngestStart } from '../../streams/media/workers/worker-protocol.ts';
import type { ProcessHost } from '../supervision/process-host.ts';
import { supervise, type SupervisedProcess } from '../supervision/supervisor.ts';
import { tlsFiles, type TlsFiles } from '../tls/tls-files.ts';
import { relayPageUrl } from './relay-page-url.ts';

export interface CityOptions {
  readonly host: ProcessHost;
  /** The installed product: `dist/` and the clips are below it. */
  readonly root: string;
  readonly config: Config;
  readonly dataFolder: string;
  readonly demo: boolean;
  /** What the demo city begins with. */
  readonly story?: HubStart['story'];
  readonly adminPassword: string | null;
  /** What a new city is made of, at its very first start. */
  readonly firstStart?: HubStart['firstStart'];
  readonly version: string;
  /** Nobody waits any longer for it to be ready: what was started ends. */
  readonly over?: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  /** Hub or relay said, after having run, that starting again will not help. */
  onFatal(problem: Problem): void;
}

/** The running processes of one command centre. */
export interface City {
  readonly listening: string;
  /** By what its windows know hub and relay; null without TLS. */
  readonly tls: TlsFiles | null;
  readonly epoch: number;
  /** One-time link to the console; only with `demo`, and at a first start. */
  readonly login: string | null;
  /** Where the generated first password was written; null when there is none. */
  readonly passwordFile: string | null;
  readonly pids: {
    readonly hub: number | undefined;
    readonly relay: number | undefined;
    readonly ingest: number | undefined;
    readonly av: number | undefined;
  };
  /** A one-time link that opens a wall session for one screen. Rejects when the hub does not answer within 10 s. */
  wallLink(wallId: string, screenId: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * V8's young generation at a fixed size, in MB (a third of what it may take in all). Left to itself it grows to 128 MB in the relay and keeps that for ever,
 * and shrinks to 1 MB in the hub, which then lets what lives for a second grow old. Either looks like a leak and is none.
 */
const youngGenerationOf = (mb: number) => [`--min-semi-space-size=${mb}`, `--max-semi-space-size=${mb}`];
/** What runs for the first time is compiled then, not after a while: the first second of a storm meets code that nobody has run for weeks (`bench/storm.ts`). */
const compiledAtOnce = '--always-sparkplug';

/**
 * glibc gives every thread that finds its heap busy another one, and keeps what a night's backup has left in it for ever: two are enough for processes
 * that do one thing at a time. Other C libraries do not read it.
 */
const fewArenas = { MALLOC_ARENA_MAX: '2' };

/**
 * Starts relay and hub as siblings and keeps both running. The hub begins when the relay's port is known;
 * both keep their ports when they are started again, so that pages find them. Rejects with a ProblemError when either
 * says that it cannot start, and with its reason when `over` aborts before. The relay's workers follow when the hub is ready: nobody waits for them, and without them there is
 * only less that can be played.
 */
export async function startCity(options: CityOptions): Promise<City> {
  const { host, root, config, clock, log } = options;
  const clipsFolder = join(root, 'streams', 'demo-city', 'clips');
  const key = randomBytes(32).toString('base64');
  const tls = tlsFiles(config.tls, options.dataFolder);

  const relay = supervise<RelayStart>({
    host,
    entry: join(root, 'dist', 'node', 'relay.js'),
    name: 'relay',
    execArgv: youngGenerationOf(8),
    env: fewArenas,
    config: (last) => ({
      host: config.relay.host,
      port: last?.port ?? config.relay.port,
      ...(tls && { tls: { ...tls, controlPort: Number(last?.facts['controlPort'] ?? 0) } }),
      fileRoots: config.relay.fileRoots,
      clipsFolder,
      lingerMs: config.relay.lingerMs,
      watchdogMs: config.relay.watchdogMs,
      maxPaths: config.relay.maxPaths,
      maxLeases: config.relay.maxLeases,
      partMs: config.relay.partMs,
      segments: config.relay.segments,
      cameraNetworks: config.relay.cameraNetworks,
      certificates: config.relay.certificates,
      startsAtOnce: config.relay.startsAtOnce,
      startsPerSecond: config.relay.startsPerSecond,
      perHost: config.relay.perHost,
      uplinks: config.relay.uplinks,
      quarantine: config.relay.quarantine,
      probesAtOnce: config.prober.atOnce,
      logLevel: config.log.level,
      key,
    }),
    onFatal: options.onFatal,
    clock,
    log,
  });
  const relayHost = config.relay.host.includes(':') ? `[${config.relay.host}]` : config.relay.host;
  /** Where hub and workers reach the relay: over TLS come its viewers alone. */
  const relayAddress = async () => {
    const { port, facts } = await relay.firstReady;
    return { url: tls ? `http://127.0.0.1:${Number(facts['controlPort'])}` : `http://${relayHost}:${port}`, key };
  };

  const hub = supervise<HubStart>({
    host,
    entry: join(root, 'dist', 'node', 'hub.js'),
    name: 'hub',
    execArgv: [...youngGenerationOf(8), compiledAtOnce],
    env: fewArenas,
    config: async (last) => ({
      config: last ? { ...config, hub: { ...config.hub, port: last.port } } : config,
      dataFolder: options.dataFolder,
      demo: options.demo,
      // A hub that comes back goes on with everyday life, unless its systems are to say nothing.
      story: last && options.story !== 'none' ? null : (options.story ?? null),
      relay: { ...(await relayAddress()), pageUrl: relayPageUrl(config, (await relay.firstReady).port) },
      rendererFolder: join(root, 'dist', 'renderer'),
      clipsFolder,
      adminPassword: options.adminPassword,
      // What was ready once is no first start any more.
      firstStart: last ? null : (options.firstStart ?? null),
      version: options.version,
    }),
    onReady: (ready, restarts) => {
      if (restarts > 0) log.warn({ epoch: ready.facts['epoch'], restarts }, 'the hub is back');
    },
    onFatal: options.onFatal,
    clock,
    log,
  });
  let workers: readonly SupervisedProcess[] = [];
  const stop = async () => {
    await hub.stop(5000);
    await Promise.all(workers.map((worker) => worker.stop(2000)));
    await relay.stop(3000);
  };
  // Both load at the same time; the hub is told to start when the relay's port is known.
  const { over } = options;
  const givenUp = Promise.withResolvers<never>();
  const giveUp = () => givenUp.reject(over?.reason);
  over?.addEventListener('abort', giveUp);
  if (over?.aborted === true) giveUp();
  const [, hubReady] = await Promise.race([Promise.all([relay.firstReady, hub.firstReady]), givenUp.promise])
    .finally(() => over?.removeEventListener('abort', giveUp))
    .catch(async (error: unknown) => {
      await stop();
      throw error;
    });

  const ownPorts = async () => {
    const { port, facts } = await relay.firstReady;
    return [
      { host: config.hub.host, port: hubReady.port },
      { host: config.relay.host, port },
      { host: '127.0.0.1', port: Number(facts['controlPort']) },
    ];
  };
  const { ingest, av } = startWorkers(options, relayAddress, ownPorts);
  workers = [ingest, av].filter((worker) => worker !== null);

  let lastLink = 0;
  return {
    listening: String(hubReady.facts['listening']),
    tls,
    epoch: Number(hubReady.facts['epoch']),
    login: text(hubReady.facts['login']),
    passwordFile: text(hubReady.facts['passwordFile']),
    get pids() {
      return { hub: hub.pid, relay: relay.pid, ingest: ingest?.pid, av: av?.pid };
    },
    async wallLink(wallId, screenId) {
      lastLink += 1;
      const id = lastLink;
      const enough = new AbortController();
      let ignore = () => {};
      const answered = new Promise<string>((resolve) => {
        ignore = hub.onMessage((message) => {
          if (message.kind === 'wall-link' && message.id === id) resolve(message.url);
        });
      });
      hub.send({ kind: 'wall-link', id, wallId, screenId });
      const late = clock.sleep(10_000, enough.signal).then(
        () => Promise.reject(new Error(`the hub made no link for ${wallId}/${screenId}`)),
        () => '',
      );
      try {
        return await Promise.race([answered, late]);
      } finally {
        ignore();
        enough.abort();
      }
    },
    stop,
  };
}

/** The relay's workers: they connect to it by themselves, also after it was started again. `null`: switched off. */
function startWorkers(
  { host, root, config, clock, log }: CityOptions,
  relay: () => Promise<{ readonly url: string; readonly key: string }>,
  ownPorts: () => Promise<AvStart['refusedPorts']>,
): { readonly ingest: SupervisedProcess | null; readonly av: SupervisedProcess | null } {
  const entry = (name: string) => join(root, 'dist', 'node', `${name}.js`);
  const onFatal = (problem: Problem) => log.error({ code: problem.code, detail: problem.detail }, 'a worker of the relay cannot run');
  const ingest = config.ingest.enabled
    ? supervise<IngestStart>({
        host,
        entry: entry('ingest'),
        name: 'ingest',
        config: async (last) => ({
          relay: await relay(),
          host: config.ingest.host,
          port: last?.port || config.ingest.port,
          maxPublishers: config.ingest.maxPublishers,
          logLevel: config.log.level,
        }),
        onFatal,
        clock,
        log,
      })
    : null;
  const { maxPulls, maxTranscodes } = config.av;
  const av = config.av.enabled
    ? supervise<AvStart>({
        host,
        entry: entry('av'),
        name: 'av',
        // Each pull and each transcoder keeps one thread of Node's pool busy; the pool's size is read once, at the start of a process.
        env: { UV_THREADPOOL_SIZE: String(Math.min(1024, 4 + maxPulls + 2 * maxTranscodes)) },
        config: async () => ({
          relay: await relay(),
          maxPulls,
          maxTranscodes,
          cameraNetworks: config.relay.cameraNetworks,
          // What cameras push to us is taken from the ingest, never pulled from its port.
          refusedPorts: [...(await ownPorts()), { host: config.ingest.host, port: config.ingest.port }],
          logLevel: config.log.level,
        }),
        onFatal,
        clock,
        log,
      })
    : null;
  for (const worker of [ingest, av]) worker?.firstReady.catch(() => {});
  return { ingest, av };
}

const text = (fact: string | number | null | undefined): string | null => (typeof fact === 'string' ? fact : null);
