import { planVersion, plans, type PlanStep } from '../../../alerts/incidents/plans.ts';
import { currentLocale } from '../../i18n/index.ts';

const inLanguage = ({ zh, en }: { readonly zh: string; readonly en: string }) => (currentLocale.value === 'en' ? en : zh);

/** A plan by its name; one that this page does not know by its id. */
export function planName(id: string, version: number): string {
  const plan = planVersion(id, version);
  return plan ? inLanguage(plan) : id;
}

/** A step as the version that a run is bound to has it; undefined where this page does not know it. */
export const planStepOf = (planId: string, version: number, stepId: string): PlanStep | undefined =>
  planVersion(planId, version)?.steps.find(({ id }) => id === stepId);

/** A step in words. Without a plan the latest one that has such a step says them. */
export function planStepName(planId: string | null, version: number | null, stepId: string): string {
  const step =
    planId !== null && version !== null
      ? planStepOf(planId, version, stepId)
      : plans.flatMap(({ steps }) => steps).findLast(({ id }) => id === stepId);
  return step ? inLanguage(step) : stepId;
}
