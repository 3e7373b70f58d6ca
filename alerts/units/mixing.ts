import type { Incident, RankReason } from '../incident-contract.ts';

type Marks = Pick<Incident, 'drill' | 'simulated'>;

/**
 * Why a unit is never sent to an incident, whoever asks for it; null: it may be. What is rehearsed or made up reaches nobody's real day: not the phone of a crew that is
 * on duty, which could take it for real, nor its time, which the next caller needs. Whoever takes part in a drill is entered as a unit for drills, with a link of its
 * own. A simulated unit has no crew and may rehearse as well; to a real incident it may be sent, says that it is none, and fills no need.
 */
export function mixing(unit: Marks, incident: Marks): RankReason | null {
  if (unit.drill && !incident.drill) return 'for-drills-only';
  if (unit.drill || unit.simulated) return null;
  if (incident.drill) return 'real-for-drill';
  return incident.simulated ? 'real-for-simulated' : null;
}
