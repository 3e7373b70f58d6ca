import { problem } from '../../main/contract/errors.ts';
import { err, ok } from '../../main/contract/result.ts';
import type { Incident } from '../incident-contract.ts';
import { refuseOver, type Decision, type DecisionContext } from './decision-context.ts';
import type { AlertPart } from './decide-open.ts';
import { isOver } from './incident-machine.ts';

const listedAtMost = 500;

/**
 * Alerts turn out to be of an incident. Those that it has already are not written again, and those beyond what it lists are counted: a storm is one entry.
 * @returns `incident-closed`; `incident-drill-mixed`
 */
export function decideAlerts(incident: Incident, alerts: readonly AlertPart[], { now }: DecisionContext): Decision {
  if (isOver(incident.state)) return refuseOver(incident);
  if (alerts.some(({ drill, simulated }) => drill !== incident.drill || simulated !== incident.simulated))
    return err(problem('incident-drill-mixed'));
  const known = new Set<string>(incident.alerts);
  const fresh = [...new Set(alerts.map(({ id }) => id))].filter((id) => !known.has(id));
  if (fresh.length === 0) return ok([]);
  const listed = fresh.slice(0, Math.max(0, listedAtMost - incident.alerts.length));
  const cameras = [...new Set(alerts.flatMap((alert) => alert.cameras))].filter((id) => !incident.cameras.includes(id)).slice(0, 16);
  return ok([{ kind: 'alert', at: now, corrects: null, body: { alerts: listed, more: fresh.length - listed.length, cameras } }]);
}
