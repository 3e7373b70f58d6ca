import type { Screen, Wall } from '../../../layouts/contract.ts';
import type { Change } from '../../contract/ledger.ts';
import type { EpochMs } from '../../contract/time.ts';

/** Who made a change of a wall, and when, as the wall says it. */
export interface ChangeMark {
  readonly changedBy: string;
  readonly changedAt: EpochMs;
}

/** A wall once one of its screens shows this, in the next revision of that screen; without such a screen the wall as it is. */
export function wallShowing(wall: Wall, screenId: string, shows: Pick<Screen, 'scene' | 'layout'>, mark: ChangeMark): Wall {
  const screens = wall.screens.map((screen) =>
    screen.id === screenId ? { ...screen, ...shows, revision: screen.revision + 1, ...mark } : screen,
  );
  return { ...wall, screens };
}

/** The change that stores a wall. */
export const putWall = (wall: Wall): Change => ({ collection: 'walls', op: 'put', key: wall.id, value: wall });
