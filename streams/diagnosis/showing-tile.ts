import type { ErrorCode } from '../../main/contract/errors.ts';

/** One tile of a wall that shows a camera now, as its screen reports it. */
export interface ShowingTile {
  /** Names as people gave them. */
  readonly wall: string;
  readonly screen: string;
  readonly tileId: string;
  /** The truth about its picture; see `tileState` of the layouts' contract. */
  readonly state: 'starting' | 'live' | 'delayed' | 'stalled' | 'suspect' | 'offline' | 'empty';
  readonly engine: string;
  /** Which picture of the camera, and how much of it: `main`, `sub`, `key-only`, `still`; null while it has no player. */
  readonly stream: string | null;
  readonly fps: number | null;
  readonly frameAgeMs: number | null;
  readonly reason: ErrorCode | null;
}
