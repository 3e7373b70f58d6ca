import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../../main/contract/log.ts';

/** A bundled clip, as far as the demo city needs to know it. */
export interface Clip {
  readonly name: string;
  /** True when there is a full-size picture beside the small one. */
  readonly hasMain: boolean;
  /** Length of the loop. */
  readonly seconds: number;
}

const clipList = z.array(
  z
    .object({ name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/), main: z.string().nullable(), seconds: z.number().positive().max(3600) })
    .transform(({ name, main, seconds }): Clip => ({ name, hasMain: main !== null, seconds })),
);

/** What the clips folder's own list names. Without a readable list the cameras will say that their file is missing. */
export async function readClips(folder: string, log: Log): Promise<readonly Clip[]> {
  const file = join(folder, 'clips.json');
  try {
    return clipList.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    log.warn({ file, error: String(error) }, 'no clips for the demo city: its cameras will have no picture');
    return [];
  }
}
