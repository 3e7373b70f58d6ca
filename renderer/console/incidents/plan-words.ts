import { planVersion, type PlanStep } from '../../../alerts/incidents/plans.ts';
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

/** A step in words; one that this page does not know by its id. */
export function planStepName(planId: string, version: number, stepId: string): string {
  const step = planStepOf(planId, version, stepId);
  return step ? inLanguage(step) : stepId;
}
