import { randomInt } from 'node:crypto';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passwordProblem } from './password-policy.ts';

/** The file that tells whoever may read the data folder the generated first password, until it is changed. */
export interface FirstPassword {
  /** Path of the file while it exists. */
  path(): string | null;
  /** Makes a password and writes it to the file, readable for its owner alone. */
  generate(userName: string): string;
  forget(): void;
}

const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export function createFirstPassword(dataFolder: string): FirstPassword {
  const file = join(dataFolder, 'admin-password.txt');
  return {
    path: () => (existsSync(file) ? file : null),
    generate(userName) {
      let password: string;
      do {
        password = Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')).join('-');
      } while (passwordProblem(password, userName));
      rmSync(file, { force: true });
      writeFileSync(file, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true });
      chmodSync(file, 0o600);
      return password;
    },
    forget: () => rmSync(file, { force: true }),
  };
}
