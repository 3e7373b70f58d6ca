import { liveAsChild } from '../../../main/supervision/child-life.ts';
import { systemClock } from '../../../main/supervision/system-clock.ts';
import { createWorkerLink } from '../../media/workers/worker-link.ts';
import type { AvStart } from '../../media/workers/worker-protocol.ts';
import { createAddressPolicy } from '../address-policy.ts';
import { createAvWorker } from './av-worker.ts';
import { loadFfmpeg } from './load-ffmpeg.ts';
import { openLog } from '../../../main/supervision/open-log.ts';

/** An input that FFmpeg does not let go of is left to the end of the process. */
const stopMs = 1000;

/** Entry of the av process. */
liveAsChild<AvStart>('the av process', (config, launcher) => {
  const stop = start(config);
  // It listens nowhere: it connects to the relay, by itself and as often as it takes.
  launcher.ready(0);
  return async () => {
    await Promise.race([stop(), systemClock.sleep(stopMs)]);
  };
});

function start(config: AvStart): () => Promise<void> {
  const log = openLog('av', config.logLevel);
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
