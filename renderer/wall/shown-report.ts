import type { PlannedStream, ShownReport } from '../../layouts/contract.ts';
import type { ErrorCode } from '../../main/contract/errors.ts';
import type { PictureReading } from '../player/frame-watch.ts';
import type { PlayerEngine } from '../player/player-engine.ts';

/** One tile of a screen, as the page really plays it. */
export interface TileShown {
  readonly tileId: string;
  /** Null for what is no video. */
  readonly cameraId: string | null;
  /** `none`: it has no player. */
  readonly engine: PlayerEngine['name'] | 'none';
  readonly stream: PlannedStream | null;
  /** Why the plan gives it less than it could have; null when nothing is held back. */
  readonly heldBack: ErrorCode | null;
  /** What its picture was last read to be; null before the first time. */
  readonly reading: PictureReading | null;
}

/** What a page knows of itself as a screen. */
export interface ScreenShown extends Omit<ShownReport, 'tiles'> {
  readonly tiles: readonly TileShown[];
}

/** What a screen says that it really shows: what its tiles' pictures were read to be, never what they should be. */
export function shownReport({ tiles, ...screen }: ScreenShown): ShownReport {
  return {
    ...screen,
    tiles: tiles.map(tileReport).sort((a, b) => a.tileId.localeCompare(b.tileId, 'en', { numeric: true })),
  };
}

const nothing = { engine: 'none', stream: null, fps: null, frameAgeMs: null } as const;

function tileReport({ tileId, cameraId, engine, stream, heldBack, reading }: TileShown): ShownReport['tiles'][number] {
  if (cameraId === null) return { tileId, cameraId, state: 'empty', ...nothing, reason: null };
  if (engine === 'none') return { tileId, cameraId, state: 'offline', ...nothing, reason: heldBack ?? 'decode-budget' };
  return {
    tileId,
    cameraId,
    state: reading?.state ?? 'starting',
    engine,
    stream,
    fps: reading?.fps ?? null,
    frameAgeMs: reading?.frameAgeMs ?? null,
    reason: reading?.reason ?? heldBack,
  };
}
