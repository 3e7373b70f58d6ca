import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/load-config.ts';
import { writeBackup } from '../hub/operations/backup/write-backup.ts';
import { passphraseAtLeast } from '../hub/operations/backup/sealed-keys.ts';
import { exitUsage } from './run-tool.ts';
import { exitNo, exitUnusable, tellProblem, usageFault } from './tool-problem.ts';
import type { Tool, ToolIo } from './tool.ts';

const help = `A backup of a hub's data folder, whether or not the hub runs

  npm run hub -- backup --data DIR [--to DIR] [--with-keys]

Writes the ledger as it is at one moment and the seals of its audit into a new folder <time>-<commit>, with a manifest that only the
holder of this data folder's key can make. Its last line on stdout is JSON: {"backup","bytes","seq"}.

The folder DIR/keys is NOT in it: without the keys nobody can read the cameras' passwords in a stolen backup, and without the keys you cannot
restore one. Keep a copy of the keys apart from the backups, or seal them into the backup with --with-keys.

Options
  --data DIR    data folder of the hub                                             (default: ./data)
  --to DIR      folder that holds the backups      (default: backup.folder of DIR/taodu.yaml, else DIR/backups)
  --with-keys   put the keys in too, sealed under the passphrase in TAODU_BACKUP_PASSPHRASE (${passphraseAtLeast} characters or more)
  --help        this text

Exit codes: 0 made, ${exitNo} it could not be made, ${exitUsage} wrong usage, ${exitUnusable} the configuration cannot be used.
`;

/** Only a build knows it. */
const productVersion = typeof __TAODU_VERSION__ === 'undefined' ? 'unbuilt' : __TAODU_VERSION__;

interface Order {
  readonly data: string;
  readonly to: string | null;
  readonly withKeys: boolean;
}

/** Makes a backup. */
export const backup: Tool = {
  name: 'backup',
  summary: 'back the ledger up, also while the hub runs',
  help,
  async run(args, io) {
    const order = readOrder(args, io);
    if (typeof order === 'string') {
      io.err(`taodu: ${order} (see --help)`);
      return exitUsage;
    }
    const passphrase = io.env['TAODU_BACKUP_PASSPHRASE'] ?? '';
    if (order.withKeys && passphrase.length < passphraseAtLeast) {
      io.err(`taodu: --with-keys needs a passphrase of ${passphraseAtLeast} characters or more in TAODU_BACKUP_PASSPHRASE`);
      return exitUsage;
    }
    const configFile = join(order.data, 'taodu.yaml');
    const config = loadConfig(existsSync(configFile) ? { file: configFile, overrides: {} } : { overrides: {} });
    if (!config.ok) return tellProblem(config.error, io);
    const folder = order.to ?? resolve(order.data, config.value.backup.folder ?? 'backups');
    const made = await writeBackup({
      dataFolder: order.data,
      folder,
      productVersion,
      now: Date.now(),
      passphrase: order.withKeys ? passphrase : null,
      leaveFreeBytes: 0,
      pauseMs: 0,
    });
    if (!made.ok) return tellProblem(made.error, io);
    const { name, bytes, ledgerSeq } = made.value;
    io.err(
      order.withKeys
        ? 'taodu: the keys are in it, sealed: whoever has the backup and the passphrase has everything'
        : `taodu: the keys are not in it: keep ${join(order.data, 'keys')} apart from the backups, a restore needs it`,
    );
    io.out(JSON.stringify({ backup: join(folder, name), bytes, seq: ledgerSeq }));
    return 0;
  },
};

function readOrder(args: readonly string[], { cwd }: ToolIo): Order | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: { data: { type: 'string' }, to: { type: 'string' }, 'with-keys': { type: 'boolean' } },
    });
    return {
      data: resolve(cwd, values.data ?? 'data'),
      to: values.to === undefined ? null : resolve(cwd, values.to),
      withKeys: values['with-keys'] === true,
    };
  } catch (error) {
    return usageFault(error);
  }
}
