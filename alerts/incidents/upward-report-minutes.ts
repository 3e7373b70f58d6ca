import type { IncidentLevel } from '../incident-contract.ts';

/**
 * How many minutes after it was reported a matter of each level is reported upward in writing. County plans differ; the hour is that of a county's flood plan for
 * serious disasters, four hours the most that the national general plan leaves. null: nobody waits for it.
 */
export const upwardReportMinutes: Readonly<Record<IncidentLevel, number | null>> = { I: 60, II: 60, III: 240, IV: null };
