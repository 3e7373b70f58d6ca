import type { EpochMs } from '../main/contract/time.ts';
import type { WallAlarm } from './alarm-contract.ts';
import { alarmCameras, type AlarmRoom, type Rect, type Screen, type Wall } from './contract.ts';
import { solveScene } from './solve.ts';

/** What is to be known of an alert to give it a place on a wall. */
export interface AlarmingAlert extends Pick<WallAlarm, 'severity' | 'title' | 'place' | 'since' | 'cameras' | 'simulated' | 'drill'> {
  readonly id: WallAlarm['alertId'];
  readonly active: boolean;
  readonly acknowledged: { readonly by: string } | null;
  readonly shelved: object | null;
  readonly held: object | null;
}

/** What somebody holds of a screen: all of it, or these tiles of its scene. */
export interface HeldTiles {
  readonly screenId: string;
  readonly tiles: readonly string[] | null;
}

/** What the places of one wall are decided by. */
export interface AlarmQuestion {
  readonly wall: Wall;
  /** Every alert there is; those that do not qualify, too. */
  readonly alerts: ReadonlyMap<string, AlarmingAlert>;
  /** The places as they are. */
  readonly before: readonly WallAlarm[];
  readonly held: readonly HeldTiles[];
  readonly now: EpochMs;
  /** So long an alert stays on the wall after it was acknowledged or has cleared. */
  readonly lingerMs: number;
}

/** The most alerts whose place was given back that are remembered of a wall; the oldest goes. */
const givenBackAtMost = 200;

const ranks = { critical: 3, high: 2, medium: 1, low: 0 } as const;

/** Whether an alert asks for a place on a screen that takes those at least this bad. */
export const isAtLeast = (severity: AlarmRoom['atLeast'], atLeast: AlarmRoom['atLeast']): boolean => ranks[severity] >= ranks[atLeast];

/** Whether an alert asks for a place on walls at all: it holds, nobody has seen it, nothing keeps it back, and there is something to be seen. */
export function asksForPlace({ active, acknowledged, shelved, held, cameras }: AlarmingAlert): boolean {
  return active && acknowledged === null && shelved === null && held === null && cameras.length > 0;
}

/**
 * Which alerts lie over the screens of a wall, and where: the worst first, of equals those that came first. What lies there stays where it is for as
 * long as it may, so nothing moves because of its neighbours. What somebody holds is never covered. An alert that is acknowledged or cleared stays
 * for `lingerMs`, unless another one needs its place; one that is held back goes at once.
 */
export function alarmPlaces(question: AlarmQuestion): WallAlarm[] {
  const { wall, alerts, before, now, lingerMs } = question;
  const spots = strictestFirst(wall.screens.flatMap((screen) => spotsOf(screen, question)));
  const givenBack = stillGivenBack(before, alerts);
  const taken = new Set(givenBack.map(({ alertId }) => alertId));
  const old = new Map(before.filter((alarm) => alarm.givenBack === null).map((alarm) => [alarm.alertId, alarm]));

  const live = [...alerts.values()].filter((alert) => !taken.has(alert.id) && asksForPlace(alert)).toSorted(worstFirst);
  const over = [...old.values()].flatMap((alarm) => goingAlarm(alarm, alerts.get(alarm.alertId), now, lingerMs) ?? []);

  const winners = live.filter(takeOneOf(spots));
  const placed = new Map<Spot, WallAlarm>();
  const isFree = (spot: Spot) => !placed.has(spot);
  const lay = (alert: AlarmingAlert, spot: Spot) => placed.set(spot, laid(wall, alert, spot, old.get(alert.id), now));
  const own = (alarm: WallAlarm | undefined) =>
    alarm && spots.find(({ screenId, cell, rect }) => alarm.screenId === screenId && alarm.cell === cell && sameRect(alarm.rect, rect));

  const movers = winners.filter((alert) => {
    const spot = own(old.get(alert.id));
    const stays = spot !== undefined && isFree(spot) && isAtLeast(alert.severity, spot.atLeast);
    if (stays) lay(alert, spot);
    return !stays;
  });
  // Places of those that are going are the last to be taken.
  const going = new Set(over.map(own));
  for (const alert of movers) {
    const fits = spots.filter((spot) => isFree(spot) && isAtLeast(alert.severity, spot.atLeast));
    const spot = fits.find((one) => !going.has(one)) ?? fits[0];
    if (spot) lay(alert, spot);
  }
  for (const alarm of over) {
    const spot = own(alarm);
    if (spot && isFree(spot)) placed.set(spot, alarm);
  }
  const shown = new Set([...placed.values()].map(({ alertId }) => alertId));
  const waiting = live.filter(({ id }) => !shown.has(id));
  return [...saidHowManyMore(spots, placed, waiting), ...givenBack].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

interface Spot {
  readonly screenId: Screen['id'];
  readonly cell: number;
  readonly rect: Rect;
  readonly atLeast: AlarmRoom['atLeast'];
}

/** The parts of a screen that alerts may cover, from the bottom right: at most half of them, and none that somebody holds. */
function spotsOf(screen: Screen, { held }: AlarmQuestion): Spot[] {
  const room = screen.alarms ?? null;
  if (room === null) return [];
  const { cols, rows, atLeast } = room;
  const forbidden = held.filter(({ screenId }) => screenId === screen.id).flatMap((part) => heldRects(part, screen));
  const parts = cols * rows;
  return Array.from({ length: parts }, (_, index) => parts - 1 - index)
    .map((cell) => ({ screenId: screen.id, cell, atLeast, rect: partOf(screen.rect, cell, cols, rows) }))
    .filter(({ rect }) => rect.width > 0 && rect.height > 0 && !forbidden.some((one) => meet(one, rect)))
    .slice(0, Math.max(1, Math.floor(parts / 2)));
}

/** On a tour nobody can say where its tiles are next. */
function heldRects({ tiles }: HeldTiles, { scene, rect }: Screen): Rect[] {
  if (tiles === null || scene.kind === 'tour') return [rect];
  return solveScene(scene, rect, 0)
    .filter(({ tileId }) => tiles.includes(tileId))
    .map((tile) => ({ ...tile.rect, x: tile.rect.x + rect.x, y: tile.rect.y + rect.y }));
}

function partOf({ x, y, width, height }: Rect, cell: number, cols: number, rows: number): Rect {
  const [col, row] = [cell % cols, Math.floor(cell / cols)];
  const left = Math.floor((col * width) / cols);
  const top = Math.floor((row * height) / rows);
  return {
    x: x + left,
    y: y + top,
    width: Math.floor(((col + 1) * width) / cols) - left,
    height: Math.floor(((row + 1) * height) / rows) - top,
  };
}

/** So whoever may lie in several places takes the one that the fewest others may have. */
const strictestFirst = (spots: readonly Spot[]): Spot[] => spots.toSorted((a, b) => ranks[b.atLeast] - ranks[a.atLeast]);

/** Counts out the places: who gets one at all. */
function takeOneOf(spots: readonly Spot[]): (alert: AlarmingAlert) => boolean {
  const left = [...spots];
  return ({ severity }) => {
    const at = left.findIndex(({ atLeast }) => isAtLeast(severity, atLeast));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
}

const worstFirst = (a: AlarmingAlert, b: AlarmingAlert) =>
  ranks[b.severity] - ranks[a.severity] || a.since - b.since || (a.id < b.id ? -1 : 1);

function laid(wall: Wall, alert: AlarmingAlert, spot: Spot, before: WallAlarm | undefined, now: EpochMs): WallAlarm {
  const { id, severity, title, place, since, cameras, simulated, drill } = alert;
  const stays = before?.screenId === spot.screenId && before.cell === spot.cell;
  return {
    id: `${wall.id}.${id}`,
    wallId: wall.id,
    screenId: spot.screenId,
    alertId: id,
    severity,
    title,
    place,
    since,
    cameras: cameras.slice(0, alarmCameras),
    cell: spot.cell,
    rect: spot.rect,
    shownAt: stays ? before.shownAt : now,
    over: null,
    givenBack: null,
    more: 0,
    simulated,
    drill,
  };
}

/** A place whose alert is no longer what it was: for how much longer it stays; null when it goes now. */
function goingAlarm(alarm: WallAlarm, alert: AlarmingAlert | undefined, now: EpochMs, lingerMs: number): WallAlarm | null {
  if (alert && asksForPlace(alert)) return null;
  const isAnswered = alert !== undefined && alert.acknowledged !== null;
  // Kept back, or its cameras are gone.
  if (alert && alert.active && !isAnswered) return null;
  if (alert && (alert.shelved ?? alert.held) !== null) return null;
  const why = isAnswered ? 'acknowledged' : 'cleared';
  const over = alarm.over ?? { why, by: alert?.acknowledged?.by ?? null, until: now + lingerMs };
  return now < over.until ? { ...alarm, over, more: 0 } : null;
}

/** It is forgotten with the alert, or once somebody has seen it: the next time is another time. */
function stillGivenBack(before: readonly WallAlarm[], alerts: AlarmQuestion['alerts']): WallAlarm[] {
  return before
    .filter(({ givenBack, alertId }) => {
      const alert = givenBack === null ? undefined : alerts.get(alertId);
      return alert !== undefined && alert.active && alert.acknowledged === null;
    })
    .toSorted((a, b) => b.givenBack!.at - a.givenBack!.at)
    .slice(0, givenBackAtMost)
    .map((alarm) => (alarm.more === 0 ? alarm : { ...alarm, more: 0 }));
}

function saidHowManyMore(spots: readonly Spot[], placed: ReadonlyMap<Spot, WallAlarm>, waiting: readonly AlarmingAlert[]): WallAlarm[] {
  const said = new Set<string>();
  return spots.flatMap((spot) => {
    const alarm = placed.get(spot);
    if (!alarm) return [];
    if (said.has(spot.screenId)) return [alarm];
    said.add(spot.screenId);
    return [{ ...alarm, more: waiting.filter(({ severity }) => isAtLeast(severity, spot.atLeast)).length }];
  });
}

const sameRect = (a: Rect, b: Rect) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
const meet = (a: Rect, b: Rect) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
