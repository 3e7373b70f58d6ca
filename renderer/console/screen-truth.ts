import type { Screen, ShownReport, TileState, Wall } from '../../layouts/contract.ts';
import type { SolvedTile } from '../../layouts/solve.ts';
import type { EpochMs } from '../../main/contract/time.ts';

type ShownTile = ShownReport['tiles'][number];

/**
 * The hub says within three seconds that a screen is silent (`silentSince`). A report that is older than this is no news either, whenever it came: the
 * screen's line was slow, or its clock is wrong.
 */
export const overdueAfterMs = 5000;
/** How long a screen may take to show a new revision before it counts as not following. */
export const followWithinMs = 6000;

/** What is known of a screen as a whole. */
export type ScreenVerdict =
  /** No report has ever come (or none since the hub started). */
  | { readonly kind: 'silent' }
  /** It was heard, and is silent since. */
  | { readonly kind: 'overdue'; readonly since: EpochMs }
  /** It still shows another revision of its scene, or of the wall with its tiles across screens; `late` when it had time enough. */
  | { readonly kind: 'behind'; readonly what: 'scene' | 'wall'; readonly shownRevision: number; readonly late: boolean }
  /** The right revision, but so many tiles are not what they should be. */
  | { readonly kind: 'differs'; readonly tiles: number }
  /** Somebody at the screen looks at this tile alone: the others are there, and not seen. */
  | { readonly kind: 'focus'; readonly tileId: string }
  /** Every tile is what it should be; so many of them have no good picture, and so many move less than they could, as planned. */
  | { readonly kind: 'confirmed'; readonly abnormal: number; readonly thinned: number };

/** What is known of one tile: the state of its picture, or why the state is not known. */
export interface TileTruth {
  readonly state: TileState | 'unknown';
  /** What the screen reported for the tile's place, if the report is fresh. */
  readonly shown: ShownTile | null;
  /** The screen shows something else in this place. */
  readonly differs: boolean;
}

export interface ScreenTruth {
  readonly verdict: ScreenVerdict;
  /** By tile id. */
  readonly tiles: ReadonlyMap<string, TileTruth>;
}

/** Pictures that are not what a viewer may take for the present. */
export const isAbnormal = (state: TileState | 'unknown') =>
  state === 'delayed' || state === 'stalled' || state === 'suspect' || state === 'offline';

/** Only some of its pictures are wanted: that they are late is no fault. */
export const isThinned = (shown: ShownTile | null): boolean =>
  shown?.state === 'delayed' && (shown.stream === 'key-only' || shown.stream === 'still');

/** Holds what a screen should show against what it says that it shows. */
export function screenTruth(
  screen: Pick<Screen, 'revision' | 'changedAt'>,
  wall: Pick<Wall, 'revision' | 'changedAt'>,
  wanted: readonly SolvedTile[],
  report: ShownReport | null,
  now: EpochMs,
): ScreenTruth {
  const nothing = new Map(wanted.map((tile) => [tile.tileId, { state: emptyOr(tile, 'unknown'), shown: null, differs: false }]));
  if (!report) return { verdict: { kind: 'silent' }, tiles: nothing };
  if (report.silentSince !== undefined || now - report.at > overdueAfterMs)
    return { verdict: { kind: 'overdue', since: report.silentSince ?? report.at }, tiles: nothing };

  const isLate = (changedAt: EpochMs | null = null) => changedAt === null || now - changedAt > followWithinMs;
  const behind = [
    { what: 'scene' as const, shown: report.revision, is: screen.revision, late: isLate(screen.changedAt) },
    { what: 'wall' as const, shown: report.wallRevision, is: wall.revision, late: isLate(wall.changedAt) },
  ].filter(({ shown, is }) => shown !== is);
  const worst = behind.find(({ late }) => late) ?? behind[0];
  /** A screen that is just about to follow is not wrong: what it shows of the old scene is only not known yet. */
  const following = worst !== undefined && !worst.late;
  const reported = new Map(report.tiles.map((tile) => [tile.tileId, tile]));
  const tiles = new Map<string, TileTruth>();
  let different = 0;
  let abnormal = 0;
  let thinned = 0;
  for (const tile of wanted) {
    const shown = reported.get(tile.tileId) ?? null;
    const cameraId = tile.panel?.panel === 'video' ? tile.panel.cameraId : null;
    const differs = cameraId !== (shown?.cameraId ?? null);
    if (differs && following) {
      tiles.set(tile.tileId, { state: emptyOr(tile, 'unknown'), shown: null, differs: false });
      continue;
    }
    if (differs) different += 1;
    const state = differs ? 'unknown' : cameraId === null ? 'empty' : shown!.state;
    if (!differs && isThinned(shown)) thinned += 1;
    else if (isAbnormal(state)) abnormal += 1;
    tiles.set(tile.tileId, { state, shown, differs });
  }
  if (worst) return { verdict: { kind: 'behind', what: worst.what, shownRevision: worst.shown, late: worst.late }, tiles };
  if (different > 0) return { verdict: { kind: 'differs', tiles: different }, tiles };
  if (report.focus !== null) return { verdict: { kind: 'focus', tileId: report.focus }, tiles };
  return { verdict: { kind: 'confirmed', abnormal, thinned }, tiles };
}

const emptyOr = (tile: SolvedTile, state: 'unknown'): TileState | 'unknown' => (tile.panel?.panel === 'video' ? state : 'empty');
