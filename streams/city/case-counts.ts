import type { Incident } from '../../alerts/incident-contract.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import type { CityAtHand } from '../systems/indicator-book.ts';

/**
 * Counts the grid and urban cases that were closed here, as far as they are among the incidents still: for a day. One is in time when all of its limit to the end was met before it
 * was over. What is of a drill, and what was closed because it was none, counts for nobody.
 */
export function createCaseCounts(ledger: Pick<Ledger, 'all'>): CityAtHand['cases'] {
  return (of) => {
    let [closed, inTime, lastAt] = [0, 0, 0];
    let simulated = false;
    for (const incident of ledger.all('incidents') as IterableIterator<Incident>) {
      const { type, state, drill, disposition, timers, instants } = incident;
      if (state !== 'closed' || drill || (type !== of && !type.startsWith(`${of}.`))) continue;
      if (disposition === 'unfounded' || disposition === 'cancelled') continue;
      closed += 1;
      const limit = timers.findLast(({ until }) => until === 'closed');
      if (limit === undefined || (limit.metAt !== null && limit.metAt <= limit.dueAt)) inTime += 1;
      lastAt = Math.max(lastAt, instants.closed ?? incident.changedAt);
      simulated ||= incident.simulated;
    }
    return closed === 0 ? null : { closed, inTime, lastAt, simulated };
  };
}
