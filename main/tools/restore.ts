import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restoreBackup } from '../hub/operations/backup/restore-backup.ts';
import { exitUsage } from './run-tool.ts';
import { spanOfTime } from './span-of-time.ts';
import { exitNo, exitUnusable, tellProblem, usageFault } from './tool-problem.ts';
import type { Tool, ToolIo } from './tool.ts';

const help = `Put a backup in the place of a hub's ledger

  npm run hub -- restore --from BACKUP --data DIR [--foreign]

The hub must not run on DIR. Everything is verified before anything is touched: each file against the manifest, the manifest against the key of
this folder, the database, the chain of its audit and its seals. The replaced ledger is kept as DIR/ledger.db.before-restore-<time>. People
log in again afterwards; wall screens go on. What was done after the backup is lost, and the last line says how much that is.

Options
  --from BACKUP  the folder of one backup, e.g. DIR/backups/2026-11-26T02-00-00.000Z-4711
  --data DIR     data folder of the hub                                            (default: ./data)
  --foreign      take a backup of another hub: only into an empty folder, and only one that was made with --with-keys; its
                 passphrase is expected in TAODU_BACKUP_PASSPHRASE
  --help         this text

On a new machine: either copy the keys folder to DIR/keys first, or use --foreign.
Exit codes: 0 restored, ${exitNo} the backup was refused, ${exitUsage} wrong usage, ${exitUnusable} the folder cannot be used or a hub runs on it.
`;

interface Order {
  readonly from: string;
  readonly data: string;
  readonly foreign: boolean;
}

/** Restores a backup. */
export const restore: Tool = {
  name: 'restore',
  summary: 'put a backup in the place of the ledger',
  help,
  async run(args, io) {
    const order = readOrder(args, io);
    if (typeof order === 'string') {
      io.err(`taodu: ${order} (see --help)`);
      return exitUsage;
    }
    const startedAt = Date.now();
    const done = await restoreBackup({
      from: order.from,
      dataFolder: order.data,
      foreign: order.foreign,
      passphrase: io.env['TAODU_BACKUP_PASSPHRASE'] ?? null,
      by: `${userInfo().username} (restore)`,
      now: startedAt,
      say: (line) => io.err(`taodu: ${line}`),
    });
    if (!done.ok) return tellProblem(done.error, io);
    const { manifest, replacedPath, commitsLost } = done.value;
    const rpoMs = startedAt - manifest.at;
    const rtoMs = Date.now() - startedAt;
    if (replacedPath !== null) io.err(`taodu: the replaced ledger is ${replacedPath}; remove it when you are sure`);
    if (order.foreign) io.err(`taodu: the keys are in ${join(order.data, 'keys')}`);
    io.out(
      JSON.stringify({
        restored: order.from,
        seq: manifest.seq,
        replaced: replacedPath,
        commitsLost,
        rpoSeconds: Math.round(rpoMs / 1000),
        rtoSeconds: Math.round(rtoMs / 100) / 10,
      }),
    );
    io.err(
      `taodu: restored. RPO: the backup is ${spanOfTime(rpoMs)} old${commitsLost === null ? '' : `, ${commitsLost} commits since are lost`}. ` +
        `RTO: this took ${spanOfTime(rtoMs)}.`,
    );
    return 0;
  },
};

function readOrder(args: readonly string[], { cwd }: ToolIo): Order | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: { from: { type: 'string' }, data: { type: 'string' }, foreign: { type: 'boolean' } },
    });
    if (values.from === undefined) return '--from is missing: which backup?';
    return { from: resolve(cwd, values.from), data: resolve(cwd, values.data ?? 'data'), foreign: values.foreign === true };
  } catch (error) {
    return usageFault(error);
  }
}
