import type { Barrier } from '../../../main/contract/principal.ts';
import { ProblemError, type ErrorCode } from '../../../main/contract/errors.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';

const barriers: ReadonlySet<ErrorCode> = new Set<Barrier>([
  'password-change-required',
  'second-factor-enrolment-required',
  'session-locked',
]);

/** The same line to the hub, that also says when a command was refused because the session has come to stand behind a barrier. */
export function watchBarrier(hub: HubClient, onBarrier: (barrier: Barrier) => void): HubClient {
  return {
    get connection() {
      return hub.connection;
    },
    get welcome() {
      return hub.welcome;
    },
    get clockKnown() {
      return hub.clockKnown;
    },
    onConnection: hub.onConnection,
    onClock: hub.onClock,
    collection: hub.collection,
    hubNow: hub.hubNow,
    close: hub.close,
    async command(name, args, options) {
      try {
        return await hub.command(name, args, options);
      } catch (error) {
        if (error instanceof ProblemError && barriers.has(error.problem.code)) onBarrier(error.problem.code as Barrier);
        throw error;
      }
    },
  };
}
