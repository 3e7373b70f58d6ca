import { caseLimitsDocument, type CaseLimitsDocument } from '../../../alerts/index.ts';
import { readSettingsFile } from './read-settings-file.ts';

/** Reads a city's time limits of cases. Throws as `readSettingsFile`. */
export function readCaseLimits(file: string): CaseLimitsDocument {
  return readSettingsFile(file, 'cases.limitsFile', (document) => caseLimitsDocument.safeParse(document));
}
