import type { Rect } from './contract.ts';

/** A display of this computer, as its operating system describes it. Bounds in the system's own (scaled) pixels. */
export interface Display {
  readonly id: string;
  readonly label: string;
  readonly bounds: Rect;
  readonly scaleFactor: number;
}

export interface ScreenPlace {
  readonly id: string;
  readonly name: string;
  /** In wall pixels, bezels included. */
  readonly rect: Rect;
}

/** Which display shows a screen, and why it was chosen. `null`: no display fits, the screen gets an ordinary window. */
export interface DisplayMatch {
  readonly screenId: string;
  readonly display: Display | null;
  readonly by: 'label' | 'bounds' | 'size' | null;
}

/**
 * Finds a display for every screen. A display that carries a screen's name is that screen; next, one with exactly the screen's
 * bounds; last, displays of the screen's size in reading order, because bezels move wall pixels away from desktop pixels. A
 * screen is never put on a display of another size. Ids of displays change with every restart and take no part.
 */
export function matchDisplays(screens: readonly ScreenPlace[], displays: readonly Display[]): DisplayMatch[] {
  const found = new Map<string, DisplayMatch>();
  const free = new Set(inReadingOrder(displays, (display) => display.bounds));
  const open = inReadingOrder(screens, (screen) => screen.rect);

  const assign = (by: 'label' | 'bounds' | 'size', fits: (screen: ScreenPlace, display: Display) => boolean) => {
    for (const screen of open) {
      if (found.has(screen.id)) continue;
      const display = [...free].find((candidate) => fits(screen, candidate));
      if (!display) continue;
      free.delete(display);
      found.set(screen.id, { screenId: screen.id, display, by });
    }
  };
  const labels = countedLabels(displays);
  assign('label', (screen, display) => {
    const label = fold(display.label);
    return labels.get(label) === 1 && (label === fold(screen.name) || label === fold(screen.id));
  });
  assign('bounds', (screen, { bounds }) => bounds.x === screen.rect.x && bounds.y === screen.rect.y && sameSize(screen.rect, bounds, 1));
  assign(
    'size',
    (screen, display) => sameSize(screen.rect, display.bounds, 1) || sameSize(screen.rect, display.bounds, display.scaleFactor),
  );

  return screens.map((screen) => found.get(screen.id) ?? { screenId: screen.id, display: null, by: null });
}

const fold = (text: string) => text.trim().toLowerCase();

function countedLabels(displays: readonly Display[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of displays) counts.set(fold(label), (counts.get(fold(label)) ?? 0) + 1);
  return counts;
}

const sameSize = (wanted: Rect, bounds: Rect, scale: number) =>
  wanted.width === Math.round(bounds.width * scale) && wanted.height === Math.round(bounds.height * scale);

/** Rows from top to bottom, each from left to right; what begins in the upper half of a row's first item belongs to that row. */
function inReadingOrder<T>(items: readonly T[], rectOf: (item: T) => Rect): T[] {
  const rows: T[][] = [];
  for (const item of [...items].sort((a, b) => rectOf(a).y - rectOf(b).y)) {
    const head = rows.at(-1)?.[0];
    if (head !== undefined && rectOf(item).y < rectOf(head).y + rectOf(head).height / 2) rows.at(-1)!.push(item);
    else rows.push([item]);
  }
  return rows.flatMap((row) => row.sort((a, b) => rectOf(a).x - rectOf(b).x));
}
