import type { IncidentLevel } from '../incident-contract.ts';
import type { CapabilityWanted } from './incident-type.ts';
import { incidentTypeOf } from './incident-types.ts';

/** What a type wants at a level; with a second alarm, what that adds too. Nothing for a type that nobody knows. */
export function runCard(type: string, level: IncidentLevel, secondAlarm: boolean): CapabilityWanted[] {
  const card = incidentTypeOf(type)?.runCard;
  if (card === undefined) return [];
  const wanted = new Map<string, number>();
  for (const { capability, count } of [...card.byLevel[level], ...(secondAlarm ? card.secondAlarm : [])])
    wanted.set(capability, (wanted.get(capability) ?? 0) + count);
  return [...wanted].map(([capability, count]) => ({ capability, count }));
}
