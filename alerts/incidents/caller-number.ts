/** Where the number of whoever reported an incident is kept, sealed, with the incident's id behind it. */
export const callerPrefix = 'caller:';

export const callerKey = (incidentId: string): string => callerPrefix + incidentId;

/** A number as it is compared: however it was written, with spaces, dashes, brackets or full-width digits. */
export const dialled = (phone: string): string => phone.normalize('NFKC').replaceAll(/[\s().\p{Dash}]/gu, '');
