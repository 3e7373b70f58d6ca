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

/** Which display shows a screen, and why it was chosen. `null`: no display fits, or the screen's own is away. */
export interface DisplayMatch {
  readonly screenId: string;
  readonly display: Display | null;
  /** `before`: it had this display already. */
  readonly by: 'label' | 'before' | 'bounds' | 'size' | null;
}

/** Larger ones and ones further away are a driver's mistake: X11 has 16 bits for each. */
const longestPx = 32_767;

/** The displays that can show anything: whose bounds are numbers, and have an area. */
export const usableDisplays = (displays: readonly Display[]): Display[] =>
  displays.filter(
    ({ bounds: { x, y, width, height } }) =>
      [x, y].every((at) => Math.abs(at) <= longestPx) && [width, height].every((length) => length > 0 && length <= longestPx),
  );

/** Whether a window on one display would hide what is on the other: they are mirrored, or the better half of one lies in the other. */
export function covers({ bounds: one }: Display, { bounds: other }: Display): boolean {
  const shared = (from: number, length: number, otherFrom: number, otherLength: number) =>
    Math.max(0, Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom));
  const area = shared(one.x, one.width, other.x, other.width) * shared(one.y, one.height, other.y, other.height);
  return area * 2 > Math.min(one.width * one.height, other.width * other.height);
}

/**
 * Finds a display for every screen. A display that carries a screen's name is that screen; next, one with exactly the screen's
 * bounds; last, displays of the screen's size in reading order, because bezels move wall pixels away from desktop pixels. A
 * screen is never put on a display of another size, and no two on displays that cover each other.
 *
 * `had` are the displays that the screens had when displays were last looked at, in the order of the screens, also those that have gone since. What is
 * still there is kept, whatever place or size it has now: when one goes, a system moves the others. A screen whose display has gone waits for it and
 * takes no other's. Only when all are there, as large as before and in other places, has somebody arranged them, and all are found anew.
 */
export function matchDisplays(
  screens: readonly ScreenPlace[],
  displays: readonly Display[],
  had: readonly (Display | null)[] = [],
): DisplayMatch[] {
  const found = new Map<number, DisplayMatch>();
  const usable = usableDisplays(displays);
  const free = new Set(inReadingOrder(usable, (display) => display.bounds));
  const order = inReadingOrder([...screens.keys()], (index) => screens[index]!.rect);
  const homes = findAgain(had, usable);
  const isAway = (index: number) => (had[index] ?? null) !== null && !homes.has(index);

  const assign = (by: NonNullable<DisplayMatch['by']>, fits: (index: number, display: Display) => boolean) => {
    for (const index of order) {
      if (found.has(index)) continue;
      const display = [...free].find((candidate) => fits(index, candidate));
      if (!display) continue;
      for (const other of free) if (other === display || covers(display, other)) free.delete(other);
      found.set(index, { screenId: screens[index]!.id, display, by });
    }
  };
  const assignBefore = () => assign('before', (index, display) => homes.get(index) === display);
  const labels = counted(usable, ({ label }) => fold(label));
  assign('label', (index, { label }) => {
    const named = fold(label);
    const { id, name } = screens[index]!;
    return labels.get(named) === 1 && (named === fold(name) || named === fold(id));
  });
  if (!isArrangedAnew(had, homes)) assignBefore();
  assign('bounds', (index, { bounds }) => {
    const { rect } = screens[index]!;
    return !isAway(index) && bounds.x === rect.x && bounds.y === rect.y && sameSize(rect, bounds, 1);
  });
  assign('size', (index, display) => {
    const { rect } = screens[index]!;
    return !isAway(index) && (sameSize(rect, display.bounds, 1) || sameSize(rect, display.bounds, display.scaleFactor));
  });
  assignBefore();

  return screens.map(({ id }, index) => found.get(index) ?? { screenId: id, display: null, by: null });
}

/** Which of the displays is the one that a screen had: by its label where it alone has it, by its id, by its place. */
function findAgain(had: readonly (Display | null)[], displays: readonly Display[]): Map<number, Display> {
  const homes = new Map<number, Display>();
  const free = new Set(displays);
  const known = had.flatMap((display) => (display === null ? [] : [display]));
  const claim = (key: (display: Display) => string) => {
    const now = counted(displays, key);
    const then = counted(known, key);
    for (const [index, was] of had.entries()) {
      if (was === null || homes.has(index) || key(was) === '' || then.get(key(was)) !== 1 || now.get(key(was)) !== 1) continue;
      const display = [...free].find((candidate) => key(candidate) === key(was));
      if (!display) continue;
      free.delete(display);
      homes.set(index, display);
    }
  };
  claim(({ label }) => fold(label));
  claim(({ id, label }) => `${id} ${fold(label)}`);
  claim(({ bounds: { x, y, width, height } }) => [x, y, width, height].join(' '));
  return homes;
}

/** All displays that the screens had are there, each as large as it was, and some elsewhere: somebody did that. */
function isArrangedAnew(had: readonly (Display | null)[], homes: ReadonlyMap<number, Display>): boolean {
  const pairs = had.flatMap((was, index) => (was === null ? [] : [{ was: was.bounds, now: homes.get(index)?.bounds }]));
  return (
    pairs.every(({ was, now }) => now !== undefined && sameSize(was, now, 1)) &&
    pairs.some(({ was, now }) => was.x !== now!.x || was.y !== now!.y)
  );
}

const fold = (text: string) => text.trim().toLowerCase();

function counted<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

const sameSize = (wanted: Rect, bounds: Rect, scale: number) =>
  wanted.width === Math.round(bounds.width * scale) && wanted.height === Math.round(bounds.height * scale);

/** Rows from top to bottom, each from left to right; what begins in the upper half of a row's first item belongs to that row. */
export function inReadingOrder<T>(items: readonly T[], rectOf: (item: T) => Rect): T[] {
  const rows: T[][] = [];
  for (const item of [...items].sort((a, b) => rectOf(a).y - rectOf(b).y)) {
    const head = rows.at(-1)?.[0];
    if (head !== undefined && rectOf(item).y < rectOf(head).y + rectOf(head).height / 2) rows.at(-1)!.push(item);
    else rows.push([item]);
  }
  return rows.flatMap((row) => row.sort((a, b) => rectOf(a).x - rectOf(b).x));
}
