import type { ShownReport } from '../../layouts/contract.ts';
import type { RefreshCounts } from './refresh/wall-refresh.ts';
import type { BeginCounts } from './use-preload.ts';
import type { MosaicFigures, TileFacts } from '../player/mosaic/mosaic-protocol.ts';

/** What shells, tests and the console of a browser may look at; nothing here can be changed from outside. */
export interface WallFacts {
  /** Players that live now. */
  readonly players: number;
  /** When the page last painted, by `performance.now()`, which no setting of the clock moves; null while it shows no wall. For the shell, which makes a page anew that has stopped. */
  readonly paintedAt: number | null;
  /** To relays: of the page's own players, and of the mosaic's worker. */
  readonly openSockets: number;
  /** What was last reported to the hub. */
  readonly report: ShownReport | null;
  /** What the mosaic's worker does; null while there is none, or before it first told. */
  readonly figures: MosaicFigures | null;
  /** What the mosaic last told of each tile's pictures; null for a tile with an element of its own. */
  readonly tiles: Readonly<Record<string, TileFacts | null>>;
  /** How the pictures on its canvas began; null while it shows no wall. */
  readonly begun: BeginCounts | null;
  /** A shell finds the page too large: it makes itself anew, unseen. False when it cannot now: nobody waits for it then. */
  readonly askRefresh: () => boolean;
  /** How this page was made anew, and tried to be. */
  readonly refresh: RefreshCounts;
}
