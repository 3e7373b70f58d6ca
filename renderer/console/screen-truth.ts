import type { ShownReport, Screen, TileState } from '../../layouts/contract.ts';
import type { SolvedTile } from '../../layouts/solve.ts';
import type { EpochMs } from '../../main/contract/time.ts';

type ShownTile = ShownReport['tiles'][number];

/** A screen reports about once a second; this long without a report, nobody knows what it shows. */
export const overdueAfterMs = 5000;
/** How long a screen may take to show a new revision before it counts as not following. */
export const followWithinMs = 6000;

/** What is known of a screen as a whole. */
export type ScreenVerdict =
  /** No report has ever come (or none since the hub started). */
  | { readonly kind: 'silent' }
  | { readonly kind: 'overdue'; readonly ageMs: number }
  /** It still shows another revision; `late` when it had time enough. */
  | { readonly kind: 'behind'; readonly shownRevision: number; readonly late: boolean }
  /** The right revision, but so many tiles are not what they should be. */
  | { readonly kind: 'differs'; readonly tiles: number }
  /** Every tile is what it should be; so many of them have no good picture. */
  | { readonly kind: 'confirmed'; readonly abnormal: number };

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

/** Holds what a screen should show against what it says that it shows. */
export function screenTruth(
  screen: Pick<Screen, 'revision' | 'changedAt'>,
  wanted: readonly SolvedTile[],
  report: ShownReport | null,
  now: EpochMs,
): ScreenTruth {
  const nothing = new Map(wanted.map((tile) => [tile.tileId, { state: emptyOr(tile, 'unknown'), shown: null, differs: false }]));
  if (!report) return { verdict: { kind: 'silent' }, tiles: nothing };
  const ageMs = now - report.at;
  if (ageMs > overdueAfterMs) return { verdict: { kind: 'overdue', ageMs }, tiles: nothing };

  const behind = report.revision !== screen.revision;
  const late = screen.changedAt === null || now - screen.changedAt > followWithinMs;
  /** A screen that is just about to follow is not wrong: what it shows of the old scene is only not known yet. */
  const following = behind && !late;
  const reported = new Map(report.tiles.map((tile) => [tile.tileId, tile]));
  const tiles = new Map<string, TileTruth>();
  let different = 0;
  let abnormal = 0;
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
    if (isAbnormal(state)) abnormal += 1;
    tiles.set(tile.tileId, { state, shown, differs });
  }
  if (behind) return { verdict: { kind: 'behind', shownRevision: report.revision, late }, tiles };
  return { verdict: different > 0 ? { kind: 'differs', tiles: different } : { kind: 'confirmed', abnormal }, tiles };
}

const emptyOr = (tile: SolvedTile, state: 'unknown'): TileState | 'unknown' => (tile.panel?.panel === 'video' ? state : 'empty');
