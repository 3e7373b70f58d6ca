import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '../../contract/result.ts';
import { replaceFile } from '../../hub/ledger/durable-file.ts';

const bytesAtMost = 8192;
const remembered = z.object({ dataFolder: z.string().min(1).max(1024).refine(isAbsolute) });

/** Keeps which data folder was chosen, in `file`. The error is what the system said. */
export function rememberFolder(file: string, dataFolder: string): Result<void, string> {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(file, `${JSON.stringify({ dataFolder })}\n`);
    return ok(undefined);
  } catch (error) {
    return err(String((error as NodeJS.ErrnoException).code ?? error));
  }
}

/** The data folder that `file` keeps; null when there is none, or nothing in it can be believed. */
export function readRememberedFolder(file: string): string | null {
  try {
    const { size } = statSync(file);
    if (size > bytesAtMost) return null;
    const read = remembered.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return read.success ? read.data.dataFolder : null;
  } catch {
    return null;
  }
}
