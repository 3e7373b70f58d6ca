import { readdirSync, readFileSync } from 'node:fs';
import type { RunningHub } from '../e2e/start-hub.ts';

const ticksPerSecond = 100;

/** CPU seconds used so far (user and system), by who used them: browser, hub, relay and this process, the load generator. Linux. */
async function usedS(hub: RunningHub): Promise<Record<string, number>> {
  const own = process.cpuUsage();
  return {
    browser: browserPids().reduce((sum, pid) => sum + secondsOf(String(pid)), 0),
    hub: secondsOf(String(await hub.child('hub.js'))),
    relay: secondsOf(String(await hub.child('relay.js'))),
    load_generator: (own.user + own.system) / 1e6,
  };
}

/** Begins to measure; the function given back answers the cores each of them kept busy since, on average. */
export async function measureCpu(hub: RunningHub): Promise<() => Promise<Record<string, number>>> {
  const from = performance.now();
  const before = await usedS(hub);
  return async () => {
    const after = await usedS(hub);
    const seconds = (performance.now() - from) / 1000;
    return Object.fromEntries(
      Object.entries(after).map(([who, used]) => [`cpu_${who}_cores`, Math.round(((used - before[who]!) / seconds) * 1000) / 1000]),
    );
  };
}

/** The processes below `parent`, their children as well. Linux. */
export function processesBelow(parent: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const above = parentOf(name);
    const siblings = children.get(above) ?? [];
    siblings.push(Number(name));
    children.set(above, siblings);
  }
  const below: number[] = [];
  const visit = (pid: number) => {
    for (const child of children.get(pid) ?? []) {
      below.push(child);
      visit(child);
    }
  };
  visit(parent);
  return below;
}

/** The processes of the browsers that this process has started: other people's are none of our business. */
export const browserPids = (): number[] => processesBelow(process.pid).filter((pid) => commandOf(pid).includes('chromium'));

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0; // it ended while we looked
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** PSS of these processes together, in MB. Linux. */
export const pssMbOfAll = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + pssMbOf(String(pid)), 0);

/** CPU seconds that a process has used, user and system; 0 when it is gone. Linux. */
export function secondsOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** The memory that is a process's own share (PSS), in MB; 0 when it is gone. Linux. */
export function pssMbOf(pid: string): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * The memory of a process that no other has a share in (anonymous and shared-memory pages), in MB; 0 when it is gone. Unlike PSS it does not change
 * when another process with the same program starts or ends. Linux.
 */
export function ownMbOf(pid: string): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
    return (kb('Pss_Anon') + kb('Pss_Shmem')) / 1024;
  } catch {
    return 0;
  }
}

/** Percent of one core that these processes together used over `ms`, and the memory they then hold. */
export async function measureProcesses(
  pids: readonly number[],
  ms: number,
): Promise<{ readonly cpuPercent: number; readonly pssMb: number }> {
  const used = () => pids.reduce((sum, pid) => sum + secondsOf(String(pid)), 0);
  const before = used();
  const from = performance.now();
  await new Promise((done) => setTimeout(done, ms));
  return {
    cpuPercent: ((used() - before) * 100_000) / (performance.now() - from),
    pssMb: pssMbOfAll(pids),
  };
}

/** CPU seconds of this process's children that have ended. Linux. */
export function childSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}
