import type { Screen, Wall } from '../../../../layouts/contract.ts';
import { highestHoldPriority, type Hold } from '../../../../layouts/control-contract.ts';
import { tileCount, tileIdOf } from '../../../../layouts/templates.ts';
import type { User } from '../../../contract/accounts.ts';
import { problem, type Problem } from '../../../contract/errors.ts';
import type { Role } from '../../../contract/permissions.ts';
import type { EpochMs } from '../../../contract/time.ts';
import { permissionsOf } from '../../accounts/permissions-of.ts';
import { partsOverlap, screenReached, spanningReached, type HeldPart } from './held-part.ts';

/** The most holds there are at a time, on all walls. */
export const maxHolds = 256;
/** The most people who wait for one hold. */
export const maxRequests = 8;
/** As long as a hold can be taken or extended for. */
export const longestHoldMs = 720 * 60_000;
/** The priority of a hold that is taken without naming one, if the roles allow it. */
export const usualPriority = 4;

/** The highest priority that somebody of these roles can hold with; 0 when none of them holds anything. */
export function highestPriority(roles: readonly Role[]): number {
  return Math.max(0, ...roles.map((role) => highestHoldPriority[role] ?? 0));
}

/** Whether an account can hold with this priority: it is in use, controls walls, and has a role that goes so high. */
export function mayHold(user: Pick<User, 'disabled' | 'roles' | 'denied'> | undefined, priority: number): boolean {
  return user !== undefined && !user.disabled && permissionsOf(user).has('wall.control') && highestPriority(user.roles) >= priority;
}

/** `wall-held` {by, reason, until, holdId}: somebody else holds it. */
export function wallHeld(hold: Hold): Problem {
  return problem('wall-held', { by: hold.name, reason: hold.reason, until: hold.expiresAt, holdId: hold.id });
}

/**
 * Why a wall may not become `after`, or null: `wall-held`. It asks of every hold that is not `mine` whether the change reaches what is held; what
 * nobody holds is free, also on a screen of which somebody holds a part.
 */
export function changeProblem(holds: Iterable<Hold>, before: Wall, after: Wall, mine: (hold: Hold) => boolean): Problem | null {
  for (const hold of holds) {
    if (hold.wallId !== before.id || mine(hold)) continue;
    if (screenReached(hold, before, after) || spanningReached(hold, before, after)) return wallHeld(hold);
  }
  return null;
}

/**
 * Holds as they are once their holder has made this change. Who was given a hold, or has taken one away, decides what is shown: what was there
 * before it began does not come back over that.
 */
export function holdsAfterChange(holds: Iterable<Hold>, before: Wall, after: Wall, mine: (hold: Hold) => boolean): Hold[] {
  return [...holds]
    .filter((hold) => hold.wallId === before.id && hold.restore?.passedOn === true && mine(hold) && screenReached(hold, before, after))
    .map((hold) => ({ ...hold, restore: null, revision: hold.revision + 1 }));
}

/** Who wants to hold what. */
export interface Wish {
  readonly part: HeldPart;
  readonly userId: string;
  readonly roles: readonly Role[];
  readonly priority: number;
}

/**
 * Why a hold cannot be taken, or null. `priority-too-low` {own}: the roles do not go so high. `field-invalid` {field: tiles, reason: tile-unknown,
 * tile}: the screen does not have it; `scene-invalid` {reason: tour-has-no-tiles}: a tour is held whole. `hold-overlap` {holdId}: a part of it is
 * his own already; `wall-held`: it is somebody else's. `field-invalid` {reason: too-many-holds, max}: there is no room for more.
 */
export function takeProblem(holds: readonly Hold[], screen: Pick<Screen, 'scene'>, wish: Wish): Problem | null {
  const own = highestPriority(wish.roles);
  if (own === 0 || wish.priority > own) return problem('priority-too-low', { own });
  const { tiles } = wish.part;
  if (tiles !== null) {
    const { scene } = screen;
    if (scene.kind === 'tour') return problem('scene-invalid', { reason: 'tour-has-no-tiles' });
    const known = new Set(Array.from({ length: tileCount(scene) }, (_, index) => tileIdOf(scene, index)));
    const unknown = tiles.find((tile) => !known.has(tile));
    if (unknown !== undefined) return problem('field-invalid', { field: 'tiles', reason: 'tile-unknown', tile: unknown });
  }
  const overlapping = holds.filter((hold) => partsOverlap(hold, wish.part));
  const foreign = overlapping.find((hold) => hold.userId !== wish.userId);
  if (foreign) return wallHeld(foreign);
  const [mine] = overlapping;
  if (mine) return problem('hold-overlap', { holdId: mine.id });
  return holds.length >= maxHolds ? problem('field-invalid', { field: 'holds', reason: 'too-many-holds', max: maxHolds }) : null;
}

/** Why somebody may not do with a hold what only its holder may, or null: `hold-foreign` {by}. */
export function ownProblem(hold: Pick<Hold, 'userId' | 'name'>, userId: string): Problem | null {
  return hold.userId === userId ? null : problem('hold-foreign', { by: hold.name });
}

/**
 * Why somebody cannot ask for a hold, or null. `field-invalid` {field: holdId, reason: own-hold}: he has it; {reason: too-many-asked, max}: too many others
 * wait. Who has asked already may ask again.
 */
export function requestProblem(hold: Pick<Hold, 'userId' | 'requests'>, userId: string): Problem | null {
  if (hold.userId === userId) return problem('field-invalid', { field: 'holdId', reason: 'own-hold' });
  if (hold.requests.length < maxRequests || hold.requests.some((request) => request.userId === userId)) return null;
  return problem('field-invalid', { field: 'holdId', reason: 'too-many-asked', max: maxRequests });
}

/** Why a hold cannot be taken away with this priority, or null: `priority-too-low` {own, needed}: it takes more than `needed`. */
export function overrideProblem(hold: Pick<Hold, 'priority'>, priority: number, roles: readonly Role[]): Problem | null {
  const own = highestPriority(roles);
  return priority > hold.priority && priority <= own ? null : problem('priority-too-low', { own, needed: hold.priority });
}

/** Why a hold ends without anybody ending it. */
export type EndReason = 'expired' | 'holder-gone' | 'screen-gone';

/**
 * Why a hold is over, or null while it is not. `dueAt`: when it ends by a clock that nobody can set, on the scale of `monotonic`; by whichever clock
 * comes first.
 */
export function endReason(
  hold: Hold,
  at: {
    readonly wall: Wall | undefined;
    readonly user: Pick<User, 'disabled' | 'roles' | 'denied'> | undefined;
    readonly now: EpochMs;
    readonly monotonic: number;
    readonly dueAt: number;
  },
): EndReason | null {
  if (!at.wall?.screens.some(({ id }) => id === hold.screenId)) return 'screen-gone';
  if (!mayHold(at.user, hold.priority)) return 'holder-gone';
  return at.now >= hold.expiresAt || at.monotonic >= at.dueAt ? 'expired' : null;
}
