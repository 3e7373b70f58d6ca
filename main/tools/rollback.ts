import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { rollBack } from '../hub/ledger/roll-back.ts';
import { exitUsage } from './run-tool.ts';
import { spanOfTime } from './span-of-time.ts';
import { exitNo, exitUnusable, tellProblem, usageFault } from './tool-problem.ts';
import type { Tool } from './tool.ts';

const help = `Go back to the ledger as it was before the last upgrade

  npm run hub -- rollback --data DIR

When a newer program opens a ledger of an older version, it keeps it as DIR/ledger.db.v<version> before it changes anything. This puts the
newest older one back, so that the older program can be started again. The newer ledger is kept in turn as DIR/ledger.db.v<version>.
What was done since the upgrade is only in that one; that it was rolled back is a row in the audit. The hub must not run on DIR.

Options
  --data DIR   data folder of the hub                                              (default: ./data)
  --help       this text

Exit codes: 0 done, ${exitNo} nothing older was kept, ${exitUsage} wrong usage, ${exitUnusable} the folder cannot be used or a hub runs on it.
`;

/** Undoes an upgrade of the ledger. */
export const rollback: Tool = {
  name: 'rollback',
  summary: 'put the ledger back as it was before the last upgrade',
  help,
  async run(args, io) {
    let data: string;
    try {
      const { values } = parseArgs({ args: [...args], strict: true, allowPositionals: false, options: { data: { type: 'string' } } });
      data = resolve(io.cwd, values.data ?? 'data');
    } catch (error) {
      io.err(`taodu: ${usageFault(error)} (see --help)`);
      return exitUsage;
    }
    const now = Date.now();
    const done = rollBack(data, now, `${userInfo().username} (rollback)`);
    if (!done.ok) return tellProblem(done.error, io);
    const { fromVersion, toVersion, keptAt, newerPath } = done.value;
    io.out(JSON.stringify({ fromVersion, toVersion, keptAt, newer: newerPath }));
    io.err(
      `taodu: the ledger is of version ${toVersion} again, as it was ${spanOfTime(now - keptAt)} ago. What was done since is in ${newerPath}. ` +
        'Start the older program now: this one would upgrade it again.',
    );
    return 0;
  },
};
