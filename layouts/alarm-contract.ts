import { z } from 'zod';
import { placeClaim, severity } from '../alerts/contract.ts';
import { defineCollection } from '../main/contract/define-collection.ts';
import { defineCommand } from '../main/contract/define-command.ts';
import { entityMarks, epochMs } from '../main/contract/entity.ts';
import { alertId, cameraId, screenId, wallId } from '../main/contract/ids.ts';
import { place } from '../main/contract/place.ts';
import { alarmCameras, alarmRoom, rect } from './contract.ts';

/**
 * An alert that lies over a part of a screen, with its nearest cameras: above the scene and the tiles across screens, and no part of either. What lies
 * below goes on, and is to be seen again when it goes.
 */
export const wallAlarmEntity = z.object({
  /** `<wall>.<alert>`: an alert lies on a wall once. */
  id: z.string().max(140),
  wallId,
  screenId,
  alertId,
  severity,
  title: z.object({ zh: z.string().max(200), en: z.string().max(200) }),
  place,
  /** Since when the alert holds, by its source. */
  since: epochMs,
  /** The nearest first. */
  cameras: z.array(cameraId).min(1).max(alarmCameras),
  /** Which part of its screen it covers, counted in rows from the top left. */
  cell: z.number().int().nonnegative(),
  /** The same in wall pixels. */
  rect,
  shownAt: epochMs,
  /** It is acknowledged, or holds no longer, and goes at `until`. */
  over: z.object({ why: z.enum(['acknowledged', 'cleared']), by: z.string().nullable(), until: epochMs }).nullable(),
  /** Somebody took it off the wall before that; it does not come back while the alert lasts. */
  givenBack: z.object({ by: z.string(), at: epochMs }).nullable(),
  /** Of the first of a screen: so many more would lie there if there were room. 0 of all others. */
  more: z.number().int().nonnegative(),
  ...entityMarks,
});
export type WallAlarm = z.output<typeof wallAlarmEntity>;

export const wallAlarmsCollection = defineCollection({
  name: 'wall-alarms',
  summary: 'Alerts that lie over the screens of walls now, where, and with which cameras.',
  entity: wallAlarmEntity,
  keyOf: (alarm) => alarm.id,
  permission: 'alert.view',
  /** Whoever may see neither where it is nor one of its cameras does not see it. */
  scopeOf: ({ place: where, cameras }, lookup) => [placeClaim(where), ...cameras.map((id) => lookup.camera(id) ?? ('none' as const))],
  scopeFollows: 'cameras',
  volatile: [],
  keep: 'memory',
});

export const wallAlarmsSet = defineCommand({
  name: 'wall.alarms',
  summary: 'Which alerts may lie over a screen, how large, and whether its page sounds for them; null: none.',
  args: z.object({ wallId, screenId, alarms: alarmRoom.nullable(), baseRevision: z.number().int().nonnegative().optional() }).strict(),
  result: z.object({ revision: z.number().int() }),
  permission: 'wall.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const wallAlarmReturn = defineCommand({
  name: 'wall.alarm-return',
  summary: 'Take an alert off a wall and give back what lies below; the alert itself stays as it is.',
  args: z.object({ wallId, alertId }).strict(),
  result: z.object({ screenId }),
  permission: 'wall.control',
  scopeOf: ({ alertId: id }, lookup) => [lookup.alert(id) ?? ('none' as const)],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 2000,
});

export const alarmCommands = [wallAlarmsSet, wallAlarmReturn] as const;
export const alarmCollections = [wallAlarmsCollection] as const;
