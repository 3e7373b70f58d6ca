import { join } from 'node:path';
import type { WatchListener } from '../../../streams/index.ts';
import type { Config } from '../../config/config.ts';
import type { Handlers } from '../../contract/catalog.ts';
import { type Problem, problem } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { ScopeClaim } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import type { AuditLog } from './audit-log.ts';
import { createAuditReader } from './audit-reader.ts';
import { cityDays } from './city-day.ts';
import { makeExport, removeUnfinishedExports } from './make-export.ts';
import { storedSeals } from './seal.ts';
import { openSealKey } from './seal-key.ts';
import { startSeals } from './seals.ts';
import type { AuditVerdict } from './verify-audit.ts';
import { startWatchRegister } from './watch-register.ts';

/** Everything about the audit besides writing it: seals, search, the watch register, exports. */
export interface AuditRoom {
  readonly handlers: Handlers<'audit.search' | 'audit.watches' | 'audit.verify' | 'audit.export'>;
  /** Hears from the streams who watches what. */
  readonly watching: WatchListener;
  /** Cameras that are being watched, each session apart. */
  readonly watches: number;
  /** Where exports are, a folder each, named by their id. */
  readonly exportsFolder: string;
  /** Recomputes the whole chain and its seals, in the worker. */
  verify(signal: AbortSignal): Promise<Result<AuditVerdict, Problem>>;
  stop(): Promise<void>;
}

/**
 * Opens the room over a ledger whose folder the caller holds.
 * @throws ProblemError `data-folder-unusable` when days were sealed with a key that is not there any more
 */
export function openAuditRoom(options: {
  readonly ledger: SqliteLedger;
  readonly audit: AuditLog;
  readonly dataFolder: string;
  readonly config: Pick<Config, 'accounts' | 'disk'>;
  readonly clock: Clock;
  readonly log: Log;
  /** What a camera is in scope terms; undefined for one that is gone. */
  claimOf(cameraId: string): ScopeClaim | undefined;
  /** Hears what every verification came to, whoever asked for it. */
  onVerdict(verdict: AuditVerdict): void;
}): AuditRoom {
  const { ledger, audit, dataFolder, clock, log } = options;
  const sealsFolder = join(dataFolder, 'seals');
  const exportsFolder = join(dataFolder, 'exports');
  removeUnfinishedExports(exportsFolder);
  const key = openSealKey(dataFolder, storedSeals(ledger.database).length > 0);
  const days = cityDays(options.config.accounts.timeZone);
  const seals = startSeals({ ledger, dataFolder, key, days, clock, log });
  const register = startWatchRegister({ ledger, audit, clock, log, claimOf: (id) => options.claimOf(id) });
  const reader = createAuditReader({ ledgerPath: join(dataFolder, 'ledger.db'), log });
  const verify = async (signal: AbortSignal) => {
    const verdict = await reader.run({ kind: 'verify', publicPem: key.publicPem, sealsFolder, now: clock.now() }, signal);
    if (verdict.ok) options.onVerdict(verdict.value);
    return verdict;
  };

  return {
    watching: register,
    exportsFolder,
    verify,
    get watches() {
      return register.size;
    },
    handlers: {
      async 'audit.search'(filter, { principal, signal }) {
        if (!principal) return err(problem('login-required'));
        const page = await reader.run({ kind: 'search', filter, scope: principal.scope }, signal);
        if (!page.ok) return page;
        const { rows, next } = page.value;
        return ok({ result: { rows: [...rows], next }, after: { rows: rows.length } });
      },

      async 'audit.watches'(filter, { principal, signal }) {
        if (!principal) return err(problem('login-required'));
        const page = await reader.run({ kind: 'watches', filter, scope: principal.scope }, signal);
        if (!page.ok) return page;
        const { watches, next } = page.value;
        return ok({ result: { watches: [...watches], next }, after: { watches: watches.length } });
      },

      async 'audit.verify'(_args, { signal }) {
        const verdict = await verify(signal);
        return verdict.ok ? ok({ result: { ...verdict.value }, after: verdict.value }) : verdict;
      },

      async 'audit.export'({ from, to, purpose, caseNumber = null }, { principal, approvedBy, from: asker, now, signal }) {
        if (!principal) return err(problem('login-required'));
        if (approvedBy === null) return err(problem('needs-second-person'));
        const { address } = asker;
        const order = { from, to, purpose, caseNumber, requestedBy: principal.name, approvedBy, address };
        const made = await makeExport(
          { ...order, workstation: asker.workstation ?? address },
          { exportsFolder, reader, key, lastSeal: seals.last, leaveFreeBytes: options.config.disk.warnMb * 1024 * 1024, now, signal },
        );
        return made.ok ? ok({ result: made.value, after: made.value }) : made;
      },
    },
    async stop() {
      await Promise.all([reader.stop(), seals.stop(), register.stop()]);
    },
  };
}
