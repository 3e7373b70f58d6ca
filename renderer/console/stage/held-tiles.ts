import type { Hold } from '../../../layouts/control-contract.ts';

/** Who holds a place. */
export interface HeldBy {
  readonly name: string;
  /** Whoever sits at this desk. */
  readonly mine: boolean;
}

/** What is held of one screen. */
export interface HeldPlaces {
  /** The whole of it; null when at most parts are held. */
  readonly screen: HeldBy | null;
  /** By tile id. */
  readonly tiles: ReadonlyMap<string, HeldBy>;
}

/** What somebody holds of a screen now. Of holds that are over, and not yet gone, nothing is said. */
export function heldPlaces(
  holds: readonly Pick<Hold, 'wallId' | 'screenId' | 'tiles' | 'userId' | 'name' | 'expiresAt'>[],
  place: { readonly wallId: string; readonly screenId: string },
  userId: string,
  now: number,
): HeldPlaces {
  let screen: HeldBy | null = null;
  const tiles = new Map<string, HeldBy>();
  for (const hold of holds) {
    if (hold.wallId !== place.wallId || hold.screenId !== place.screenId || hold.expiresAt <= now) continue;
    const by: HeldBy = { name: hold.name, mine: hold.userId === userId };
    if (hold.tiles === null) screen = by;
    else for (const tileId of hold.tiles) tiles.set(tileId, by);
  }
  return { screen, tiles };
}
