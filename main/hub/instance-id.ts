import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Eight random hexadecimal digits that name this data folder, so that the cookies of two hubs on one machine have different names. */
export function instanceId(dataFolder: string): string {
  const file = join(dataFolder, 'instance-id');
  try {
    const held = readFileSync(file, 'utf8').trim();
    if (/^[0-9a-f]{8}$/.test(held)) return held;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  const made = randomBytes(4).toString('hex');
  writeFileSync(file, `${made}\n`, { mode: 0o600, flush: true });
  return made;
}
