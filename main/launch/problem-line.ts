import type { Problem } from '../contract/errors.ts';

/** One line for the person at the terminal: what is wrong, where, and its stable code. */
export function problemLine(problem: Problem): string {
  const { message, ...rest } = problem.params;
  const params = Object.entries(rest)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}=${String(value)}`)
    .join('');
  const sentence = problem.detail ?? (typeof message === 'string' ? message : problem.code);
  return `taodu: ${sentence.replaceAll(/\s+/g, ' ').trim()} [${problem.code}${params}]`;
}
