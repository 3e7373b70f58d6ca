import type { IncidentLevel } from '../incident-contract.ts';

/**
 * How soon a matter of each level is reported upward, in minutes: by telephone, and in writing. County plans differ; the written hour is that of a county's flood
 * plan for serious disasters, four hours the most that the national general plan leaves. null: nobody waits for it.
 */
export const upwardReport: Readonly<Record<IncidentLevel, { readonly phoneMinutes: number; readonly writtenMinutes: number } | null>> = {
  I: { phoneMinutes: 30, writtenMinutes: 60 },
  II: { phoneMinutes: 30, writtenMinutes: 60 },
  III: { phoneMinutes: 60, writtenMinutes: 240 },
  IV: null,
};
