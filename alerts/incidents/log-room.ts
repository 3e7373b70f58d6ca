import { problem, type Problem } from '../../main/contract/errors.ts';
import type { Incident } from '../incident-contract.ts';
import type { IncidentEntryDraft } from './incident-body.ts';
import { isOver } from './incident-machine.ts';

/** So many entries a log has: reading it again stays a matter of a second. */
export const logAtMost = 20_000;
/** The last of them are for moving it on. */
const logReserve = 500;

/**
 * Why these entries are not written any more: the log is full. Null: they are. What people and alerts say ends first, then what moves it on; what ends it is always
 * written, so that nothing stands open for ever, and so is what its units and its limits say: of these there are only so many.
 * @returns `incident-log-full` {number, limit}
 */
export function logProblem(
  { number, lastSeq }: Pick<Incident, 'number' | 'lastSeq'>,
  drafts: readonly IncidentEntryDraft[],
): Problem | null {
  const limit = Math.min(...drafts.map(limitOf));
  return lastSeq + drafts.length > limit ? problem('incident-log-full', { number, limit }) : null;
}

/** Why no unit is sent any more: it would have to say what becomes of it. Null: it may be. */
export function sendProblem({ number, lastSeq }: Pick<Incident, 'number' | 'lastSeq'>): Problem | null {
  const limit = logAtMost - logReserve;
  return lastSeq >= limit ? problem('incident-log-full', { number, limit }) : null;
}

/** A log with so many entries takes another of this kind no more. */
function limitOf({ kind, body }: IncidentEntryDraft): number {
  switch (kind) {
    case 'moved':
      return isOver(body.to) ? Infinity : logAtMost;
    case 'merge':
      return body.did === 'went-into' ? Infinity : logAtMost;
    case 'task':
    case 'timer':
      return Infinity;
    default:
      return logAtMost - logReserve;
  }
}
