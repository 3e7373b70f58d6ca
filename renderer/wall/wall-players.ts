import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { Mosaic, MosaicOptions, MosaicTile } from '../player/mosaic/mosaic.ts';
import { choosePlayers, type PlayerChoice, type PlayerWishes } from '../player/player-choice.ts';
import type { PlayerEngine } from '../player/player-engine.ts';

/** The players that a wall page may use. */
export interface WallPlayers {
  readonly wishes: PlayerWishes;
  readonly mosaic: PlayerEngine<MosaicTile>;
  readonly mse: PlayerEngine<HTMLVideoElement>;
  readonly hls: PlayerEngine<HTMLVideoElement>;
  createMosaic(canvas: HTMLCanvasElement, options: MosaicOptions): Mosaic;
}

/** A mosaic and the canvas that it owns: a new one needs a new canvas. */
export interface MosaicOnCanvas {
  readonly mosaic: Mosaic;
  readonly canvas: HTMLCanvasElement;
}

/** One that lived for so long did not die of what this machine cannot bear: those before it count no more. */
const forgivenAfterMs = 600_000;

/**
 * Chooses the players of a page, and makes its mosaic: anew when it died, until it did so too often in a short time. Refs are shallow: nothing of a
 * player becomes reactive.
 */
export function useWallPlayers(
  players: WallPlayers,
  clock: Pick<MosaicOptions, 'hubNow' | 'clockKnown'>,
): { readonly choice: Readonly<ShallowRef<PlayerChoice>>; readonly current: Readonly<ShallowRef<MosaicOnCanvas | null>> } {
  let mosaicsDied = 0;
  let madeAt = 0;
  const choose = () =>
    choosePlayers(players.wishes, { mosaicLacks: players.mosaic.cannotPlay(), mseLacks: players.mse.cannotPlay(), mosaicsDied });
  const choice = shallowRef(choose());
  const make = (): MosaicOnCanvas | null => {
    if (choice.value.tiles !== 'mosaic') return null;
    madeAt = performance.now();
    const canvas = document.createElement('canvas');
    canvas.className = 'mosaic';
    return { canvas, mosaic: players.createMosaic(canvas, { ...clock, painter: players.wishes.painter, onDead }) };
  };
  const current = shallowRef(make());
  function onDead(detail: string): void {
    if (performance.now() - madeAt >= forgivenAfterMs) mosaicsDied = 0;
    mosaicsDied += 1;
    reportError(new Error(`mosaic ${mosaicsDied} of this page ended: ${detail}`));
    current.value?.mosaic.dispose();
    choice.value = choose();
    current.value = make();
  }
  onScopeDispose(() => {
    current.value?.mosaic.dispose();
    current.value = null;
  });
  return { choice, current };
}
