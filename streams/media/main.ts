import pino from 'pino';
import { problem, ProblemError } from '../../main/contract/errors.ts';
import type { FromChild, ToChild } from '../../main/contract/processes.ts';
import { parentChannel } from '../../main/supervision/parent-channel.ts';
import { systemClock } from '../../main/supervision/system-clock.ts';
import type { RelayStart } from './media-relay.ts';
import { createRelay } from './relay.ts';
import type { RelayServer } from './relay-server.ts';

/** Starting again will not help (EX_CONFIG of sysexits.h). */
const exitFatal = 78;
/** A port that an earlier incarnation has just left may take a moment. */
const busyTries = 20;
const busyPauseMs = 150;

/** Entry of the relay process: starts when its parent says so, exits when told to or when the parent is gone. */
function main(): void {
  const parent = parentChannel();
  if (!parent) {
    process.stderr.write('the relay is started by the launcher: npm run hub\n');
    process.exit(exitFatal);
  }
  let relay: Promise<RelayServer> | null = null;
  const leave = async (code: number) => {
    const running = await relay?.catch(() => null);
    await running?.stop();
    process.exit(code);
  };
  parent.onMessage((raw) => {
    const message = raw as ToChild<RelayStart>;
    if (message.kind === 'start' && relay === null) {
      relay = start(message.config);
      relay.then(
        ({ port }) => void parent.send({ kind: 'ready', port, facts: {} } satisfies FromChild),
        (error: NodeJS.ErrnoException) => {
          const { host, port } = message.config;
          const cause =
            error instanceof ProblemError
              ? error.problem
              : problem(
                  'config-invalid',
                  { key: 'relay', host, port, reason: error.code ?? null },
                  `the relay cannot listen: ${error.message}`,
                );
          const fatal: FromChild = { kind: 'fatal', code: cause.code, params: cause.params, detail: cause.detail ?? '' };
          void parent.send(fatal).then(() => process.exit(exitFatal));
        },
      );
    } else if (message.kind === 'stop') void leave(0);
  });
  parent.onClose(() => void leave(0));
  // The terminal signals the whole group: the parent says when to stop.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('SIGTERM', () => void leave(0));
}

async function start(config: RelayStart): Promise<RelayServer> {
  const log = pino({ name: 'relay', level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  for (let tried = 1; ; tried++) {
    try {
      return await createRelay(config, { clock: systemClock, log });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tried >= busyTries) throw error;
      await systemClock.sleep(busyPauseMs);
    }
  }
}

main();
