import { z } from 'zod';
import { humanText } from '../main/contract/entity.ts';
import { screenId } from '../main/contract/ids.ts';
import { rect, type Rect } from './contract.ts';
import { inReadingOrder } from './displays.ts';

/** The most screens of one wall. */
export const maxPlannedScreens = 64;

/** A wall that does not exist yet: what a first start is told. Lengths in wall pixels, the pitch in millimetres, the seat in metres. */
export const plannedWall = z
  .object({
    name: humanText(64),
    pixelPitchMm: z.number().min(0.05).max(20),
    farthestSeatM: z.number().min(0.3).max(200),
    screens: z
      .array(z.object({ id: screenId, name: humanText(64), rect }).strict())
      .min(1)
      .max(maxPlannedScreens),
  })
  .strict();
export type PlannedWall = z.output<typeof plannedWall>;
export type PlannedScreen = PlannedWall['screens'][number];

/** One display as a browser tells it (Window Management, ScreenDetailed); lengths in the desktop's own scaled pixels. */
export interface ToldDisplay {
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly devicePixelRatio: number;
}

/** Why a wall cannot be planned so. `screens`: the ids that it is about. */
export interface PlanFault {
  readonly code: 'no-screens' | 'too-many-screens' | 'size' | 'overlap' | 'id-twice' | 'name-missing';
  readonly screens: readonly string[];
}

const longestPx = 16_384;
const leastPx = 160;

/** Screens of one size in rows and columns, numbered from the top left. `names` are kept where there are any. Bounded; nonsense gives no screens. */
export function gridOfScreens(
  grid: { readonly rows: number; readonly cols: number; readonly width: number; readonly height: number },
  nameOf: (number: number) => string,
): PlannedScreen[] {
  const { rows, cols, width, height } = grid;
  if (![rows, cols].every((count) => Number.isInteger(count) && count >= 1) || rows * cols > maxPlannedScreens) return [];
  if (![width, height].every(isLength)) return [];
  return Array.from({ length: rows * cols }, (_, index) =>
    screen(index + 1, nameOf(index + 1), { x: (index % cols) * width, y: Math.floor(index / cols) * height, width, height }),
  );
}

/**
 * The screens of a wall that are the displays of a computer: in reading order, in the place and size that its desktop gives them, with the top left one at the
 * origin. What is no display (no size, no number) is left out, and so is one that mirrors another.
 */
export function screensOfDisplays(displays: readonly ToldDisplay[], nameOf: (number: number) => string): PlannedScreen[] {
  const told = displays.flatMap(({ left, top, width, height }) =>
    [left, top].every((at) => Number.isFinite(at) && Math.abs(at) <= 65_536) && [Math.round(width), Math.round(height)].every(isLength)
      ? [{ x: Math.round(left), y: Math.round(top), width: Math.round(width), height: Math.round(height) }]
      : [],
  );
  const apart: Rect[] = [];
  for (const one of inReadingOrder(told, (bounds) => bounds))
    if (apart.length < maxPlannedScreens && !apart.some((other) => overlaps(one, other))) apart.push(one);
  const left = Math.min(...apart.map(({ x }) => x));
  const top = Math.min(...apart.map(({ y }) => y));
  return apart.map((bounds, index) => screen(index + 1, nameOf(index + 1), { ...bounds, x: bounds.x - left, y: bounds.y - top }));
}

/** What is wrong with these screens; null: they can be a wall. */
export function planFault(screens: readonly PlannedScreen[]): PlanFault | null {
  if (screens.length === 0) return { code: 'no-screens', screens: [] };
  if (screens.length > maxPlannedScreens) return { code: 'too-many-screens', screens: [] };
  const unnamed = screens.filter(({ name }) => !humanText(64).safeParse(name).success);
  if (unnamed.length > 0) return { code: 'name-missing', screens: unnamed.map(({ id }) => id) };
  const wrong = screens.filter(({ rect: { width, height } }) => ![width, height].every(isLength));
  if (wrong.length > 0) return { code: 'size', screens: wrong.map(({ id }) => id) };
  for (const [index, one] of screens.entries())
    for (const other of screens.slice(index + 1)) {
      if (one.id === other.id) return { code: 'id-twice', screens: [one.id] };
      if (overlaps(one.rect, other.rect)) return { code: 'overlap', screens: [one.id, other.id] };
    }
  return null;
}

const isLength = (px: number) => Number.isInteger(px) && px >= leastPx && px <= longestPx;

const overlaps = (one: Rect, other: Rect) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

const screen = (number: number, name: string, bounds: Rect): PlannedScreen => ({
  id: String(number) as PlannedScreen['id'],
  name,
  rect: bounds,
});
