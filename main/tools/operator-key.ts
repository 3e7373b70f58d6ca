import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { operatorKeyLength } from '../contract/shell.ts';
import { operatorKeyFile, writeOperatorKey } from '../launch/operator-key.ts';
import { readSecret } from './read-secret.ts';
import { exitUsage } from './run-tool.ts';
import { exitNo, exitUnusable, usageFault } from './tool-problem.ts';
import type { Tool } from './tool.ts';

const help = `The unlock key of this computer's operator menu

  npm run hub -- operator-key --data DIR

Asks for the key twice, without showing it, and writes DIR/${operatorKeyFile}, for its owner alone. The key itself is not in it. Where nothing is typed, the
first line of what is piped in is the key. It is never taken from the command line, which others can read. A running wall takes it at once.

A key has ${operatorKeyLength.least} to ${operatorKeyLength.most} characters of an English keyboard. Choose digits alone where a wall has a mouse and no keyboard.

Options
  --data DIR    data folder of the wall computer    (default: ./data)
  --help        this text

Exit codes: 0 written, 1 the key cannot be used, or was not the same twice, ${exitUsage} wrong usage, ${exitUnusable} the folder cannot be written.
`;

const faults = {
  'too-short': `a key has at least ${operatorKeyLength.least} characters`,
  'too-long': `a key has at most ${operatorKeyLength.most} characters`,
  characters: 'a key has only letters, digits and signs of an English keyboard, and no space at its ends',
} as const;

/** Asks for one line that is not shown; null when there is none. */
export type AskSecret = (prompt: string) => Promise<string | null>;

const fromTerminal: AskSecret = (prompt) => readSecret(prompt, process.stdin, (text) => void process.stderr.write(text));

/** Sets the unlock key. `isTyped`: somebody types it, and may mistype it. */
export const operatorKeyTool = (ask: AskSecret = fromTerminal, isTyped: () => boolean = () => process.stdin.isTTY === true): Tool => ({
  name: 'operator-key',
  summary: 'set the unlock key of the operator menu',
  help,
  async run(args, io) {
    let data: string;
    try {
      data =
        parseArgs({ args: [...args], strict: true, allowPositionals: false, options: { data: { type: 'string' } } }).values.data ?? 'data';
    } catch (cause) {
      io.err(`taodu: ${usageFault(cause)} (see --help)`);
      return exitUsage;
    }
    const key = await ask('Unlock key: ');
    if (key === null) {
      io.err('taodu: no key was given');
      return exitNo;
    }
    if (isTyped() && (await ask('Once more: ')) !== key) {
      io.err('taodu: that was not the same key; nothing was changed');
      return exitNo;
    }
    try {
      const folder = resolve(io.cwd, data);
      const written = await writeOperatorKey(folder, key);
      if (!written.ok) {
        io.err(`taodu: ${faults[written.error]}; nothing was changed`);
        return exitNo;
      }
      io.err(`taodu: the unlock key of the operator menu is set, in ${folder}`);
      return 0;
    } catch (cause) {
      io.err(`taodu: ${(cause as Error).message}`);
      return exitUnusable;
    }
  },
});
