import { placeClaim, type Alert, type Silence } from '../../../alerts/contract.ts';
import { camerasOf, type LayoutDoc, type ShownReport, type Wall } from '../../../layouts/contract.ts';
import type { Hold } from '../../../layouts/control-contract.ts';
import { solveScreen } from '../../../layouts/solve.ts';
import type { Camera, CameraStatus } from '../../../streams/contract.ts';
import type { CommandEntity } from '../../contract/commands.ts';
import type { ScopeLookup } from '../../contract/define-command.ts';
import type { ShiftReport } from '../../contract/desk.ts';
import type { CommandId } from '../../contract/ids.ts';
import type { Health } from '../../contract/operations.ts';
import type { Permission } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import { covers, isWholeCity, type ScopeClaim } from '../../contract/scope.ts';
import type { EpochMs } from '../../contract/time.ts';
import { reportCountsMs } from '../walls/showing-tiles.ts';
import { sceneShape } from '../walls/stored-scene.ts';

/** How long the lists of a report are at most; there are never more holds than a report takes. */
export const listedAtMost = { screens: 256, offline: 50, shelved: 50, silenced: 50, waiting: 100 } as const;

/** What is known at one moment. */
export interface ShiftFacts {
  readonly now: EpochMs;
  readonly walls: Iterable<Wall>;
  /** What a screen last said that it shows. */
  shown(wallId: string, screenId: string): ShownReport | undefined;
  layout(id: string): LayoutDoc | undefined;
  readonly holds: Iterable<Hold>;
  readonly alerts: Iterable<Alert>;
  readonly silences: Iterable<Silence>;
  readonly cameras: Iterable<Camera>;
  /** What is known of a camera. */
  status(cameraId: string): CameraStatus;
  /** Since when it is offline; null when nobody knows. */
  offlineSince(cameraId: string): EpochMs | null;
  readonly commands: Iterable<CommandEntity>;
  readonly health: Iterable<Health>;
  readonly lookup: Pick<ScopeLookup, 'camera' | 'layout'>;
}

/**
 * What somebody leaves to whoever comes. Cameras outside his scope are neither named nor counted, what he has no permission for is null, and a
 * screen that has said nothing for ten seconds shows nobody knows what.
 */
export function shiftReport(facts: ShiftFacts, reader: Pick<Principal, 'scope' | 'permissions'>): ShiftReport {
  const may = (permission: Permission) => reader.permissions.has(permission);
  const screens = screensOf(facts, reader);
  const waiting = may('command.view') ? waitingOf(facts, reader) : null;
  return {
    at: facts.now,
    screens: screens.slice(0, listedAtMost.screens),
    holds: holdsOf(facts),
    shelved: may('alert.view') ? shelvedOf(facts, reader) : null,
    silenced: may('alert.view') ? silencedOf(facts) : null,
    offline: may('camera.view') ? offlineOf(facts, reader) : null,
    waiting: waiting && waiting.slice(0, listedAtMost.waiting),
    health: may('system.view') ? unwellOf(facts) : null,
    leftOut: {
      screens: Math.max(0, screens.length - listedAtMost.screens),
      waiting: Math.max(0, (waiting?.length ?? 0) - listedAtMost.waiting),
    },
  };
}

type Reader = Pick<Principal, 'scope'>;

function screensOf({ walls, shown, layout, lookup, now }: ShiftFacts, { scope }: Reader): ShiftReport['screens'] {
  const sees = (claims: readonly ScopeClaim[] | undefined) => claims !== undefined && covers(scope, claims);
  const seesCamera = (id: string) => {
    const claim = lookup.camera(id);
    return claim !== undefined && covers(scope, [claim]);
  };
  return [...walls].toSorted(byName).flatMap((wall) =>
    wall.screens.map((screen) => {
      const over = solveScreen(wall, screen.id, now).flatMap(({ spanning, panel }) =>
        spanning && panel?.panel === 'video' ? [panel.cameraId] : [],
      );
      const report = shown(wall.id, screen.id);
      const heard = report !== undefined && now - report.at <= reportCountsMs ? report : null;
      const pictures = heard?.tiles.filter(({ cameraId }) => cameraId !== null && seesCamera(cameraId));
      const live = pictures?.filter(({ state }) => state === 'live').length ?? null;
      const { scene } = screen;
      return {
        wallId: wall.id,
        wall: wall.name,
        screenId: screen.id,
        screen: screen.name,
        shape: sceneShape(scene),
        layout: screen.layout && sees(lookup.layout(screen.layout.id)) ? (layout(screen.layout.id)?.name ?? null) : null,
        cameras: new Set<string>([...camerasOf(scene), ...over].filter(seesCamera)).size,
        changedBy: screen.changedBy,
        changedAt: screen.changedAt,
        live,
        notLive: pictures === undefined ? null : pictures.length - live!,
        followsRevision: heard && heard.revision === screen.revision && heard.wallRevision === wall.revision,
        paused: scene.kind === 'tour' && scene.pausedAt !== undefined,
      };
    }),
  );
}

/** Those that end first come first. */
function holdsOf({ holds, walls, now }: ShiftFacts): ShiftReport['holds'] {
  const names = new Map<string, Wall>([...walls].map((wall) => [wall.id, wall]));
  return [...holds]
    .filter(({ expiresAt }) => expiresAt > now)
    .sort((a, b) => a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1))
    .map(({ wallId, screenId, tiles, name, reason, expiresAt }) => {
      const wall = names.get(wallId);
      return {
        wall: wall?.name ?? wallId,
        screen: wall?.screens.find(({ id }) => id === screenId)?.name ?? screenId,
        tiles: tiles && tiles.length,
        by: name,
        reason,
        expiresAt,
      };
    });
}

/** Those that come back first come first. */
function shelvedOf({ alerts, now }: ShiftFacts, { scope }: Reader): NonNullable<ShiftReport['shelved']> {
  const shelved = [...alerts].flatMap(({ id, severity, title, subject, place, shelved: shelf }) =>
    shelf !== null && shelf.until > now && covers(scope, [placeClaim(place)])
      ? [{ alertId: id, severity, title, subject: subject.name, by: shelf.by, until: shelf.until, reason: shelf.reason }]
      : [],
  );
  shelved.sort((a, b) => a.until - b.until || (a.alertId < b.alertId ? -1 : 1));
  return { total: shelved.length, first: shelved.slice(0, listedAtMost.shelved) };
}

/** Those that end first come first. A silence is of a kind, wherever it is: everybody who sees alerts sees it. */
function silencedOf({ silences, now }: ShiftFacts): NonNullable<ShiftReport['silenced']> {
  const standing = [...silences]
    .filter(({ ended, endsAt }) => !ended && endsAt > now)
    .sort((a, b) => a.endsAt - b.endsAt || (a.id < b.id ? -1 : 1));
  return {
    total: standing.length,
    first: standing
      .slice(0, listedAtMost.silenced)
      .map(({ id, matchers, by, startsAt, endsAt, reason }) => ({ silenceId: id, matchers, by, from: startsAt, until: endsAt, reason })),
  };
}

type OfflineCamera = NonNullable<ShiftReport['offline']>['latest'][number];

/** Those that went last come first; since when the others are offline nobody knows. */
function offlineOf({ cameras, status, offlineSince }: ShiftFacts, { scope }: Reader): NonNullable<ShiftReport['offline']> {
  const everything = isWholeCity(scope);
  const latest: OfflineCamera[] = [];
  let total = 0;
  for (const { id, number, name, district, groups } of cameras) {
    const { state, reason } = status(id);
    if (state !== 'offline' || !(everything || covers(scope, [{ district, groups }]))) continue;
    total += 1;
    keepFirst(latest, { cameraId: id, number, name, since: offlineSince(id), reason });
  }
  return { total, latest };
}

/** Puts a camera where it belongs. When the whole city is offline, sorting all of it would hold up the hub. */
function keepFirst(latest: OfflineCamera[], camera: OfflineCamera): void {
  const goesBefore = (other: OfflineCamera) => {
    const later = (camera.since ?? -1) - (other.since ?? -1);
    return later === 0 ? camera.number < other.number : later > 0;
  };
  const last = latest.at(-1);
  if (last && latest.length >= listedAtMost.offline && !goesBefore(last)) return;
  const at = latest.findIndex(goesBefore);
  latest.splice(at < 0 ? latest.length : at, 0, camera);
  if (latest.length > listedAtMost.offline) latest.pop();
}

/** Those that wait for longest come first. */
function waitingOf({ commands, now }: ShiftFacts, { scope }: Reader): NonNullable<ShiftReport['waiting']> {
  return [...commands]
    .filter(({ state, approvalExpiresAt, scope: touched }) => {
      const waits = state === 'awaitingApproval' && (approvalExpiresAt === null || approvalExpiresAt > now);
      return waits && covers(scope, touched);
    })
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .map(({ id, name, requestedBy, at }) => ({ commandId: id as CommandId, name, by: requestedBy, at }));
}

/** What has failed comes first. */
function unwellOf({ health }: ShiftFacts): NonNullable<ShiftReport['health']> {
  return [...health]
    .filter(({ state }) => state === 'failed' || state === 'warning')
    .sort((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed') || a.since - b.since)
    .map(({ id, state, code, params, since }) => ({ id, state, code, params, since }));
}

const byName = (a: Wall, b: Wall) => (a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1);
