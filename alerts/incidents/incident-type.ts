import type { IncidentLevel, Timer, TimerUnit } from '../incident-contract.ts';

/** A name in both languages of the house. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** From which step of the life cycle a limit counts. */
export type TimerFrom = 'reported' | 'accepted' | 'filed' | 'dispatched';

/** A time limit of a type. With `step` it is one of several stages and is met when that step of the plan is done. */
export interface TimeLimit {
  readonly until: Timer['until'];
  readonly from: TimerFrom;
  readonly value: number;
  readonly unit: TimerUnit;
  readonly step?: string;
}

/** So many units that can do this. */
export interface CapabilityWanted {
  readonly capability: string;
  readonly count: number;
}

/** Which units a type wants by level, and what a second alarm adds. */
export interface RunCard {
  readonly byLevel: Readonly<Record<IncidentLevel, readonly CapabilityWanted[]>>;
  readonly secondAlarm: readonly CapabilityWanted[];
}

/** A type of incident, whole. */
export interface IncidentType extends Words {
  readonly type: string;
  /** What it usually is when nobody has said more. */
  readonly level: IncidentLevel;
  readonly runCard: RunCard;
  /** The limits of a level; those of a worse one are as long or shorter. */
  readonly limits: (level: IncidentLevel) => readonly TimeLimit[];
  /** Types that are often the same matter seen by somebody else. */
  readonly related: readonly string[];
  /** How near and how recent another record of the same matter is. */
  readonly sameWithin: { readonly metres: number; readonly minutes: number };
  readonly planId: string | null;
}
