import type { CommandContext } from '../../contract/define-command.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { EpochMs } from '../../contract/time.ts';

interface Revised {
  readonly revision: number;
  readonly changedBy?: string | null | undefined;
  readonly changedAt?: EpochMs | null | undefined;
}

/** Why a change that was made looking at `baseRevision` would overwrite another's, or null. What is not there yet has revision 0. */
export function revisionConflict(baseRevision: number | undefined, current: Revised | undefined): Problem | null {
  const revision = current?.revision ?? 0;
  if (baseRevision === undefined || baseRevision === revision) return null;
  return problem('revision-conflict', { by: current?.changedBy ?? null, at: current?.changedAt ?? null, revision });
}

/** Who makes a change, and when, as the changed thing says it. */
export const changedBy = (context: Pick<CommandContext, 'principal' | 'now'>) => ({
  changedBy: context.principal?.name ?? 'hub',
  changedAt: context.now,
});
