import type { Wall } from '../../layouts/contract.ts';

const keyOf = (wallId: string) => `taodu.wall.${wallId}`;

/** The last wall that the hub told this page of, for a start without the hub; null when there is none or it cannot be read. */
export function cachedWall(wallId: string): Wall | null {
  try {
    const wall = JSON.parse(localStorage.getItem(keyOf(wallId)) ?? 'null') as Wall | null;
    return wall && wall.id === wallId && Array.isArray(wall.screens) && Array.isArray(wall.spanning) ? wall : null;
  } catch {
    return null;
  }
}

/** A display that is no screen any more has nothing to show at its next start. */
export function forgetWall(wallId: string): void {
  try {
    localStorage.removeItem(keyOf(wallId));
  } catch {
    // policy: then nothing was kept either
  }
}

/** Keeps what should be shown; what was shown is not worth keeping. A browser that refuses storage only loses the cache. */
export function cacheWall(wall: Wall): void {
  const { shown: _shown, ...rest } = wall as Wall & { shown?: unknown };
  try {
    localStorage.setItem(keyOf(wall.id), JSON.stringify({ ...rest, screens: rest.screens.map((screen) => ({ ...screen, shown: null })) }));
  } catch {
    // quota or policy
  }
}
