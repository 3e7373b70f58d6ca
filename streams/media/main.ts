import { problem, ProblemError, type Problem } from '../../main/contract/errors.ts';
import { liveAsChild } from '../../main/supervision/child-life.ts';
import { systemClock } from '../../main/supervision/system-clock.ts';
import type { RelayStart } from './media-relay.ts';
import { createRelay } from './relay.ts';
import type { RelayServer } from './relay-server.ts';
import { openLog } from '../../main/supervision/open-log.ts';

/** A port that an earlier incarnation has just left may take a moment. */
const busyTries = 20;
const busyPauseMs = 150;

/** Entry of the relay process. */
liveAsChild<RelayStart>('the relay', (config, launcher) => {
  const relay = start(config);
  relay.then(
    ({ port, controlPort }) => launcher.ready(port, { controlPort }),
    (error: NodeJS.ErrnoException) => launcher.fatal(whyNot(error, config)),
  );
  return async () => {
    const running = await relay.catch(() => null);
    await running?.stop();
  };
});

async function start(config: RelayStart): Promise<RelayServer> {
  const log = openLog('relay', config.logLevel);
  for (let tried = 1; ; tried++) {
    try {
      return await createRelay(config, { clock: systemClock, log });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tried >= busyTries) throw error;
      await systemClock.sleep(busyPauseMs);
    }
  }
}

/** What keeps the relay from listening. */
function whyNot(error: NodeJS.ErrnoException, { host, port }: RelayStart): Problem {
  if (error instanceof ProblemError) return error.problem;
  return problem('config-invalid', { key: 'relay', host, port, reason: error.code ?? null }, `the relay cannot listen: ${error.message}`);
}
