import type { Alert, Silence } from '../../../alerts/contract.ts';
import type { LayoutDoc, ShownReport, Wall } from '../../../layouts/contract.ts';
import type { Hold } from '../../../layouts/control-contract.ts';
import { statusUnknown, type Camera, type CameraStatus } from '../../../streams/contract.ts';
import type { Handlers } from '../../contract/catalog.ts';
import type { CommandEntity } from '../../contract/commands.ts';
import type { ScopeLookup } from '../../contract/define-command.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { Health } from '../../contract/operations.ts';
import type { FlushedValues } from '../readings/latest-values.ts';
import { createFavouriteHandlers } from './favourite-handlers.ts';
import { createHandoverHandlers, type HandoverCommand } from './handover-handlers.ts';
import { createOfflineSince } from './offline-since.ts';
import { shiftReport } from './shift-report.ts';

/** What people at desks have besides walls: hand-overs to one another, and the cameras that each keeps at hand. */
export interface DeskRoom {
  readonly handlers: Handlers<HandoverCommand | 'favourite.list' | 'favourite.set'>;
  stop(): void;
}

/** Follows from now on since when cameras are offline. */
export function createDeskRoom(deps: {
  readonly ledger: Pick<Ledger, 'get' | 'all' | 'onCommit'>;
  readonly latest: Pick<FlushedValues, 'get' | 'onFlush'>;
  readonly lookup: ScopeLookup;
}): DeskRoom {
  const { ledger, latest, lookup } = deps;
  const offlineSince = createOfflineSince(deps);

  return {
    handlers: {
      ...createFavouriteHandlers(deps),
      ...createHandoverHandlers({
        ledger,
        report: (principal, now) =>
          shiftReport(
            {
              now,
              walls: [...ledger.all('walls')] as Wall[],
              shown: (wallId, screenId) =>
                (latest.get('walls', wallId)?.['shown'] as Readonly<Record<string, ShownReport>> | undefined)?.[screenId],
              layout: (id) => ledger.get('layouts', id) as LayoutDoc | undefined,
              holds: ledger.all('holds') as Iterable<Hold>,
              alerts: ledger.all('alerts') as Iterable<Alert>,
              silences: ledger.all('silences') as Iterable<Silence>,
              cameras: ledger.all('cameras') as Iterable<Camera>,
              status: (id) => (latest.get('cameras', id)?.['status'] as CameraStatus | undefined) ?? statusUnknown,
              offlineSince: offlineSince.of,
              commands: ledger.all('commands') as Iterable<CommandEntity>,
              health: ledger.all('health') as Iterable<Health>,
              lookup,
            },
            principal,
          ),
      }),
    },
    stop: offlineSince.stop,
  };
}
