import type { ShownReport, Wall } from '../../../layouts/contract.ts';
import type { ShowingTile } from '../../../streams/index.ts';
import { errorStatus, type ErrorCode } from '../../contract/errors.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { LatestValues } from '../../contract/readings.ts';
import type { EpochMs } from '../../contract/time.ts';

/** A screen that has said nothing for longer shows nobody knows what. */
export const reportCountsMs = 10_000;

/** Tiles that show a camera now, as the screens of all walls last reported it themselves. */
export function showingTiles(
  { ledger, latest }: { readonly ledger: Pick<Ledger, 'all'>; readonly latest: Pick<LatestValues, 'get'> },
  cameraId: string,
  now: EpochMs,
): ShowingTile[] {
  const found: ShowingTile[] = [];
  for (const value of ledger.all('walls')) {
    const wall = value as Wall;
    const reports = (latest.get('walls', wall.id)?.['shown'] ?? {}) as Readonly<Record<string, ShownReport>>;
    for (const screen of wall.screens) {
      const report = reports[screen.id];
      if (!report || now - report.at > reportCountsMs) continue;
      for (const tile of report.tiles) {
        if (tile.cameraId !== cameraId) continue;
        const { tileId, state, engine, stream, fps, frameAgeMs } = tile;
        found.push({
          wall: wall.name,
          screen: screen.name,
          tileId,
          state,
          engine,
          stream,
          fps,
          frameAgeMs,
          reason: asErrorCode(tile.reason),
        });
      }
    }
  }
  return found;
}

/** What a page of another version calls it may have no name here. */
function asErrorCode(reason: string | null): ErrorCode | null {
  return reason !== null && Object.hasOwn(errorStatus, reason) ? (reason as ErrorCode) : null;
}
