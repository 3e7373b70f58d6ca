import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Incident, Unit } from '../../../alerts/incident-contract.ts';
import type { CommandResult } from '../../../main/contract/catalog.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';
import type { CollectionView } from '../../stores/hub.ts';
import { useAsk, type Ask } from '../admin/use-ask.ts';
import { chosenUnits, queueableUnits } from './dispatch-choice.ts';

type Recommendation = CommandResult<'unit.recommend'>;

/** What the hub recommends for an incident, and which of its units are marked to be sent. */
export interface UnitChoice {
  /** Null until the hub has answered. */
  readonly answer: ShallowRef<Recommendation | null>;
  readonly asking: Pick<Ask<'unit.recommend'>, 'busy' | 'failure'>;
  /** The answer counts what a second alarm adds. */
  readonly secondAlarm: Readonly<Ref<boolean>>;
  /** Marked by a person, or before that by the recommendation. */
  readonly marked: Readonly<Ref<ReadonlySet<string>>>;
  /** Units outside the ranks that can take the task behind the one that they have. */
  readonly queueable: ComputedRef<ReadonlySet<string>>;
  ask(): Promise<void>;
  switchSecondAlarm(): Promise<void>;
  /** A person marks a unit, or takes its mark away. */
  toggle(unitId: string): void;
  /** A unit is on its way: nothing is left to be marked. */
  unmark(unitId: string): void;
  /** From now on the marks follow the recommendation again, or stay as they are. */
  follow(recommendation: boolean): void;
}

/** As many ranks as a desk reads. */
const ranksAtMost = 20;

/** Asks whom to send, again whenever what the answer hangs on has changed. Ends with the calling scope. */
export function useRecommendation(
  hub: Pick<HubClient, 'command'>,
  incident: () => Pick<Incident, 'id' | 'type' | 'level' | 'place'>,
  units: CollectionView<Unit>,
): UnitChoice {
  const { answer, busy, failure, run } = useAsk(hub, 'unit.recommend');
  const secondAlarm = ref(false);
  const marked = shallowRef<ReadonlySet<string>>(new Set());
  let touched = false;

  async function ask(): Promise<void> {
    const said = await run({ incidentId: incident().id, limit: ranksAtMost, secondAlarm: secondAlarm.value });
    if (said && !touched) marked.value = chosenUnits(said);
  }
  watch(
    () => {
      void units.version.value;
      const { type, level, place } = incident();
      const free = [...units.items.values()].map(({ id, state, task }) => `${id}${state}${task ?? ''}`).join();
      return JSON.stringify([type, level, place, free]);
    },
    () => void ask(),
    { immediate: true },
  );

  return {
    answer,
    asking: { busy, failure },
    secondAlarm,
    marked,
    queueable: computed(() => (answer.value ? queueableUnits(answer.value) : new Set<string>())),
    ask,
    async switchSecondAlarm() {
      const before = answer.value ? chosenUnits(answer.value) : new Set<string>();
      secondAlarm.value = !secondAlarm.value;
      await ask();
      // Beside what a person has marked, those that are wanted for the second alarm alone.
      if (!touched || !secondAlarm.value || !answer.value) return;
      marked.value = new Set([...marked.value, ...[...chosenUnits(answer.value)].filter((id) => !before.has(id))]);
    },
    toggle(unitId) {
      touched = true;
      const next = new Set(marked.value);
      if (!next.delete(unitId)) next.add(unitId);
      marked.value = next;
    },
    unmark: (unitId) => (marked.value = new Set([...marked.value].filter((id) => id !== unitId))),
    follow: (recommendation) => (touched = !recommendation),
  };
}
