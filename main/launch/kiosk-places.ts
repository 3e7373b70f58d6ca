import { covers, matchDisplays, usableDisplays, type Display, type ScreenPlace } from '../../layouts/displays.ts';
import type { WindowPlace } from './window-place.ts';

/** Where the kiosk windows of a wall belong. */
export interface KioskPlaces {
  /** In the order of the screens. Null: no display for it just now; its window waits. */
  readonly places: readonly (WindowPlace | null)[];
  /** The display that each had last, to find them again. */
  readonly had: readonly (Display | null)[];
}

/**
 * Where every window goes, now that the displays are these; `before` is where they were, null at the start. With displays null the wall's own places are taken for
 * those of the desktop. A screen that no display fits by name, place or size takes one that is left: this computer is there for the wall. Where there is
 * none left, or its own has gone, it waits. While no display tells anything that can be, everything stays as it is.
 */
export function kioskPlaces(screens: readonly ScreenPlace[], displays: readonly Display[] | null, before: KioskPlaces | null): KioskPlaces {
  if (displays === null) return { places: screens.map(({ rect }) => ({ rect, isExact: false })), had: screens.map(() => null) };
  const usable = usableDisplays(displays);
  if (usable.length === 0) return before ?? { places: screens.map(() => null), had: screens.map(() => null) };
  const matches = matchDisplays(screens, usable, before?.had);
  const taken = matches.flatMap(({ display }) => (display ? [display] : []));
  const found = matches.map(({ display }, index) => {
    if (display !== null || (before?.had[index] ?? null) !== null) return display;
    const left = usable.filter((candidate) => !taken.some((other) => covers(candidate, other)));
    const next = left.toSorted((one, other) => one.bounds.y - other.bounds.y || one.bounds.x - other.bounds.x)[0] ?? null;
    if (next) taken.push(next);
    return next;
  });
  return {
    places: found.map((display, index) => {
      if (display === null) return null;
      const was = before?.places[index];
      // The same object for the same place: who moves a window by it does so once.
      return was && sameRect(was.rect, display.bounds) ? was : { rect: display.bounds, isExact: true };
    }),
    had: found.map((display, index) => display ?? before?.had[index] ?? null),
  };
}

const sameRect = (one: WindowPlace['rect'], other: WindowPlace['rect']): boolean =>
  one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;
