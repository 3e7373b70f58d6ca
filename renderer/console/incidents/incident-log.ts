import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { IncidentLogEntry } from '../../../alerts/incident-contract.ts';
import { ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';
import { waitFor } from '../admin/use-ask.ts';

/** The log of one incident, as far as the page has fetched it. */
export interface IncidentLog {
  /** Oldest first. */
  readonly entries: Readonly<ShallowRef<readonly IncidentLogEntry[]>>;
  readonly state: Readonly<ShallowRef<'loading' | 'ready' | Problem>>;
  /** Fetches what is new. */
  refresh(): Promise<void>;
}

/** Of a page of the log, and of all that a page of the desk keeps. */
const pageEntries = 500;
const entriesAtMost = 5000;

/** Follows a log: fetched whole once, then only what `grows` says is new. Ends with the calling scope. */
export function useIncidentLog(hub: Pick<HubClient, 'command'>, incidentId: () => string, grows: () => unknown): IncidentLog {
  const entries = shallowRef<readonly IncidentLogEntry[]>([]);
  const state = shallowRef<'loading' | 'ready' | Problem>('loading');
  const life = { over: false };
  let running: Promise<void> | null = null;
  let again = false;

  async function fetchAll(id: string): Promise<void> {
    for (let more = true; more && entries.value.length < entriesAtMost;) {
      const after = entries.value.at(-1)?.seq ?? 0;
      const page = await hub.command(
        'incident.log',
        { incidentId: id as never, after, limit: pageEntries },
        { timeoutMs: waitFor('incident.log') },
      );
      if (life.over || id !== incidentId()) return;
      entries.value = [...entries.value, ...page.entries.filter(({ seq }) => seq > after)];
      more = page.more && page.entries.length > 0;
    }
    state.value = 'ready';
  }
  async function refresh(): Promise<void> {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        try {
          await fetchAll(incidentId());
        } catch (error) {
          if (!(error instanceof ProblemError)) throw error;
          if (!life.over) state.value = error.problem;
        }
      } while (again && !life.over);
    })().finally(() => (running = null));
    return running;
  }
  watch(
    [incidentId, grows],
    ([id], [before]) => {
      if (id !== before) {
        entries.value = [];
        state.value = 'loading';
      }
      void refresh();
    },
    { immediate: true },
  );
  onScopeDispose(() => (life.over = true));
  return { entries, state, refresh };
}
