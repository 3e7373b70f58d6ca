import type { AnyCollection } from './define-collection.ts';
import type { AnyCommand } from './define-command.ts';
import { problem, type Problem } from './errors.ts';
import type { Barrier, Principal } from './principal.ts';

/** What a session may do before it has passed its barrier, by the barrier: how to pass it, and how to leave. */
const allowedBehind: Readonly<Record<Barrier, ReadonlySet<string>>> = {
  'password-change-required': new Set(['session.password', 'session.who', 'session.activity', 'session.lock', 'session.logout']),
  'second-factor-enrolment-required': new Set([
    'session.totp-begin',
    'session.totp-confirm',
    'session.password',
    'session.who',
    'session.activity',
    'session.lock',
    'session.logout',
  ]),
  'session-locked': new Set(['session.unlock', 'session.who', 'session.activity', 'session.logout']),
};

/** What keeps a wall page showing. Nothing else that is only read: whoever finds a locked desk must not carry pictures away from it. */
const keepsShowing: ReadonlySet<string> = new Set(['stream.lease', 'stream.lease-many', 'stream.release', 'wall.report', 'history.read']);

/**
 * Why a principal may not run a command, scope apart, or null: the barrier first, then the permission (`forbidden`). A locked session may still
 * run what a wall page opened with it needs to keep showing, as far as its reduced permissions allow.
 */
export function passes(principal: Principal, definition: Pick<AnyCommand, 'name' | 'permission'>): Problem | null {
  const { name, permission } = definition;
  if (permission === 'public') return null;
  const { barrier } = principal;
  if (barrier !== null && !allowedBehind[barrier].has(name)) {
    const shows = barrier === 'session-locked' && keepsShowing.has(name);
    if (!shows) return problem(barrier);
  }
  return permission === 'session' || principal.permissions.has(permission) ? null : problem('forbidden', { permission });
}

/** Why a principal may not read what needs this permission (a collection, the metrics), scope apart, or null. */
export function mayRead(principal: Principal, { permission }: Pick<AnyCollection, 'permission'>): Problem | null {
  const { barrier } = principal;
  const allowed = principal.permissions.has(permission);
  if (barrier !== null && !(barrier === 'session-locked' && allowed)) return problem(barrier);
  return allowed ? null : problem('forbidden', { permission });
}
