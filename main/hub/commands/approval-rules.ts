import { passes } from '../../contract/barrier.ts';
import { nextCommandState } from '../../contract/command-life.ts';
import type { CommandEntity } from '../../contract/commands.ts';
import type { AnyCommand } from '../../contract/define-command.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Principal } from '../../contract/principal.ts';
import { covers, type ScopeClaim } from '../../contract/scope.ts';
import type { EpochMs } from '../../contract/time.ts';

/** How long a second person may take to approve. */
export const approvalMs = 10 * 60_000;
/** A clock that is set right goes back no further. */
export const clockStepMs = 60_000;
/** The most commands that wait for their second person, in all and of one person. */
export const maxWaiting = 100;
export const maxWaitingOfOne = 10;
/** The most finished commands kept, however young they are. */
export const maxFinishedKept = 1000;

/** Why nobody may be kept waiting by another command of this person, or null. `commands` are all there are. Errors: `too-many-requests` {max}. */
export function waitingProblem(commands: Iterable<CommandEntity>, requestedBy: string): Problem | null {
  let all = 0;
  let own = 0;
  for (const command of commands) {
    if (command.state !== 'awaitingApproval') continue;
    all += 1;
    if (command.requestedBy === requestedBy) own += 1;
  }
  if (own >= maxWaitingOfOne) return problem('too-many-requests', { max: maxWaitingOfOne });
  return all >= maxWaiting ? problem('too-many-requests', { max: maxWaiting }) : null;
}

/**
 * Why this person is not the second one for this command now, or null. Errors: `command-not-waiting` {state}, `approval-expired`,
 * `approval-own` for whoever asked, from whatever session.
 */
export function secondPersonProblem(
  command: Pick<CommandEntity, 'state' | 'approvalExpiresAt'>,
  requester: string | null,
  person: Pick<Principal, 'userId'>,
  now: EpochMs,
): Problem | null {
  if (command.state !== 'awaitingApproval') return problem('command-not-waiting', { state: command.state });
  if (isExpired(command, now)) return problem('approval-expired');
  return person.userId === requester ? problem('approval-own') : null;
}

/**
 * Why whoever asked may not have it done any more, or null: an account that is gone or disabled (`user-unknown`), that has lost the permission
 * (`forbidden`) or stands behind a barrier, or whose scope does not cover any more what is touched (`out-of-scope`).
 */
export function requesterProblem(
  requester: Principal | undefined,
  definition: Pick<AnyCommand, 'name' | 'permission' | 'risk'>,
  claims: readonly ScopeClaim[],
): Problem | null {
  if (requester === undefined) return problem('user-unknown');
  return passes(requester, definition) ?? (covers(requester.scope, claims) ? null : problem('out-of-scope'));
}

/**
 * True once the time for the second person is over; also when the clock was set back to before it began, for then it would not be over for as long
 * as the clock went back.
 */
export function isExpired({ approvalExpiresAt }: Pick<CommandEntity, 'approvalExpiresAt'>, now: EpochMs): boolean {
  return approvalExpiresAt !== null && (now >= approvalExpiresAt || now < approvalExpiresAt - approvalMs - clockStepMs);
}

/** True in a state that nothing follows: whatever goes on can still fail. */
export function isFinished({ state }: Pick<CommandEntity, 'state'>): boolean {
  return nextCommandState(state, 'fail') === null;
}

/** Finished commands that are too many, the oldest first, `limit` at most. Their age is a matter of retention. */
export function commandsTooMany(commands: Iterable<CommandEntity>, limit: number): readonly string[] {
  const finished = [...commands].filter(isFinished);
  const tooMany = finished.length - maxFinishedKept;
  if (tooMany <= 0) return [];
  const oldest = finished.sort((a, b) => a.updatedAt - b.updatedAt).slice(0, Math.min(tooMany, limit));
  return oldest.map(({ id }) => id);
}
