import type { PanelRef, Rect, Wall } from '../../layouts/contract.ts';
import { fontPx, leastArcMin } from '../../layouts/legibility.ts';
import type { SolvedTile } from '../../layouts/solve.ts';
import type { Profile } from '../../streams/contract.ts';
import type { PanelTile } from '../panels/panel.ts';

/** A tile as the page draws it. */
export interface PlacedTile extends PanelTile {
  /** The same for as long as the same thing is shown, wherever it moves: its player lives on. */
  readonly key: string;
  /** In CSS pixels from the stage's top left. */
  readonly left: number;
  readonly top: number;
  readonly panel: PanelRef | null;
  readonly spanning: boolean;
  /** Which picture of the camera is asked for; null for what is no video. */
  readonly profile: Profile | null;
  /** False for video beyond what this screen can decode. */
  readonly decoded: boolean;
}

/** Where a screen lies in the window: as large as it fits, in the middle. CSS pixels. */
export interface Stage {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** CSS pixels per wall pixel. */
  readonly scale: number;
}

/** Fits a screen of the wall into a window of any size. */
export function fitStage(screen: Pick<Rect, 'width' | 'height'>, window: { readonly width: number; readonly height: number }): Stage {
  const scale = Math.min(window.width / screen.width, window.height / screen.height);
  const width = Math.round(screen.width * scale);
  const height = Math.round(screen.height * scale);
  return { left: Math.floor((window.width - width) / 2), top: Math.floor((window.height - height) / 2), width, height, scale };
}

/** As many hls.js players as one page carries; a denser wall needs the mosaic engine. */
export const decodedAtMost = 9;
/** From this width in wall pixels a tile gets the camera's large picture. */
const mainFromWidth = 1280;

/**
 * Places a screen's tiles on its stage, below a bar of `barPx`. The scene's tiles share what is left; spanning tiles keep their exact
 * place, so that they meet their other half on the next screen. The largest videos are decoded first. The order is that of the
 * keys, whatever is shown where: elements that stay are never moved within the document.
 */
export function placeTiles(
  solved: readonly SolvedTile[],
  screen: Pick<Rect, 'width' | 'height'>,
  stage: Stage,
  barPx: number,
  seating: Pick<Wall, 'pixelPitchMm' | 'farthestSeatM'>,
): PlacedTile[] {
  const signPx = fontPx(leastArcMin.latin, seating) * 0.7 * stage.scale;
  const hanPx = fontPx(leastArcMin.han, seating) * stage.scale;
  const squeeze = (stage.height - barPx) / (screen.height * stage.scale);
  const seen = new Map<string, number>();
  const largest = new Set(
    solved
      .filter((tile) => tile.panel?.panel === 'video')
      .map((tile, order) => ({ tile, order }))
      .sort((a, b) => area(b.tile.rect) - area(a.tile.rect) || a.order - b.order)
      .slice(0, decodedAtMost)
      .map(({ tile }) => tile),
  );

  return solved
    .map((tile): PlacedTile => {
      const { rect, panel, spanning, tileId } = tile;
      const x = (value: number) => Math.round(value * stage.scale);
      const y = (value: number) => (spanning ? Math.round(value * stage.scale) : Math.round(barPx + value * stage.scale * squeeze));
      const profile = panel?.panel === 'video' ? (panel.profile === 'auto' ? autoProfile(rect) : panel.profile) : null;
      const what =
        panel === null ? `empty:${tileId}` : panel.panel === 'video' ? `video:${panel.cameraId}:${profile}` : JSON.stringify(panel);
      const nth = seen.get(what) ?? 0;
      seen.set(what, nth + 1);
      return {
        key: `${what}#${nth}`,
        tileId,
        left: x(rect.x),
        top: y(rect.y),
        width: x(rect.x + rect.width) - x(rect.x),
        height: y(rect.y + rect.height) - y(rect.y),
        scale: stage.scale,
        signPx,
        hanPx,
        panel,
        spanning,
        profile,
        decoded: profile === null || largest.has(tile),
      };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

const area = (rect: Rect) => rect.width * rect.height;
const autoProfile = (rect: Rect): Profile => (rect.width >= mainFromWidth ? 'main' : 'sub');
