import type { EpochMs } from '../../main/contract/time.ts';
import { wgs84Of } from '../../main/contract/wgs84.ts';
import { covers, deaf, thingOfEvent, type Condition, type ConditionContext, type Say, type Thing } from './condition.ts';
import { DueTimes } from './due-times.ts';
import type { Position } from './great-circle.ts';
import { KeptStates } from './kept-states.ts';
import { PointGrid } from './point-grid.ts';
import type { RuleCondition } from './rule.ts';

interface Point extends Position {
  readonly at: EpochMs;
  readonly thing: Thing;
}

interface Cluster {
  /** The first event: what an alert of it is about. */
  readonly thing: Thing;
  readonly members: Set<string>;
}

/**
 * So many events of a class within so many metres and so much time, by the great circle. An event that lies near a member of a cluster belongs to it, which says so
 * again; a cluster is over when fewer than that many of its events are as young as that. Exercises, simulated events and real ones form no cluster together.
 */
export function cluster(when: Extract<RuleCondition, { kind: 'cluster' }>, { budget }: ConditionContext): Condition {
  const { count, radiusM, withinMs } = when;
  const points = new KeptStates<Point>(budget);
  const grids = new Map<string, PointGrid<Point>>();
  const clusters = new Map<string, Cluster>();
  const clusterOf = new Map<string, string>();
  /** When an event is too old to count. */
  const due = new DueTimes();

  const gridOf = ({ drill, simulated }: Thing): PointGrid<Point> => {
    const name = `${drill} ${simulated}`;
    let grid = grids.get(name);
    if (grid === undefined) grids.set(name, (grid = new PointGrid<Point>(radiusM)));
    return grid;
  };

  const findingOf = (kind: 'raise' | 'clear', { thing, members }: Cluster, at: EpochMs) => ({
    kind,
    thing,
    at,
    reading: { quantity: 'events', value: members.size, limit: count, unit: '' },
    severity: null,
  });

  const forget = (id: string, at: EpochMs, say: Say): void => {
    const point = points.get(id);
    if (point === undefined) return;
    points.delete(id);
    due.delete(id);
    gridOf(point.thing).delete(id);
    const key = clusterOf.get(id);
    clusterOf.delete(id);
    const found = key === undefined ? undefined : clusters.get(key);
    if (key === undefined || found === undefined) return;
    found.members.delete(id);
    if (found.members.size >= count) return;
    clusters.delete(key);
    for (const member of found.members) clusterOf.delete(member);
    say(findingOf('clear', found, at));
  };

  const join = (key: string, id: string): void => {
    clusters.get(key)!.members.add(id);
    clusterOf.set(id, key);
  };

  return {
    ...deaf,
    hears: [{ kind: 'class', class: when.class }],
    event(event, now, say) {
      const { id, at } = event;
      const position = covers(when.class, event.class) && event.status !== 'cancelled' ? wgs84Of(event.place) : null;
      if (position === null || now - at > withinMs) {
        forget(id, now, say);
        return;
      }
      const thing = thingOfEvent(event);
      const before = points.get(id);
      if (before?.lat === position.lat && before?.lon === position.lon && before?.at === at && before?.thing.drill === thing.drill) return;
      forget(id, now, say);
      const point: Point = { ...position, at, thing };
      if (!points.set(id, point)) return;
      due.set(id, at + withinMs + 1);
      const grid = gridOf(thing);
      grid.set(id, point);

      const near = grid
        .near(point)
        .filter(({ value }) => Math.abs(value.at - at) <= withinMs)
        .toSorted((one, other) => one.value.at - other.value.at || (one.key < other.key ? -1 : 1));
      const joined = near.map(({ key }) => clusterOf.get(key)).find((key) => key !== undefined);
      if (joined === undefined && near.length < count) return;
      const key = joined ?? near[0]!.key;
      if (joined === undefined) clusters.set(key, { thing: near[0]!.value.thing, members: new Set() });
      for (const one of near) if (!clusterOf.has(one.key)) join(key, one.key);
      say(findingOf('raise', clusters.get(key)!, at));
    },
    gone: forget,
    tick(now, say) {
      for (let id = due.next(now); id !== undefined; id = due.next(now)) forget(id, points.get(id)!.at + withinMs + 1, say);
    },
    adopt: (thing) => clusters.has(thing.subject.id),
  };
}
