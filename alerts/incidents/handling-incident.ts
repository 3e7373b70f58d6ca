import type { Incident } from '../incident-contract.ts';

/** Incidents that went into one another before a chain is called broken. */
const chainAtMost = 200;

/** The incident in whose name is acted: the one itself, or what it went into at last. @param get undefined: no longer kept; then the last one that is */
export function handlingIncident(incident: Incident, get: (id: Incident['id']) => Incident | undefined): Incident {
  let at = incident;
  for (let steps = 0; steps < chainAtMost && at.parent !== null; steps++) {
    const parent = get(at.parent);
    if (parent === undefined) break;
    at = parent;
  }
  return at;
}
