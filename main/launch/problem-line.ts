import type { Problem } from '../contract/errors.ts';

/** One line for the person at the terminal: what is wrong, where, and its stable code. */
export function problemLine(problem: Problem): string {
  const params = Object.entries(problem.params)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
  const sentence = (problem.detail ?? problem.code).replaceAll(/\s+/g, ' ').trim();
  return `taodu: ${sentence} [${problem.code}${params ? ` ${params}` : ''}]`;
}
