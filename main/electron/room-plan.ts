import { covers, usableDisplays, type Display, type ScreenPlace } from '../../layouts/displays.ts';
import { planWindows, type Placement } from './window-plan.ts';

/** A wall that this computer shows. */
export interface WallOfRoom {
  readonly wallId: string;
  readonly screens: readonly ScreenPlace[];
}

/** Where a screen's window stands, or why it has none. */
export type Stand =
  | Placement
  /** Its display is away, or there is none that is free. `display` is the one that it had: there it comes back, and nowhere else. */
  | { readonly kind: 'waiting'; readonly display: Display | null };

export interface RoomPlan {
  /** In the order of the walls and their screens. */
  readonly places: readonly Placement[];
  /** A display is left for the operator's console. */
  readonly roomForConsole: boolean;
}

/**
 * Every wall in turn, each with the displays that those before it have left: two walls both begin at 0,0. `before` is where every screen stood, in the same
 * order as `places`: what had a display keeps it.
 */
export function planRoom(walls: readonly WallOfRoom[], displays: readonly Display[], before: readonly Stand[] = []): RoomPlan {
  const had = before.map(displayOf);
  let free: readonly Display[] = usableDisplays(displays);
  const places: Placement[] = [];
  for (const { screens } of walls) {
    const ours = had.slice(places.length, places.length + screens.length);
    const planned = planWindows(screens, free, ours).screens.map(({ placement }) => placement);
    const taken = planned.flatMap((placement) => (placement.kind === 'kiosk' ? [placement.display] : []));
    free = free.filter((display) => !taken.some((other) => covers(display, other)));
    places.push(...planned);
  }
  return { places, roomForConsole: free.length > 0 || usableDisplays(displays).length === 0 };
}

/**
 * What becomes of the windows now that the displays are as planned; `before` is where each stood. A window whose display went away is closed and waits
 * for it: a screen that nobody can see is not to report pictures as shown, and on another display it would cover that one's. Where there is no free
 * display a screen without one waits, too. While the computer tells of no display at all, everything stays as it is.
 */
export function standAgain(before: readonly Stand[], { places, roomForConsole }: RoomPlan, displays: readonly Display[]): Stand[] {
  if (usableDisplays(displays).length === 0) return [...before];
  return places.map((planned, index) => {
    if (planned.kind === 'kiosk') return planned;
    const was = before[index]!;
    const display = displayOf(was);
    if (display !== null || !roomForConsole) return { kind: 'waiting', display };
    // Where a person has put it.
    return was.kind === 'window' ? was : planned;
  });
}

const displayOf = (stand: Stand): Display | null => (stand.kind === 'window' ? null : stand.display);
