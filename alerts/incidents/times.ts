import type { Incident } from '../incident-contract.ts';

/** How long each part took, in milliseconds; null where an end of it is not known, or not there yet. */
export interface IncidentTimes {
  /** T0 to T1: the telephone rang until somebody answered. */
  readonly answer: number | null;
  /** T1, or T0 where nobody answered a telephone, to T2. */
  readonly verification: number | null;
  /** T1 (or T0) to T4: until the first unit was sent (NFPA 1225). */
  readonly processing: number | null;
  /** T4 to T5. */
  readonly acknowledgement: number | null;
  /** T4 to T6: until it was on its way. */
  readonly turnout: number | null;
  /** T6 to T7. */
  readonly travel: number | null;
  /** T0 to T7: what whoever called waited. */
  readonly response: number | null;
  /** T7 to T8. */
  readonly control: number | null;
  /** T7 to T9; T4 where nobody had to go there. */
  readonly handling: number | null;
  /** T9 to T11. */
  readonly closing: number | null;
  /** T0 to T11. */
  readonly whole: number | null;
}

/** The times of an incident, from its instants alone. The instants stay when it is opened again, so these are those of the first time. */
export function incidentTimes(instants: Incident['instants']): IncidentTimes {
  const { reported, answered, verified, dispatched, acknowledged, turnedOut, arrived, controlled, resolved, closed } = instants;
  const taken = answered ?? reported;
  return {
    answer: between(answered === null ? null : reported, answered),
    verification: between(taken, verified),
    processing: between(taken, dispatched),
    acknowledgement: between(dispatched, acknowledged),
    turnout: between(dispatched, turnedOut),
    travel: between(turnedOut, arrived),
    response: between(reported, arrived),
    control: between(arrived, controlled),
    handling: between(arrived ?? dispatched, resolved),
    closing: between(resolved, closed),
    whole: between(reported, closed),
  };
}

/** A clock that was set back between them leaves nothing that could be called a time. */
const between = (from: number | null, to: number | null): number | null => (from === null || to === null || to < from ? null : to - from);
