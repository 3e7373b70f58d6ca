import { ref, shallowReactive, type Ref } from 'vue';
import type { CommandInput } from '../../../main/contract/catalog.ts';
import { ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';
import { waitFor } from '../admin/use-ask.ts';

/** What became of sending one unit. `sent` says that the hub has the task, not that the unit comes. */
export interface SentUnit {
  readonly unitId: string;
  readonly state: 'waiting' | 'sent' | 'queued' | 'refused';
  readonly failure: Problem | null;
}

/** What the units are sent with. */
export type Order = Omit<CommandInput<'task.dispatch'>, 'unitId' | 'queue'>;

/** The units that were sent from a page, each with its outcome, and the links to their field pages, which the hub tells once. */
export interface Sending {
  readonly busy: Readonly<Ref<boolean>>;
  readonly outcomes: ReadonlyMap<string, SentUnit>;
  readonly links: Map<string, string>;
  /** Sends them one after another; answers whether the hub took every one. Null: others are being sent. */
  send(order: Order, units: readonly { readonly unitId: string; readonly queue: boolean }[]): Promise<boolean | null>;
}

/** Sends units to an incident; `onSent` hears of each that the hub has taken. */
export function useSending(hub: Pick<HubClient, 'command'>, onSent: (unitId: string) => void): Sending {
  const busy = ref(false);
  const outcomes = shallowReactive(new Map<string, SentUnit>());
  const links = shallowReactive(new Map<string, string>());

  async function sendOne(order: Order, unitId: string, queue: boolean): Promise<boolean> {
    outcomes.set(unitId, { unitId, state: 'waiting', failure: null });
    try {
      const done = await hub.command(
        'task.dispatch',
        { ...order, unitId: unitId as never, queue },
        { timeoutMs: waitFor('task.dispatch') },
      );
      outcomes.set(unitId, { unitId, state: done.queued ? 'queued' : 'sent', failure: null });
      if (done.fieldLink !== null) links.set(unitId, done.fieldLink);
      onSent(unitId);
      return true;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      outcomes.set(unitId, { unitId, state: 'refused', failure: error.problem });
      return false;
    }
  }

  return {
    busy,
    outcomes,
    links,
    async send(order, units) {
      if (busy.value) return null;
      busy.value = true;
      let all = true;
      try {
        // One after another: each answer says whether the next is still wanted.
        for (const { unitId, queue } of units) if (!(await sendOne(order, unitId, queue))) all = false;
      } finally {
        busy.value = false;
      }
      return all;
    },
  };
}
