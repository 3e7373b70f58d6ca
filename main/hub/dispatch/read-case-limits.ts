import { readFileSync } from 'node:fs';
import { caseLimitsDocument, type CaseLimitsDocument } from '../../../alerts/index.ts';
import { problem, ProblemError } from '../../contract/errors.ts';

/** A table of a city with thousands of types is a fraction of it. */
const bytesAtMost = 4 * 1024 * 1024;

/** Reads a city's time limits of cases. Throws a ProblemError `config-invalid` that says what is wrong with the file: a hub with other limits than it was given would mislead. */
export function readCaseLimits(file: string): CaseLimitsDocument {
  const refuse = (message: string) => new ProblemError(problem('config-invalid', { file, key: 'cases.limitsFile', message, line: null }));
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw refuse(`cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'failed'})`);
  }
  if (bytes.length > bytesAtMost) throw refuse('is too large');
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refuse('is no JSON');
  }
  const parsed = caseLimitsDocument.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`.slice(0, 200));
}
