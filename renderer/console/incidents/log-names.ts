import { computed, type ComputedRef } from 'vue';
import { useCollection } from '../../stores/hub.ts';
import type { LogNames } from './log-words.ts';
import { planStepName } from './plan-words.ts';

/** What the words of a log need to name incidents and steps, as the page knows them now. */
export function useLogNames(): ComputedRef<LogNames> {
  const incidents = useCollection('incidents');
  return computed(() => {
    void incidents.version.value;
    return { incidentNumber: (id) => incidents.items.get(id)?.number ?? id, planStep: planStepName };
  });
}
