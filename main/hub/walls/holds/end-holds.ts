import type { Wall } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import type { CameraId } from '../../../contract/ids.ts';
import type { Change } from '../../../contract/ledger.ts';
import { putWall, wallShowing, type ChangeMark } from '../wall-showing.ts';
import { restoredScreen } from './restored-screen.ts';

/** What became of a hold that ended. */
export interface EndedHold {
  readonly hold: Hold;
  /** Whether what was there when it began is there again. */
  readonly restored: boolean;
  /** Cameras that were there and are no more. */
  readonly missing: readonly CameraId[];
}

/** What changes when these holds end together: they go, and every wall becomes what their ends leave of it. */
export function endHolds(
  holds: readonly Hold[],
  around: {
    wallOf(wallId: string): Wall | undefined;
    cameraExists(cameraId: string): boolean;
    /** Who ends them, when. */
    readonly mark: ChangeMark;
  },
): { readonly changes: readonly Change[]; readonly ended: readonly EndedHold[] } {
  const walls = new Map<string, Wall>();
  const ended = holds.map((hold): EndedHold => {
    const wall = walls.get(hold.wallId) ?? around.wallOf(hold.wallId);
    const screen = wall?.screens.find(({ id }) => id === hold.screenId);
    const back = screen ? restoredScreen(hold, screen, around.cameraExists) : null;
    if (wall && back?.changes) walls.set(hold.wallId, wallShowing(wall, hold.screenId, back.shows, around.mark));
    return { hold, restored: back !== null, missing: back?.missing ?? [] };
  });
  const gone = holds.map(({ id }): Change => ({ collection: 'holds', op: 'delete', key: id }));
  return { changes: [...gone, ...[...walls.values()].map(putWall)], ended };
}
