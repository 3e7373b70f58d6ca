import { ok } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident } from '../incident-contract.ts';
import { courseOf, limitsFor, type Decision, type DecisionContext } from './decision-context.ts';
import type { IncidentEntry } from './incident-body.ts';
import { isOver } from './incident-machine.ts';
import { situationReport } from './situation-report.ts';
import { followLimits } from './time-limits.ts';

export interface MakeReportArgs {
  readonly needs?: string | undefined;
  readonly forecast?: string | undefined;
  readonly nextAt?: EpochMs | undefined;
}

/**
 * The next situation report, as an entry: numbered, frozen, never written again. The first one meets the limit for reporting upward. One that is over can be
 * reported on too.
 * @param log of the incident, in order: what `situationReport` wants of it
 */
export function decideReport(incident: Incident, log: Iterable<IncidentEntry>, args: MakeReportArgs, context: DecisionContext): Decision {
  const { now, calendar } = context;
  const number = incident.reports + 1;
  const said = { needs: args.needs ?? null, forecast: args.forecast ?? null, nextAt: args.nextAt ?? null };
  const { text, cites } = situationReport(log, { number, now, ...said }, calendar);
  const timers = isOver(incident.state)
    ? null
    : followLimits(courseOf(incident, { reports: number }), limitsFor(incident.type, incident.level, context), now, calendar);
  return ok([{ kind: 'report', at: now, corrects: null, body: { number, ...said, text: { ...text }, cites: [...cites], timers } }]);
}
