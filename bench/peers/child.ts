import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A child that says one line when it is at work, and ends with its standard input. */
export async function startChild(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [...args], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...env } });
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${args[0]} ended`))),
  ])) as [string];
  return { child, line };
}

/** Ends it by its standard input, by force after 3 s. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.stdin?.end();
  const late = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(late);
}

/** A child that takes orders by lines, says its totals as lines of JSON, and ends with its standard input. */
export interface CountingChild<T> {
  readonly child: ChildProcess;
  order(line: string): void;
  /** Its totals as soon as they fit; rejects when it ends before, or after `withinMs`. */
  totals(fits: (totals: T) => boolean, withinMs: number): Promise<T>;
}

export function startCounting<T>(file: string): CountingChild<T> {
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  return {
    child,
    order: (line) => void child.stdin.write(`${line}\n`),
    totals: (fits, withinMs) =>
      new Promise((done, failed) => {
        let last = 'nothing yet';
        const end = (finish: () => void) => {
          clearTimeout(late);
          lines.off('line', hear);
          child.off('exit', gone);
          finish();
        };
        const hear = (line: string) => {
          last = line;
          const totals = JSON.parse(line) as T;
          if (fits(totals)) end(() => done(totals));
        };
        const gone = () => end(() => failed(new Error(`${file} ended: ${last}`)));
        const late = setTimeout(() => end(() => failed(new Error(`${file} says after ${withinMs} ms: ${last}`))), withinMs);
        lines.on('line', hear);
        child.on('exit', gone);
      }),
  };
}
