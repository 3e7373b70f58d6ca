import { spawnSync } from 'node:child_process';

/**
 * Runs `start` so that every process it starts, and theirs, are held to one core for as long as they live; null: wherever the system puts them. This
 * process itself is held only meanwhile. Linux (taskset).
 */
export async function pinned<T>(core: number | null, start: () => Promise<T>): Promise<T> {
  if (core === null) return start();
  // Only its main thread, which starts all children: they inherit it.
  const before = taskset('-p', '-c', String(process.pid)).split(': ').at(-1)!.trim();
  taskset('-p', '-c', String(core), String(process.pid));
  try {
    return await start();
  } finally {
    taskset('-p', '-c', before, String(process.pid));
  }
}

function taskset(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('taskset', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`taskset ${args.join(' ')}: ${stderr}`);
  return stdout;
}
