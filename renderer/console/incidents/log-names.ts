import { computed, type ComputedRef } from 'vue';
import type { IncidentLogEntry } from '../../../alerts/incident-contract.ts';
import type { IncidentBody } from '../../../alerts/incidents/incident-body.ts';
import { text } from '../../i18n/index.ts';
import { useCollection } from '../../stores/hub.ts';
import type { LogNames } from './log-words.ts';
import { planName, planStepName } from './plan-words.ts';

/** What the words of a log need to name incidents, plans and steps, as the page knows them now. `entries`: the log, oldest first. */
export function useLogNames(entries: () => readonly IncidentLogEntry[]): ComputedRef<LogNames> {
  const incidents = useCollection('incidents');
  const bound = computed(() => entries().flatMap((entry) => planBoundBy(entry) ?? []));
  return computed(() => {
    void incidents.version.value;
    return {
      incidentNumber: (id) => incidents.items.get(id)?.number ?? text('dispatch.unknownIncident'),
      plan: planName,
      planStep: (seq, stepId) => planStepAt(bound.value, seq, stepId),
    };
  });
}

/** A plan that an incident got by an entry of its log. */
export interface BoundPlan {
  readonly seq: number;
  readonly planId: string;
  readonly version: number;
}

/** The plan that an incident has from this entry on; null: the entry binds none. */
export function planBoundBy({ kind, seq, body }: IncidentLogEntry): BoundPlan | null {
  if (kind === 'opened') {
    const { plan } = body as Partial<IncidentBody<'opened'>>;
    return plan ? { seq, planId: plan.planId, version: plan.version } : null;
  }
  if (kind !== 'plan') return null;
  const plan = body as Partial<IncidentBody<'plan'>>;
  return plan.did === 'bound' ? { seq, planId: plan.planId!, version: plan.version! } : null;
}

/** A step in the words of the plan that was bound when entry `seq` was written: plans have steps of one id and different words. */
export function planStepAt(bound: readonly BoundPlan[], seq: number, stepId: string): string {
  const plan = bound.findLast((one) => one.seq <= seq) ?? bound[0];
  return plan ? planStepName(plan.planId, plan.version, stepId) : stepId;
}
