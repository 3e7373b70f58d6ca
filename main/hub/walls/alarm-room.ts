import type { Alert } from '../../../alerts/contract.ts';
import type { WallAlarm } from '../../../layouts/alarm-contract.ts';
import { alarmPlaces, asksForPlace, type AlarmingAlert } from '../../../layouts/alarm-places.ts';
import type { Wall } from '../../../layouts/contract.ts';
import type { Hold } from '../../../layouts/control-contract.ts';
import type { Handlers } from '../../contract/catalog.ts';
import { problem } from '../../contract/errors.ts';
import type { Change, Ledger } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import { err, ok } from '../../contract/result.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import type { MetricSource } from '../gateway/metrics.ts';
import { changedBy, revisionConflict } from './revision-conflict.ts';
import { putWall } from './wall-showing.ts';
import { screenIn } from './wall-service.ts';

/** What changes together is looked at once. */
const gatherMs = 200;
/** What the disk refused is tried again after so long. */
const againMs = 5000;

export type AlarmCommand = 'wall.alarms' | 'wall.alarm-return';

/** The places that alerts take on walls. */
export interface AlarmRoom {
  readonly handlers: Handlers<AlarmCommand>;
  /** Whether an alert that lies over this screen shows this camera: then its page may play it. */
  shows(wallId: string, screenId: string, cameraId: string): boolean;
  readonly metrics: readonly MetricSource[];
  /** Takes up what a hub before left, and follows alerts, walls and holds from now on. */
  start(): void;
  stop(): void;
}

/**
 * Keeps `wall-alarms` as `alarmPlaces` decides, whenever an alert, a wall or a hold has changed and when a place is due to be given back. It touches
 * neither a scene nor a revision.
 */
export function createAlarmRoom(deps: {
  readonly ledger: Pick<Ledger, 'get' | 'all' | 'commit' | 'onCommit'>;
  readonly clock: Clock;
  readonly log: Log;
  /** So long an alert stays on its wall after it was acknowledged or has cleared. */
  readonly lingerMs: number;
}): AlarmRoom {
  const { ledger, clock, log, lingerMs } = deps;
  const ending = new AbortController();
  let stopFollowing = () => {};
  let isRefused = false;
  /** Cameras of the alerts on each screen, by `<wall>/<screen>`. */
  let cameras: ReadonlyMap<string, ReadonlySet<string>> = new Map();

  const all = () => [...ledger.all('wall-alarms')] as WallAlarm[];
  const wallOf = (id: string) => ledger.get('walls', id) as Wall | undefined;
  const isThere = (id: string) => ledger.get('cameras', id) !== undefined;

  const noteCameras = () => {
    const found = new Map<string, Set<string>>();
    for (const { wallId, screenId, cameras: shown, givenBack } of all()) {
      if (givenBack !== null) continue;
      const key = `${wallId}/${screenId}`;
      const set = found.get(key) ?? new Set();
      for (const id of shown) set.add(id);
      found.set(key, set);
    }
    cameras = found;
  };

  /** Those that ask for a place, and those that have one. */
  const alertsFor = (before: readonly WallAlarm[]): ReadonlyMap<string, AlarmingAlert> => {
    const found = new Map<string, AlarmingAlert>();
    const add = (alert: Alert) => found.set(alert.id, { ...alert, cameras: alert.cameras.filter(isThere) });
    for (const alert of ledger.all('alerts') as IterableIterator<Alert>) if (asksForPlace(alert)) add(alert);
    for (const { alertId } of before) {
      const alert = found.has(alertId) ? undefined : (ledger.get('alerts', alertId) as Alert | undefined);
      if (alert) add(alert);
    }
    return found;
  };

  const decide = (now: EpochMs): { readonly changes: readonly Change[]; readonly dueAt: EpochMs } => {
    const before = all();
    const walls = ([...ledger.all('walls')] as Wall[]).filter(({ screens }) => screens.some(({ alarms }) => (alarms ?? null) !== null));
    if (before.length + walls.length === 0) return { changes: [], dueAt: Infinity };
    const alerts = alertsFor(before);
    const holds = [...ledger.all('holds')] as Hold[];
    const after = walls.flatMap((wall) =>
      alarmPlaces({
        wall,
        alerts,
        before: before.filter(({ wallId }) => wallId === wall.id),
        held: holds.filter(({ wallId, expiresAt }) => wallId === wall.id && expiresAt > now),
        now,
        lingerMs,
      }),
    );
    const kept = new Set(after.map(({ id }) => id));
    const changes: Change[] = [
      ...before.filter(({ id }) => !kept.has(id)).map(({ id }): Change => ({ collection: 'wall-alarms', op: 'delete', key: id })),
      ...after
        .filter((alarm) => JSON.stringify(ledger.get('wall-alarms', alarm.id)) !== JSON.stringify(alarm))
        .map((alarm): Change => ({ collection: 'wall-alarms', op: 'put', key: alarm.id, value: alarm })),
    ];
    return { changes, dueAt: Math.min(Infinity, ...after.map(({ over }) => over?.until ?? Infinity)) };
  };

  /** The next look, and when it is. */
  let waiting: { readonly at: number; readonly end: AbortController } | null = null;
  const lookIn = (ms: number) => {
    const at = clock.monotonic() + ms;
    if (ending.signal.aborted || (waiting !== null && waiting.at <= at)) return;
    waiting?.end.abort();
    const end = new AbortController();
    waiting = { at, end };
    clock.sleep(ms, AbortSignal.any([end.signal, ending.signal])).then(
      () => {
        waiting = null;
        look();
      },
      () => {},
    );
  };
  const look = () => {
    const now = clock.now();
    const { changes, dueAt } = decide(now);
    try {
      if (changes.length > 0) ledger.commit(changes, { kind: 'timer', id: 'wall-alarms', by: 'hub' });
      isRefused = false;
    } catch (error) {
      if (!isRefused) log.error({ err: error }, 'The places of alerts on walls cannot be written; it is tried again');
      isRefused = true;
      lookIn(againMs);
    }
    if (dueAt !== Infinity) lookIn(dueAt - now);
  };

  const matters: ReadonlySet<string> = new Set(['alerts', 'walls', 'holds', 'wall-alarms']);

  return {
    handlers: {
      'wall.alarms': ({ wallId, screenId, alarms, baseRevision }, context) => {
        const found = screenIn(wallOf(wallId), wallId, screenId);
        if (!found.ok) return found;
        const { wall, screen } = found.value;
        const conflict = revisionConflict(baseRevision, wall);
        if (conflict) return err(conflict);
        const revision = wall.revision + 1;
        const screens = wall.screens.map((one) => (one.id === screenId ? { ...one, alarms } : one));
        return ok({
          result: { revision },
          changes: [putWall({ ...wall, screens, revision, ...changedBy(context) })],
          before: { revision: wall.revision, alarms: screen.alarms ?? null },
          after: { revision, alarms },
        });
      },

      'wall.alarm-return': ({ wallId, alertId }, { principal, now }) => {
        if (!principal) return err(problem('login-required'));
        if (!wallOf(wallId)) return err(problem('wall-unknown', { wallId }));
        const alarm = ledger.get('wall-alarms', `${wallId}.${alertId}`) as WallAlarm | undefined;
        if (!alarm) return err(problem('alert-unknown', { alertId }));
        const { screenId, cell, shownAt } = alarm;
        if (alarm.givenBack !== null) return ok({ result: { screenId } });
        const givenBack = { by: principal.name, at: now };
        return ok({
          result: { screenId },
          changes: [{ collection: 'wall-alarms', op: 'put', key: alarm.id, value: { ...alarm, givenBack, more: 0 } }],
          before: { screenId, cell, shownAt },
          after: null,
        });
      },
    },
    shows: (wallId, screenId, cameraId) => cameras.get(`${wallId}/${screenId}`)?.has(cameraId) === true,
    metrics: [
      {
        name: 'taodu_wall_alarms',
        help: 'Alerts that lie over screens.',
        kind: 'gauge',
        read: () => all().filter(({ givenBack }) => givenBack === null).length,
      },
      {
        name: 'taodu_wall_alarms_waiting',
        help: 'Alerts that would lie over a screen if there were room.',
        kind: 'gauge',
        read: () => all().reduce((sum, { more }) => sum + more, 0),
      },
    ],
    start() {
      stopFollowing = ledger.onCommit(({ changes }) => {
        if (changes.some(({ collection }) => collection === 'wall-alarms')) noteCameras();
        if (changes.some(({ collection }) => matters.has(collection))) lookIn(gatherMs);
      });
      noteCameras();
      look();
    },
    stop() {
      stopFollowing();
      ending.abort();
    },
  };
}
