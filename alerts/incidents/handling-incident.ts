import type { Incident } from '../incident-contract.ts';

/** The incident in whose name is acted: the one itself, or what it went into at last. @param get undefined: no longer kept; then the last one that is */
export function handlingIncident(incident: Incident, get: (id: Incident['id']) => Incident | undefined): Incident {
  let at = incident;
  // However long the chain: a unit at the other end of it must be able to say that it is done. A log that leads in a circle ends it, too.
  for (const seen = new Set<string>([at.id]); at.parent !== null && !seen.has(at.parent); seen.add(at.id)) {
    const parent = get(at.parent);
    if (parent === undefined) break;
    at = parent;
  }
  return at;
}
