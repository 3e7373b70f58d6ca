import { covers, matchDisplays, usableDisplays, type Display, type ScreenPlace } from '../../layouts/displays.ts';
import type { Rect } from '../../layouts/contract.ts';

/** How a screen's window is shown: filling a display, or as an ordinary window at a desk. */
export type Placement = { readonly kind: 'kiosk'; readonly display: Display } | { readonly kind: 'window'; readonly bounds: Rect };

export interface WindowPlan {
  readonly screens: readonly { readonly screen: ScreenPlace; readonly placement: Placement }[];
  /** A display is left for the operator's console. */
  readonly roomForConsole: boolean;
}

const cascadePx = 48;

/**
 * Where every window goes. A screen that finds its display fills it; the others become windows. A single display in front of
 * somebody is a desk and not a wall, so a wall of several screens does not take it over, unless that display carries a screen's name, or is what is left
 * of a wall that stood. `had`: see `matchDisplays`.
 */
export function planWindows(
  screens: readonly ScreenPlace[],
  displays: readonly Display[],
  had: readonly (Display | null)[] = [],
): WindowPlan {
  const usable = usableDisplays(displays);
  const isDesk = usable.length <= 1 && screens.length > 1 && had.every((display) => display === null);
  const matches = matchDisplays(screens, usable, had).map((match) =>
    isDesk && match.by !== 'label' ? { ...match, display: null } : match,
  );
  const taken = matches.flatMap(({ display }) => (display ? [display] : []));
  const free = usable.filter((display) => !taken.some((other) => covers(display, other)));
  const desk = free[0] ?? usable[0];
  return {
    screens: screens.map((screen, index) => {
      const display = matches[index]?.display ?? null;
      return { screen, placement: display ? { kind: 'kiosk', display } : { kind: 'window', bounds: deskBounds(screen, desk, index) } };
    }),
    roomForConsole: free.length > 0 || usable.length === 0,
  };
}

/** Half a display wide in the screen's own shape, each window a little further down. */
function deskBounds(screen: ScreenPlace, desk: Display | undefined, index: number): Rect {
  const area = desk?.bounds ?? { x: 0, y: 0, width: 1280, height: 720 };
  const width = Math.round(area.width / 2);
  const height = Math.min(Math.round((width * screen.rect.height) / screen.rect.width), Math.round(area.height * 0.8));
  return { x: area.x + cascadePx * (index + 1), y: area.y + cascadePx * (index + 1), width, height };
}

export const isSamePlacement = (a: Placement, b: Placement): boolean =>
  a.kind === 'kiosk'
    ? b.kind === 'kiosk' && a.display.id === b.display.id && isSameRect(a.display.bounds, b.display.bounds)
    : b.kind === 'window';

export const isSameRect = (a: Rect, b: Rect): boolean => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** After so many ends of the GPU process within the time, it is the driver: go on without it rather than not at all. */
const gpuEndsAtMost = 3;
const gpuEndsWithinMs = 30_000;

export function isGpuHopeless(endedAt: readonly number[], now: number): boolean {
  return endedAt.filter((at) => now - at <= gpuEndsWithinMs).length >= gpuEndsAtMost;
}
