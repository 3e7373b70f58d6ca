import type { LayoutDoc } from '../../../layouts/contract.ts';
import type { Preset } from '../../../layouts/control-contract.ts';
import type { WallView } from '../wall-view.ts';
import type { DigitsAnswer } from './camera-digits.ts';
import type { KeyedPlace, KeyIntent } from './key-line.ts';

/** A tile of the wall on the desk, by the numbers that people say. */
export interface TargetTile {
  readonly screenId: string;
  readonly screen: string;
  readonly tileId: string;
  readonly number: number;
}

/** Why a line that is well formed does nothing here. */
export type KeyRefusal =
  | 'camera-none'
  | 'camera-several'
  | 'screen-none'
  | 'tile-none'
  | 'tile-unchosen'
  | 'number-free'
  | 'tour-none'
  | 'not-a-tour';

/** What Enter would do now, with everything looked up. */
export type KeyTarget =
  | { readonly kind: 'put'; readonly cameraId: string; readonly tile: TargetTile }
  | { readonly kind: 'tile'; readonly tile: TargetTile }
  | { readonly kind: 'screen'; readonly screenId: string; readonly screen: string }
  | { readonly kind: 'preset'; readonly preset: Preset }
  | { readonly kind: 'layout'; readonly layout: LayoutDoc; readonly screenId: string; readonly screen: string }
  | { readonly kind: 'tour-pause'; readonly screenId: string; readonly screen: string; readonly paused: boolean }
  | { readonly kind: 'tour-step'; readonly screenId: string; readonly screen: string; readonly by: 1 | -1 }
  | { readonly kind: 'refused'; readonly why: KeyRefusal; readonly cameraIds?: readonly string[]; readonly total?: number };

/** What the desk knows when a line is keyed. */
export interface KeySurroundings {
  readonly wall: WallView | null;
  readonly screenId: string | null;
  readonly tileId: string | null;
  readonly layouts: readonly LayoutDoc[];
  readonly presets: readonly Preset[];
  cameraOf(digits: string): DigitsAnswer;
}

const refused = (why: KeyRefusal): KeyTarget => ({ kind: 'refused', why });

/** Looks up what a line means on the wall that is on the desk. */
export function keyTarget(intent: KeyIntent, desk: KeySurroundings): KeyTarget {
  switch (intent.kind) {
    case 'camera': {
      const camera = desk.cameraOf(intent.digits);
      if (camera.kind === 'none') return refused('camera-none');
      if (camera.kind === 'several') return { kind: 'refused', why: 'camera-several', cameraIds: camera.ids, total: camera.total };
      const tile = tileAt(intent.place ?? { screen: null, tile: null }, desk);
      return typeof tile === 'string' ? refused(tile) : { kind: 'put', cameraId: camera.id, tile };
    }
    case 'place': {
      if (intent.place.tile === null) {
        const screen = screenAt(intent.place.screen, desk);
        return screen ? { kind: 'screen', screenId: screen.screen.id, screen: screen.screen.name } : refused('screen-none');
      }
      const tile = tileAt(intent.place, desk);
      return typeof tile === 'string' ? refused(tile) : { kind: 'tile', tile };
    }
    case 'recall': {
      const preset = desk.presets.find(({ number }) => number === intent.number);
      if (preset) return { kind: 'preset', preset };
      const layout = desk.layouts.find(({ number }) => number === intent.number);
      return layout ? onScreen(layout, desk) : refused('number-free');
    }
    case 'tour': {
      const layout = desk.layouts.find(({ number }) => number === intent.number);
      if (!layout) return refused('number-free');
      return layout.scene.kind === 'tour' ? onScreen(layout, desk) : refused('not-a-tour');
    }
    case 'tour-pause':
    case 'tour-step': {
      const shown = screenAt(null, desk)?.screen;
      if (shown?.scene.kind !== 'tour') return refused(shown ? 'tour-none' : 'screen-none');
      const place = { screenId: shown.id, screen: shown.name };
      return intent.kind === 'tour-pause'
        ? { kind: 'tour-pause', ...place, paused: shown.scene.pausedAt !== undefined }
        : { kind: 'tour-step', ...place, by: intent.by };
    }
  }
}

/** Null is the chosen screen, or the first where none is chosen. */
function screenAt(number: number | null, { wall, screenId }: KeySurroundings) {
  if (number !== null) return wall?.screens[number - 1];
  return wall?.screens.find(({ screen }) => screen.id === screenId) ?? wall?.screens[0];
}

function tileAt(place: KeyedPlace, desk: KeySurroundings): TargetTile | KeyRefusal {
  const screen = screenAt(place.screen, desk);
  if (!screen) return 'screen-none';
  const tiles = screen.tiles.filter((tile) => !tile.spanning);
  const chosen = tiles.findIndex(({ tileId }) => tileId === desk.tileId);
  // A screen without a tile means its first one, unless it is the screen on which one is chosen.
  const isChosenScreen = screen.screen.id === desk.screenId;
  const at = place.tile !== null ? place.tile - 1 : isChosenScreen && chosen >= 0 ? chosen : place.screen !== null ? 0 : -1;
  if (at < 0) return 'tile-unchosen';
  const tile = tiles[at];
  return tile ? { screenId: screen.screen.id, screen: screen.screen.name, tileId: tile.tileId, number: at + 1 } : 'tile-none';
}

function onScreen(layout: LayoutDoc, desk: KeySurroundings): KeyTarget {
  const screen = screenAt(null, desk)?.screen;
  return screen ? { kind: 'layout', layout, screenId: screen.id, screen: screen.name } : refused('screen-none');
}
