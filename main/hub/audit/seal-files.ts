import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../ledger/durable-file.ts';
import { parseSeal, type Seal, sealText } from './seal.ts';
import type { SealCheck } from './verify-audit.ts';

/** Writes `<day>.json`, durably. */
export function writeSealFile(folder: string, seal: Seal): void {
  replaceFile(join(folder, `${seal.day}.json`), sealText(seal));
}

/** The seals in a folder; none where there is no such folder. Other files are left alone. */
export function readSealFiles(folder: string): SealCheck['copies'] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
  return names.flatMap((name) => {
    const day = /^(\d{4}-\d{2}-\d{2})\.json$/.exec(name)?.[1];
    if (day === undefined) return [];
    const seal = parseSeal(readFileSync(join(folder, name), 'utf8'));
    return [{ day, seal: seal?.day === day ? seal : null }];
  });
}
