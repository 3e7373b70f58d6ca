import type { Severity } from '../../../alerts/contract.ts';
import type { IncidentLevel } from '../../../alerts/incident-contract.ts';

const levels: Readonly<Record<Severity, IncidentLevel>> = { critical: 'II', high: 'III', medium: 'IV', low: 'IV' };

/** The level that an alert proposes. Never I: that one is a person's to say. */
export const levelOfSeverity = (severity: Severity): IncidentLevel => levels[severity];
