import type { CommandEntity, CommandState } from '../../../../main/contract/commands.ts';
import type { EpochMs } from '../../../../main/contract/time.ts';

/** Who is reading, as far as approvals go. */
export interface Approver {
  readonly userId: string;
  readonly name: string;
  readonly mayApprove: boolean;
}

/** States in which something may still happen. */
const open: ReadonlySet<CommandState> = new Set(['received', 'awaitingApproval', 'authorised', 'sent', 'accepted']);

/** True while a command waits for its second person. */
export function isWaiting({ state, approvalExpiresAt }: CommandEntity, now: EpochMs): boolean {
  return state === 'awaitingApproval' && (approvalExpiresAt === null || approvalExpiresAt > now);
}

/** True when this person asked for it himself, and so cannot approve it. */
export function isOwn({ requestedBy }: CommandEntity, who: Pick<Approver, 'userId' | 'name'>): boolean {
  return requestedBy === who.name || requestedBy === who.userId;
}

/** How many commands wait for this very person. */
export function waitingFor(commands: Iterable<CommandEntity>, who: Approver, now: EpochMs): number {
  if (!who.mayApprove) return 0;
  let count = 0;
  for (const command of commands) if (isWaiting(command, now) && !isOwn(command, who)) count += 1;
  return count;
}

/** Commands that wait (the one that expires first on top), that are under way, and that are over (the latest on top). */
export function sortedCommands(commands: Iterable<CommandEntity>): {
  readonly waiting: CommandEntity[];
  readonly underWay: CommandEntity[];
  readonly over: CommandEntity[];
} {
  const all = [...commands];
  const later = (a: CommandEntity, b: CommandEntity) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1);
  return {
    waiting: all
      .filter(({ state }) => state === 'awaitingApproval')
      .sort((a, b) => (a.approvalExpiresAt ?? a.at) - (b.approvalExpiresAt ?? b.at) || (a.id < b.id ? -1 : 1)),
    underWay: all.filter(({ state }) => open.has(state) && state !== 'awaitingApproval').sort(later),
    over: all.filter(({ state }) => !open.has(state)).sort(later),
  };
}
