import type { Rect } from '../../layouts/contract.ts';
import type { PlannedScreen } from '../../layouts/planned-wall.ts';

/** The smallest rectangle around all screens, in wall pixels; nothing where there are none. */
export function wallBounds(screens: readonly PlannedScreen[]): Rect {
  if (screens.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...screens.map(({ rect }) => rect.x));
  const y = Math.min(...screens.map(({ rect }) => rect.y));
  const right = Math.max(...screens.map(({ rect }) => rect.x + rect.width));
  const bottom = Math.max(...screens.map(({ rect }) => rect.y + rect.height));
  return { x, y, width: right - x, height: bottom - y };
}
