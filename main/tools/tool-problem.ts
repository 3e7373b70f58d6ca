import type { Problem } from '../contract/errors.ts';
import type { ToolIo } from './tool.ts';

/** The answer is no. */
export const exitNo = 1;
/** The folder or file cannot be used (EX_CONFIG of sysexits.h). */
export const exitUnusable = 78;

const unusable: ReadonlySet<string> = new Set(['data-folder-in-use', 'data-folder-unusable', 'disk-low', 'config-invalid']);

/** Says in one line what is wrong; answers the exit code. */
export function tellProblem(problem: Problem, io: ToolIo): number {
  const params = Object.entries(problem.params)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}=${String(value)}`)
    .join('');
  io.err(`taodu: ${(problem.detail ?? problem.code).replaceAll(/\s+/g, ' ')} [${problem.code}${params}]`);
  return unusable.has(problem.code) ? exitUnusable : exitNo;
}

/** What was wrong with the words of a command line, in the first line of what their reader said. */
export function usageFault(cause: unknown): string {
  return (cause as Error).message.split('\n')[0]!.replace(/\. To specify.*$/, '');
}
