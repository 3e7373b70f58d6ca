import { screen } from 'electron';
import type { Rect } from '../../layouts/contract.ts';
import type { Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import type { Placement } from './window-plan.ts';

/** What placing needs of a window. */
export type PlaceableWindow = Pick<
  Electron.BrowserWindow,
  'isDestroyed' | 'setKiosk' | 'isKiosk' | 'isFullScreen' | 'setBounds' | 'getBounds' | 'show' | 'isVisible' | 'isMinimized' | 'restore'
>;

const placeTries = 5;
/** What a window manager may take to carry out a move. */
const settleMs = 250;
/**
 * How often it is looked whether a window is where it was put, before it is put there again. macOS goes to full screen and back in an animation of a second, and queues
 * whatever is asked meanwhile (electron#25470): a try that comes before its end would make the window go back and forth for ever.
 */
const looksOf = (platform: NodeJS.Platform) => (platform === 'darwin' ? 16 : 1);
/** With a scale other than 100 % the system rounds: a full screen window is said to be some pixels off (electron#51730). */
const scaledOffPx = 6;

/** Whether a window fills a display, as far as its scale lets us know. */
export function fillsDisplay(found: Rect, wanted: Rect, scaleFactor: number): boolean {
  const offPx = scaleFactor === 1 ? 0 : scaledOffPx;
  return (['x', 'y', 'width', 'height'] as const).every((side) => Math.abs(found[side] - wanted[side]) <= offPx);
}

/** Whether a window is where it belongs. One at a desk belongs where its person has put it. */
export function isInPlace(window: PlaceableWindow, placement: Placement, platform: NodeJS.Platform = process.platform): boolean {
  if (!window.isVisible() || window.isMinimized()) return false;
  if (placement.kind === 'window') return !window.isKiosk();
  const { id, bounds, scaleFactor } = placement.display;
  const found = window.getBounds();
  // There a window is a kiosk as soon as it is asked for, and may have been refused its full screen since.
  if (platform === 'darwin' && !window.isFullScreen()) return false;
  return window.isKiosk() && fillsDisplay(found, bounds, scaleFactor) && String(screen.getDisplayMatching(found).id) === id;
}

/**
 * Puts a window where it belongs and makes sure that it is there: full screen always takes the display that the window is on,
 * window managers move windows late, and some crop them when they are made (electron#30249, #21052). Answers whether it is; never rejects.
 */
export async function placeWindow(
  window: PlaceableWindow,
  placement: Placement,
  on: {
    readonly clock: Clock;
    readonly log: Log;
    readonly screenId: string;
    readonly over: AbortSignal;
    readonly platform?: NodeJS.Platform;
  },
): Promise<boolean> {
  const { clock, log, screenId, over, platform = process.platform } = on;
  const isOver = () => over.aborted || window.isDestroyed();
  const looks = looksOf(platform);
  const settlesTo = async (holds: () => boolean): Promise<boolean> => {
    for (let left = looks; left > 0; left -= 1) {
      await clock.sleep(settleMs, over).catch(() => {});
      if (isOver()) return false;
      if (holds()) return true;
    }
    return false;
  };
  try {
    if (placement.kind === 'window') {
      if (isOver()) return false;
      window.setKiosk(false);
      window.setBounds(placement.bounds);
      window.show();
      return true;
    }
    for (let left = placeTries; left > 0; left -= 1) {
      if (isOver()) return false;
      if (window.isMinimized()) window.restore();
      window.setKiosk(false);
      // Still on its way back it could not be moved.
      if (platform === 'darwin' && window.isFullScreen()) await settlesTo(() => !window.isFullScreen());
      if (isOver()) return false;
      window.setBounds(placement.display.bounds);
      window.show();
      window.setKiosk(true);
      if (await settlesTo(() => isInPlace(window, placement, platform))) return true;
      if (isOver()) return false;
    }
    log.warn({ screenId, wanted: placement.display.bounds, got: window.getBounds() }, 'a wall window does not fill its display');
  } catch (error) {
    // Bounds that no window can have.
    log.warn({ screenId, err: error, placement }, 'a wall window cannot be placed');
  }
  return false;
}
