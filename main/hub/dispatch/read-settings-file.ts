import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { problem, ProblemError } from '../../contract/errors.ts';

/** A table of a city with thousands of rows is a fraction of it. */
const bytesAtMost = 4 * 1024 * 1024;

/**
 * Reads a JSON file that the configuration names. Throws a ProblemError `config-invalid` that says what is wrong with it: a hub with other rules than it was given
 * would mislead. @param key of the configuration, for the one who mends it
 */
export function readSettingsFile<T>(file: string, key: string, parse: (document: unknown) => z.ZodSafeParseResult<T>): T {
  const refuse = (message: string) => new ProblemError(problem('config-invalid', { file, key, message, line: null }));
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
  const parsed = parse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`.slice(0, 200));
}
