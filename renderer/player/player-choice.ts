import type { PlannedStream } from '../../layouts/contract.ts';
import type { PlannedTile } from '../../layouts/decode-plan.ts';
import type { ErrorCode } from '../../main/contract/errors.ts';
import type { Profile } from '../../streams/contract.ts';
import type { PainterName } from './mosaic/mosaic-protocol.ts';
import type { PlayerEngine } from './player-engine.ts';

/** What the query of a wall's address asks for, to compare and to find faults with, or for a machine in trouble; nothing of it is needed to run a wall. */
export interface PlayerWishes {
  /** Null: whatever suits. */
  readonly engine: 'mosaic' | 'hls' | null;
  readonly painter: PainterName | 'auto';
  /** How hls.js fetches. */
  readonly transport: 'socket' | 'http';
  /** As many hls.js players as there are tiles. */
  readonly uncapped: boolean;
  /** Stills instead of moving pictures: what the shell opens a window with that was lost again and again. */
  readonly safe: boolean;
}

/** Reads `?engine=mosaic|hls`, `?painter=2d|wasm|webgl2`, `?transport=http`, `?cap=none` and `?safe=1`; what is not known is not wished. */
export function playerWishes(query: string): PlayerWishes {
  const asked = new URLSearchParams(query);
  const engine = asked.get('engine');
  const painter = asked.get('painter');
  return {
    engine: engine === 'mosaic' || engine === 'hls' ? engine : null,
    painter: painter === '2d' || painter === 'wasm' || painter === 'webgl2' ? painter : 'auto',
    transport: asked.get('transport') === 'http' ? 'http' : 'socket',
    uncapped: asked.get('cap') === 'none',
    safe: asked.get('safe') === '1',
  };
}

/** What is known about players on this page. */
export interface PlayerSituation {
  /** Why the mosaic cannot play in this browser, or on this page; null where it can. */
  readonly mosaicLacks: ErrorCode | null;
  readonly mseLacks: ErrorCode | null;
  /** Mosaics that ended by themselves, one soon after the other. */
  readonly mosaicsDied: number;
}

/** By which players a wall page shows its pictures. */
export interface PlayerChoice {
  /** For tiles. */
  readonly tiles: 'mosaic' | 'hls';
  /** For a tile that lies over others, and for the focus view: an element of its own. */
  readonly element: 'mse' | 'hls';
  /** How many tiles may have an element of their own: each has a decoder queue and a layer to be composited. */
  readonly elementsAtMost: number;
  /** Why it is not the mosaic; null when it is, or when something else was asked for. */
  readonly reason: ErrorCode | null;
}

/** As many players with an element of their own as one page carries well. */
export const decodedAtMost = 9;
/** A mosaic that ended this often is not made again: something here does not bear it. */
export const mosaicsAtMost = 2;

/** Decides which players a wall page uses. */
export function choosePlayers(wishes: PlayerWishes, { mosaicLacks, mseLacks, mosaicsDied }: PlayerSituation): PlayerChoice {
  const lacks = mosaicLacks ?? (mosaicsDied >= mosaicsAtMost ? 'decoder-failed' : null);
  const mosaic = wishes.engine !== 'hls' && lacks === null;
  return {
    tiles: mosaic ? 'mosaic' : 'hls',
    element: wishes.engine === 'hls' || wishes.transport === 'http' || mseLacks !== null ? 'hls' : 'mse',
    elementsAtMost: wishes.uncapped ? Number.POSITIVE_INFINITY : decodedAtMost,
    reason: wishes.engine === 'hls' ? null : lacks,
  };
}

/** A tile as the choice sees it. */
export interface TileToPlay {
  readonly tileId: string;
  readonly width: number;
  readonly height: number;
  /** It lies over other tiles, so it cannot be part of the one canvas below them all. */
  readonly over: boolean;
}

/** How one tile's camera is played. */
export interface TilePlay {
  readonly engine: PlayerEngine['name'] | 'none';
  readonly profile: Profile;
  readonly stream: PlannedStream;
  /** Why it is less than it could be; null when nothing is held back. */
  readonly reason: ErrorCode | null;
}

/**
 * Gives every tile its player: the decode plan says which stream; the largest tiles come first where elements are scarce. What is as it
 * was `before` is the same object as before.
 */
export function playTiles(
  tiles: readonly TileToPlay[],
  choice: PlayerChoice,
  plan: ReadonlyMap<string, PlannedTile>,
  before: ReadonlyMap<string, TilePlay> = new Map(),
): ReadonlyMap<string, TilePlay> {
  const wantElement = tiles
    .filter((tile) => choice.tiles === 'hls' || tile.over)
    .toSorted((a, b) => b.width * b.height - a.width * a.height)
    .slice(0, choice.elementsAtMost);
  const withElement = new Set(wantElement.map(({ tileId }) => tileId));
  return new Map(
    tiles.map(({ tileId, over }) => {
      const play = playOf(plan.get(tileId), withElement.has(tileId), over, choice);
      const was = before.get(tileId);
      const same =
        was && was.engine === play.engine && was.stream === play.stream && was.profile === play.profile && was.reason === play.reason;
      return [tileId, same ? was : play];
    }),
  );
}

function playOf(planned: PlannedTile | undefined, withElement: boolean, over: boolean, choice: PlayerChoice): TilePlay {
  const { stream, reason } = planned ?? { stream: 'sub', reason: null };
  const profile = stream === 'main' ? 'main' : 'sub';
  if (!withElement) {
    // On the canvas it would show the picture of what lies under it in turn with its own.
    return choice.tiles === 'mosaic' && !over
      ? { engine: 'mosaic', profile, stream, reason }
      : { engine: 'none', profile, stream: profile, reason: 'decode-budget' };
  }
  // An element plays all pictures of a stream or none.
  return { engine: choice.tiles === 'hls' ? 'hls' : choice.element, profile, stream: profile, reason: stream === profile ? reason : null };
}
