import { networkInterfaces } from 'node:os';
import type { Log } from '../../../main/contract/log.ts';
import { liveAsChild } from '../../../main/supervision/child-life.ts';
import { systemClock } from '../../../main/supervision/system-clock.ts';
import { createWorkerLink, type WorkerLink } from '../../media/workers/worker-link.ts';
import type { IngestStart } from '../../media/workers/worker-protocol.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { ingestAddress } from './ingest-address.ts';
import { openLog } from '../../../main/supervision/open-log.ts';

const tickMs = 250;
/** A port that somebody else has, or an address that is not there yet, is tried again: nothing but pushing depends on it. */
const listenEveryMs = 2000;

/** Entry of the ingest process. */
liveAsChild<IngestStart>('the ingest', (config, launcher) => {
  const ending = new AbortController();
  const running = run(config, ending.signal, (port) => launcher.ready(port));
  running.catch((error: unknown) => {
    // A bug: the parent starts it again.
    process.stderr.write(`the ingest broke: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
  return async () => {
    ending.abort();
    await running.catch(() => {});
  };
});

/** Listens, keeps its link to the relay, and works until the signal aborts. `onReady`: it listens. */
async function run(config: IngestStart, signal: AbortSignal, onReady: (port: number) => void): Promise<void> {
  const log = openLog('ingest', config.logLevel);
  let link: WorkerLink | null = null;
  const ingest = await listen(config, log, signal, {
    tell: (message) => link?.tell(message),
    unit: (stream, unit) => link?.unit(stream, unit) ?? false,
    forget: (stream) => link?.forget(stream),
  });
  if (ingest === null) return;
  const url = ingestAddress(config.host, ingest.port, networkInterfaces());
  log.info({ host: config.host, port: ingest.port }, 'cameras can push');
  onReady(ingest.port);
  link = createWorkerLink({
    name: 'ingest',
    url: config.relay.url,
    key: config.relay.key,
    handlers: {
      hello: () => ({ url, maxPulls: 0, maxTranscodes: 0 }),
      up: () => ingest.linkUp(),
      down: () => ingest.linkDown(),
      hear: (message) => ingest.hear(message),
    },
    clock: systemClock,
    log,
  });
  while (!signal.aborted) {
    ingest.tick();
    await systemClock.sleep(tickMs, signal).catch(() => {});
  }
  await ingest.stop();
  await link.stop();
}

/** The ingest once it listens; null when it is told to end before. */
async function listen(
  config: IngestStart,
  log: Log,
  signal: AbortSignal,
  link: Parameters<typeof createIngest>[0]['link'],
): Promise<Ingest | null> {
  const { host, port, maxPublishers } = config;
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    try {
      return await createIngest({ host, port, maxPublishers, link, clock: systemClock, log });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Said once: nobody can push until somebody frees it.
      if (isFirst)
        log.warn({ host, port, reason: code ?? String(error) }, 'cameras cannot push: the ingest cannot listen, and keeps trying');
      await systemClock.sleep(listenEveryMs, signal).catch(() => {});
    }
  }
  return null;
}
