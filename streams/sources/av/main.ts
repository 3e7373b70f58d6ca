import pino from 'pino';
import type { FromChild, ToChild } from '../../../main/contract/processes.ts';
import { parentChannel } from '../../../main/supervision/parent-channel.ts';
import { systemClock } from '../../../main/supervision/system-clock.ts';
import { createWorkerLink } from '../../media/workers/worker-link.ts';
import type { AvStart } from '../../media/workers/worker-protocol.ts';
import { createAddressPolicy } from '../address-policy.ts';
import { createAvWorker } from './av-worker.ts';
import { loadFfmpeg } from './load-ffmpeg.ts';

/** Starting again will not help (EX_CONFIG of sysexits.h). */
const exitFatal = 78;
/** An input that FFmpeg does not let go of is left to the end of the process. */
const stopMs = 1000;

/** Entry of the av process: starts when its parent says so, exits when told to or when the parent is gone. */
function main(): void {
  const parent = parentChannel();
  if (!parent) {
    process.stderr.write('the av process is started by the launcher: npm run hub\n');
    process.exit(exitFatal);
  }
  let stop: (() => Promise<void>) | null = null;
  const leave = async () => {
    await Promise.race([stop?.(), systemClock.sleep(stopMs)]);
    process.exit(0);
  };
  parent.onMessage((raw) => {
    const message = raw as ToChild<AvStart>;
    if (message.kind === 'start' && stop === null) {
      stop = start(message.config);
      // It listens nowhere: it connects to the relay, by itself and as often as it takes.
      void parent.send({ kind: 'ready', port: 0, facts: {} } satisfies FromChild);
    } else if (message.kind === 'stop') void leave();
  });
  parent.onClose(() => void leave());
  // The terminal signals the whole group: the parent says when to stop.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('SIGTERM', () => void leave());
}

function start(config: AvStart): () => Promise<void> {
  const log = pino({ name: 'av', level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  const { cameraNetworks, refusedPorts, maxPulls, maxTranscodes } = config;
  const policy = createAddressPolicy({ networks: cameraNetworks, refusedPorts });
  const worker = createAvWorker({
    load: loadFfmpeg,
    link: {
      tell: (message) => link.tell(message),
      unit: (stream, unit) => link.unit(stream, unit),
      forget: (stream) => link.forget(stream),
    },
    policy,
    maxPulls,
    maxTranscodes,
    clock: systemClock,
    log,
  });
  const link = createWorkerLink({ name: 'av', ...config.relay, handlers: worker, clock: systemClock, log });
  return async () => {
    await Promise.all([link.stop(), worker.stop()]);
  };
}

main();
