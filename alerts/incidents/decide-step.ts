import { problem } from '../../main/contract/errors.ts';
import { err, ok } from '../../main/contract/result.ts';
import type { Incident } from '../incident-contract.ts';
import { courseOf, limitsFor, refuseOver, type Decision, type DecisionContext } from './decision-context.ts';
import { isOver } from './incident-machine.ts';
import { planVersion } from './plans.ts';
import { followLimits } from './time-limits.ts';

export interface StepArgs {
  readonly stepId: string;
  readonly state: 'open' | 'done' | 'not-applicable';
  readonly note?: string | undefined;
}

/**
 * A step of the plan is done, does not apply (that wants to say why), or is open again. The limit that waits for it is met.
 * @returns `incident-closed`, `step-unknown`, `reason-required` where a step that asks for words or a number is ticked without them
 */
export function decideStep(incident: Incident, { stepId, state, note }: StepArgs, context: DecisionContext): Decision {
  if (isOver(incident.state)) return refuseOver(incident);
  const { plan } = incident;
  const step = plan?.steps.find(({ id }) => id === stepId);
  if (plan === null || step === undefined) return err(problem('step-unknown', { step: stepId }));
  if (step.state === state && step.note === (note ?? null)) return ok([]);
  const evidence = planVersion(plan.planId, plan.version)?.steps.find(({ id }) => id === stepId)?.evidence ?? 'none';
  const wanted = state === 'not-applicable' || (state === 'done' && (evidence === 'note' || evidence === 'number'));
  if (wanted && note === undefined) return err(problem('reason-required', { event: 'step' }));
  const { now, calendar } = context;
  const after = { ...plan, steps: plan.steps.map((one) => (one.id === stepId ? { ...one, state } : one)) };
  const limits = limitsFor(incident.type, incident.level, context);
  const timers = incident.timers.some(({ step: waits }) => waits === stepId)
    ? followLimits(courseOf(incident, { plan: after }), limits, now, calendar)
    : null;
  return ok([{ kind: 'plan', at: now, corrects: null, body: { did: 'step', stepId, state, note: note ?? null, timers } }]);
}
