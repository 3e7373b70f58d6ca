import type { Rect } from '../../layouts/contract.ts';

/** Where a window belongs. */
export interface WindowPlace {
  readonly rect: Rect;
  /** It is a display of this desktop. Otherwise it is what the wall says, and the display may be elsewhere and of another size. */
  readonly isExact: boolean;
}

/** Asks the browser, as `page-watch.ts` does. */
export type AskBrowser = (method: string, params: object) => Promise<Record<string, unknown>>;

interface Bounds {
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
  readonly windowState?: string;
}

/** Whether a window fills exactly this rectangle of the desktop. */
export const fills = ({ left, top, width, height }: Bounds, wanted: Rect): boolean =>
  left === wanted.x && top === wanted.y && width === wanted.width && height === wanted.height;

/**
 * Whether a window is on the display that a rectangle of the wall means. Bezels move wall pixels away from those of the desktop, and a display may be
 * smaller than its place: a window that fills such a display cannot come any nearer.
 */
export const isThere = (bounds: Bounds, wanted: Rect): boolean => {
  if (fills(bounds, wanted)) return true;
  const { left: x, top: y, width, height, windowState } = bounds;
  if (windowState !== 'fullscreen' || x === undefined || y === undefined || width === undefined || height === undefined) return false;
  const found = { x, y, width, height };
  return middleIn(found, wanted) || middleIn(wanted, found);
};

function middleIn(one: Rect, other: Rect): boolean {
  const [x, y] = [one.x + one.width / 2, one.y + one.height / 2];
  return x >= other.x && x < other.x + other.width && y >= other.y && y < other.y + other.height;
}

/**
 * Puts the window of this page where it belongs when it is not there: a display that is unplugged takes its windows elsewhere, and window managers
 * leave them there. Full screen takes the display that the window is on, so it is moved first. Without a place the window is put away: it would
 * cover another one's display. Answers whether it was in place.
 */
export async function keepInPlace(ask: AskBrowser, targetId: string, place: WindowPlace | null): Promise<boolean> {
  const { windowId, bounds } = (await ask('Browser.getWindowForTarget', { targetId })) as { windowId: number; bounds: Bounds };
  const set = (wanted: Bounds) => ask('Browser.setWindowBounds', { windowId, bounds: wanted });
  if (place === null) {
    if (bounds.windowState === 'minimized') return true;
    // A browser does not minimize what is full screen.
    await set({ windowState: 'normal' });
    await set({ windowState: 'minimized' });
    return false;
  }
  const { x: left, y: top, width, height } = place.rect;
  const isUp = bounds.windowState !== 'minimized';
  if (isUp && (place.isExact ? fills(bounds, place.rect) : isThere(bounds, place.rect))) return true;
  await set({ windowState: 'normal' });
  await set({ left, top, width, height });
  await set({ windowState: 'fullscreen' });
  return false;
}
