import { chosenTiles, type TileRef } from '../stage/choose-tiles.ts';
import { placedTiles, type WallView } from '../wall-view.ts';

/** Tiles of one screen that are to be held together. */
export interface HoldSubject {
  readonly screenId: string;
  readonly tileIds: readonly string[];
}

/** The tiles of a choice by screen, in the order of the wall's screens: a hold is of one screen. */
export function holdSubjects(view: WallView, from: TileRef | null, to: TileRef | null): HoldSubject[] {
  const chosen = chosenTiles(placedTiles(view), from, to);
  return view.screens.flatMap(({ screen }) => {
    const tileIds = chosen.filter(({ screenId }) => screenId === screen.id).map(({ tileId }) => tileId);
    return tileIds.length > 0 ? [{ screenId: screen.id, tileIds }] : [];
  });
}
