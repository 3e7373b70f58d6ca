import type { Rect } from '../../layouts/contract.ts';

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
 * leave them there. Full screen takes the display that the window is on, so it is moved first. Answers whether it was in place.
 */
export async function keepInPlace(ask: AskBrowser, targetId: string, wanted: Rect): Promise<boolean> {
  const { windowId, bounds } = (await ask('Browser.getWindowForTarget', { targetId })) as { windowId: number; bounds: Bounds };
  if (isThere(bounds, wanted)) return true;
  await ask('Browser.setWindowBounds', { windowId, bounds: { windowState: 'normal' } });
  const { x: left, y: top, width, height } = wanted;
  await ask('Browser.setWindowBounds', { windowId, bounds: { left, top, width, height } });
  await ask('Browser.setWindowBounds', { windowId, bounds: { windowState: 'fullscreen' } });
  return false;
}
