import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyFileForm, type KeyFiles } from './sealed-keys.ts';

const keyBytesAtMost = 64 * 1024;

/** The secrets key of a data folder; null where there is none. */
export function secretsKeyOf(dataFolder: string): Buffer | null {
  try {
    const key = readFileSync(join(dataFolder, 'keys', 'secrets.key'));
    return key.length === 32 ? key : null;
  } catch {
    return null;
  }
}

/** Every key of a data folder. What is no small plain file with a plain name is no key. */
export function keyFilesOf(dataFolder: string): KeyFiles {
  const folder = join(dataFolder, 'keys');
  const names = readdirSync(folder).filter((name) => {
    const found = lstatSync(join(folder, name));
    return keyFileForm.test(name) && found.isFile() && found.size <= keyBytesAtMost;
  });
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}
