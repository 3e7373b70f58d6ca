import type { ShownReport } from '../../layouts/contract.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { PictureReading } from '../player/frame-watch.ts';
import type { PlacedTile } from './placed-tiles.ts';

/** What a screen says that it really shows: what its tiles' pictures were read to be, never what they should be. */
export function shownReport(
  revision: number,
  at: EpochMs,
  tiles: readonly PlacedTile[],
  readings: ReadonlyMap<string, PictureReading>,
): ShownReport {
  return {
    revision,
    at,
    tiles: [...tiles]
      .sort((a, b) => a.tileId.localeCompare(b.tileId, 'en', { numeric: true }))
      .map(({ tileId, panel, decoded }) => {
        if (panel?.panel !== 'video') {
          return { tileId, cameraId: null, state: 'empty', engine: 'none', fps: null, frameAgeMs: null, reason: null };
        }
        const { cameraId } = panel;
        if (!decoded) return { tileId, cameraId, state: 'offline', engine: 'none', fps: null, frameAgeMs: null, reason: 'decode-budget' };
        const reading = readings.get(tileId);
        return {
          tileId,
          cameraId,
          state: reading?.state ?? 'starting',
          engine: 'hls',
          fps: reading?.fps ?? null,
          frameAgeMs: reading?.frameAgeMs ?? null,
          reason: reading?.reason ?? null,
        };
      }),
  };
}
