import type { LatestValues } from '../../main/contract/readings.ts';
import type { EpochMs } from '../../main/contract/time.ts';

/** A desk that says nothing more has the incident open for so long. */
export const watchedForMs = 60_000;
/** So many desks of one incident are remembered, and so many names are told. */
const desksAtMost = 64;
const namesAtMost = 16;

/** Who has which incident open now: told to everybody, and stored nowhere. */
export class WhoWatches {
  readonly #latest: LatestValues;
  /** By incident and session. */
  readonly #open = new Map<string, Map<string, { readonly name: string; readonly until: EpochMs }>>();

  constructor(latest: LatestValues) {
    this.#latest = latest;
  }

  /** A session has an incident open, or has no longer. */
  watch(incidentId: string, who: { readonly session: string; readonly name: string }, open: boolean, now: EpochMs): void {
    const desks = this.#open.get(incidentId) ?? new Map<string, { name: string; until: EpochMs }>();
    desks.delete(who.session);
    if (open) {
      const oldest = desks.size >= desksAtMost ? desks.keys().next().value : undefined;
      if (oldest !== undefined) desks.delete(oldest);
      desks.set(who.session, { name: who.name, until: now + watchedForMs });
    }
    this.#open.set(incidentId, desks);
    this.#tell(incidentId, desks);
  }

  /** Those whose minute is over have closed it. A clock that was set back by more than that minute ends it, too. */
  tick(now: EpochMs): void {
    for (const [incidentId, desks] of this.#open) {
      const before = desks.size;
      for (const [session, { until }] of desks) if (until <= now || until > now + watchedForMs) desks.delete(session);
      if (desks.size !== before) this.#tell(incidentId, desks);
    }
  }

  /** An incident left the collection. */
  forget(incidentId: string): void {
    this.#open.delete(incidentId);
    this.#latest.forget('incidents', incidentId);
  }

  #tell(incidentId: string, desks: ReadonlyMap<string, { readonly name: string }>): void {
    if (desks.size === 0) this.#open.delete(incidentId);
    const openBy = [...new Set([...desks.values()].map(({ name }) => name))].toSorted().slice(0, namesAtMost);
    this.#latest.set({ collection: 'incidents', key: incidentId, fields: { openBy } });
  }
}
