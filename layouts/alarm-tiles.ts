import type { WallAlarm } from './alarm-contract.ts';
import type { Rect, Wall } from './contract.ts';
import { fontPx, leastArcMin } from './legibility.ts';
import type { SolvedTile } from './solve.ts';

/** An alert as one screen draws it: its frame with words, and below the words its cameras. In screen pixels. */
export interface AlarmFrame {
  readonly alarm: WallAlarm;
  readonly rect: Rect;
  /** Of the words, at the top of `rect`. */
  readonly captionPx: number;
  readonly tiles: readonly SolvedTile[];
}

/** The words take two lines that the farthest seat can read, and this part of the alert's place at most. */
const captionAtMost = 0.34;

/** Whether a tile's name is that of a tile of an alert. */
export const isAlarmTile = (tileId: string): boolean => tileId.startsWith('a-');

/** What of a wall's alerts lies on one screen, the worst last: it is painted last. Places that were given back are not among them. */
export function alarmFrames(wall: Wall, screenId: string, alarms: Iterable<WallAlarm>): AlarmFrame[] {
  const screen = wall.screens.find(({ id }) => id === screenId);
  if (!screen) return [];
  return [...alarms]
    .filter((alarm) => alarm.wallId === wall.id && alarm.screenId === screenId && alarm.givenBack === null)
    .toSorted((a, b) => a.cell - b.cell || (a.id < b.id ? -1 : 1))
    .map((alarm) => {
      const rect = { ...alarm.rect, x: alarm.rect.x - screen.rect.x, y: alarm.rect.y - screen.rect.y };
      const captionPx = Math.round(Math.min(rect.height * captionAtMost, fontPx(leastArcMin.han, wall) * 2.35));
      return { alarm, rect, captionPx, tiles: cameraTiles(alarm, { ...rect, y: rect.y + captionPx, height: rect.height - captionPx }) };
    });
}

/** One picture fills the room, two share it by its longer side, three and four are quarters. */
function cameraTiles({ alertId, cameras }: WallAlarm, room: Rect): SolvedTile[] {
  const wide = room.width >= room.height;
  const cols = cameras.length > 2 || (cameras.length === 2 && wide) ? 2 : 1;
  const rows = Math.ceil(cameras.length / cols);
  return cameras.map((cameraId, index) => {
    const [col, row] = [index % cols, Math.floor(index / cols)];
    const x = Math.floor((col * room.width) / cols);
    const y = Math.floor((row * room.height) / rows);
    return {
      tileId: `a-${alertId}-${index + 1}`,
      rect: {
        x: room.x + x,
        y: room.y + y,
        width: Math.floor(((col + 1) * room.width) / cols) - x,
        height: Math.floor(((row + 1) * room.height) / rows) - y,
      },
      panel: { panel: 'video', cameraId, profile: 'auto' },
      spanning: false,
    };
  });
}
