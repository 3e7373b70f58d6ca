import type { Database } from 'better-sqlite3';
import type { CommandArgs } from '../../contract/catalog.ts';
import type { Problem } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import type { Scope } from '../../contract/scope.ts';
import type { EpochMs } from '../../contract/time.ts';
import { type AuditPage, searchAudit } from './audit-search.ts';
import { type ExportFile, writeExportFiles } from './export-files.ts';
import { readSealFiles } from './seal-files.ts';
import { publicKeyOf } from './seal-key.ts';
import { type AuditVerdict, verifySteps } from './verify-audit.ts';
import { searchWatches, type WatchPage } from './watch-search.ts';

/** What takes too long for the hub's own loop, as it is handed to the worker. */
export type AuditJob =
  | { readonly kind: 'search'; readonly filter: CommandArgs<'audit.search'>; readonly scope: Scope }
  | { readonly kind: 'watches'; readonly filter: CommandArgs<'audit.watches'>; readonly scope: Scope }
  | { readonly kind: 'verify'; readonly publicPem: string; readonly sealsFolder: string; readonly now: EpochMs }
  | {
      readonly kind: 'export';
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly folder: string;
      readonly leaveFreeBytes: number;
    };

export interface AuditAnswers {
  readonly search: AuditPage;
  readonly watches: WatchPage;
  readonly verify: AuditVerdict;
  readonly export: Result<readonly ExportFile[], Problem>;
}

export type AuditAnswer = AuditAnswers[AuditJob['kind']];

/** What the hub says to the worker. */
export type ToAuditWorker = { readonly id: number; readonly job: AuditJob } | { readonly id: number; readonly cancel: true };

/** What the worker says: exactly one for each job. */
export type FromAuditWorker =
  | { readonly id: number; readonly answer: AuditAnswer }
  | { readonly id: number; readonly cancelled: true }
  | { readonly id: number; readonly failed: string };

/** Does one job; what it yields only lets others have their turn. */
export function* auditSteps(database: Database, job: AuditJob): Generator<number, AuditAnswer> {
  switch (job.kind) {
    case 'search':
      return searchAudit(database, job.filter, job.scope);
    case 'watches':
      return searchWatches(database, job.filter, job.scope);
    case 'verify': {
      const publicKey = publicKeyOf(job.publicPem);
      if (!publicKey) throw new Error('the key of the seals is none');
      // The files first: a seal is in the database before it is in a file.
      return yield* verifySteps(database, { publicKey, copies: readSealFiles(job.sealsFolder), now: job.now });
    }
    case 'export':
      return yield* writeExportFiles(database, job);
  }
}
