import type { z } from 'zod';
import { problem, type Problem } from '../../main/contract/errors.ts';

/** Says in the registry's codes what is wrong with a camera that its schema refused; the first complaint counts. */
export function inputProblem(issues: readonly z.core.$ZodIssue[], input: unknown): Problem {
  const issue = issues[0];
  const path = (issue?.path ?? []).map(String);
  const field = issue?.code === 'unrecognized_keys' ? [...path, issue.keys[0]].join('.') : path.join('.');
  const value = at(input, path);
  if (path.length === 0 && issue?.code !== 'unrecognized_keys') return problem('json-malformed', {});
  if (issue?.code !== 'unrecognized_keys' && (value === undefined || value === '')) return problem('field-missing', { field: cut(field) });
  if (path[0] === 'number') return problem('camera-number-invalid', { number: cut(value) });
  if (path[0] === 'lat' || path[0] === 'lon') return problem('coordinates-invalid', { field });
  if (issue?.code === 'invalid_union' && (path[0] === 'source' || path[0] === 'alternates')) {
    const kind = at(value, path.at(-1) === 'kind' ? [] : ['kind']);
    return kind === undefined || kind === ''
      ? problem('field-missing', { field: 'source.kind' })
      : problem('source-kind-unsupported', { kind: cut(kind) });
  }
  if (path[0] === 'source') return problem('source-invalid', { field: cut(field), reason: issue?.code ?? 'custom' });
  return problem('field-invalid', { field: cut(field), reason: issue?.code ?? 'custom' });
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** What somebody entered, short; an address that stands in the wrong column is not repeated with its password. */
function cut(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : typeof value;
  return text.replace(/\/\/.*/s, '//…').slice(0, 64);
}
