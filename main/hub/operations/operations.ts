import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { User } from '../../contract/accounts.ts';
import type { Handlers } from '../../contract/catalog.ts';
import type { AnyCommand } from '../../contract/define-command.ts';
import type { Problem } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import type { Health, HealthItem } from '../../contract/operations.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import { dutiesHeldTogether } from '../accounts/separate-duties.ts';
import { pruneAudit, pruneWatches } from '../audit/prune-audit.ts';
import type { MetricSource } from '../gateway/metrics.ts';
import { instanceId } from '../instance-id.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import {
  assessAudit,
  assessBackup,
  assessCertificate,
  assessClock,
  assessDisk,
  assessDuties,
  assessRetention,
  healthItems,
  type Assessment,
  type AuditRun,
} from './assess-health.ts';
import { createBackups } from './backup/backups.ts';
import { pruneBackups } from './backup/list-backups.ts';
import { createAgeClock } from './clock/age-clock.ts';
import { type AskTime, createAskTime } from './clock/ask-time.ts';
import { createClockWatch } from './clock/clock-watch.ts';
import { createDiskWatch, freeBytesOf } from './disk/disk-watch.ts';
import { mayWrite } from './disk/may-write.ts';
import { createHealthBoard } from './health-board.ts';
import { createNightly } from './nightly.ts';
import { pruneCommands } from './prune-commands.ts';
import { pruneExports } from './prune-exports.ts';
import { createRetention, type Pruned } from './retention.ts';

/** What keeps the hub itself in order: health, room on the disk, old records, the clock, backups. */
export interface Operations {
  readonly handlers: Pick<Handlers, 'backup.create' | 'backup.list'>;
  readonly figures: readonly MetricSource[];
  /** Why a command may not write now; null when it may. */
  mayWrite(definition: AnyCommand): Problem | null;
  /** Only what is needed in need is written now. */
  diskIsFull(): boolean;
  /** Takes note of what a verification of the audit came to, whoever asked for it. */
  auditVerified(verdict: NonNullable<AuditRun>): void;
  stop(): Promise<void>;
}

export interface OperationsOptions {
  readonly config: Config;
  readonly dataFolder: string;
  /** Nothing of a demo city is worth a backup. */
  readonly demo: boolean;
  readonly version: string;
  readonly ledger: SqliteLedger;
  readonly clock: Clock;
  readonly log: Log;
  /** Verifies the audit and its seals away from the hub's loop; the verdict comes by `auditVerified`. */
  verifyAudit(signal: AbortSignal): Promise<Result<unknown, Problem>>;
  /** The certificate in use, and why a newer one is refused; null without TLS. */
  readonly certificate: { readonly current: { readonly notAfter: EpochMs }; readonly refused: Problem | null } | null;
  /** Removes a part of the raw records and values of feeds that are too old; answers how many went. */
  pruneJournal(now: EpochMs): Promise<number>;
  readonly askTime?: AskTime;
  readonly freeBytesOf?: (folder: string) => Promise<number>;
}

const mb = 1024 * 1024;
/** How often is looked at what changes slowly. */
const lookEveryMs = 60_000;
/** Old rows that one step removes: 10 ms on a slow disk, most of it for the commit; still 200,000 an hour. */
const rowsAtOnce = 100;

const stateNumber: Readonly<Record<Health['state'], number>> = { ok: 0, unknown: 1, warning: 2, failed: 3 };

export function createOperations(options: OperationsOptions): Operations {
  const { config, dataFolder, demo, version, ledger, clock, log } = options;
  const ending = new AbortController();
  const startedAt = clock.now();
  const board = createHealthBoard(ledger, clock, log);
  const { warnMb, stopMb } = config.disk;
  const { driftMs } = config.clock;
  const { auditMonths, commandDays, exportDays, backupsKept } = config.retention;
  const everyHours = demo ? 0 : config.backup.everyHours;
  const instance = instanceId(dataFolder);
  const backupFolder = resolve(dataFolder, config.backup.folder ?? 'backups');

  /** What nobody can tell yet is left out. */
  const post = (found: Partial<Record<HealthItem, Assessment | null>>, figures: 'hourly' | 'at-once' = 'hourly') => {
    const known = Object.entries(found).filter(([item, assessment]) => assessment !== null || item === 'certificate');
    if (!ending.signal.aborted) board.post(Object.fromEntries(known), figures);
  };

  const ledgerBytes = () =>
    ['ledger.db', 'ledger.db-wal'].reduce((sum, name) => sum + (statSync(join(dataFolder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  const disk = createDiskWatch({
    folder: dataFolder,
    limits: { warnBytes: warnMb * mb, stopBytes: stopMb * mb },
    clock,
    log,
    onChange: () => post({ disk: diskNow() }),
    freeBytesOf: options.freeBytesOf ?? freeBytesOf,
  });
  const diskNow = () => {
    const { state, freeBytes, ballastHeld } = disk;
    return freeBytes === null ? null : assessDisk({ state, freeBytes, ballastHeld, ledgerBytes: ledgerBytes(), warnMb, stopMb });
  };
  ledger.whenFull(() => disk.full());

  const time = createClockWatch({
    servers: config.clock.servers,
    driftMs,
    ask: options.askTime ?? createAskTime(clock),
    clock,
    log,
    onChange: () => post({ clock: clockNow() }),
  });
  const clockNow = () => assessClock(time.verdict, time.lastStep?.byMs ?? null, driftMs);

  const backups = createBackups({
    dataFolder,
    folder: backupFolder,
    instance,
    productVersion: version,
    everyHours,
    leaveFreeBytes: Math.max(warnMb, stopMb) * mb,
    clock,
    log,
    onChange: () => post({ backup: backupNow() }, 'at-once'),
  });
  const backupNow = () => {
    const { lastAt, failure } = backups;
    return assessBackup({ lastAt, failure, everyHours, startedAt, now: clock.now() });
  };

  const ageClock = createAgeClock({ lastKnown: lastKnownTime(ledger), clock, log, verdict: () => time.verdict });
  /** Removes what is old by a clock that is believed. */
  const byAge = (prune: (now: EpochMs) => Pruned | Promise<Pruned>) => () => {
    const now = ageClock.now();
    return now === null ? ({ removed: 0, more: false, held: true } as const) : prune(now);
  };
  const retention = createRetention({
    steps: [
      { name: 'audit', run: byAge((now) => pruneAudit(ledger.database, now, auditMonths, rowsAtOnce)) },
      { name: 'watches', run: byAge((now) => pruneWatches(ledger.database, now, auditMonths, rowsAtOnce)) },
      { name: 'commands', run: byAge((now) => pruneCommands(ledger, commandDays, now)) },
      { name: 'exports', run: byAge((now) => pruneExports(dataFolder, exportDays, now)) },
      {
        name: 'journal',
        run: byAge(async (now) => {
          const removed = await options.pruneJournal(now);
          return { removed, more: removed > 0 };
        }),
      },
      { name: 'backups', run: () => pruneBackups(backupFolder, backupsKept, clock.now(), instance) },
    ],
    clock,
    log,
    onChange: () => post({ retention: assessRetention(retention.lastRound) }),
  });

  // An audit that was found altered stays so over a restart, until it is verified again.
  const known = board.get('audit');
  let auditRun: AuditRun =
    known?.code === 'audit-broken'
      ? {
          ok: false,
          firstBadSeq: (known.params['firstBadSeq'] as number | null | undefined) ?? null,
          firstBadSeal: (known.params['firstBadSeal'] as string | null | undefined) ?? null,
        }
      : null;
  let verifiedAt: EpochMs | null = null;
  let verdictAt = startedAt;
  const isNight = createNightly(config.accounts.timeZone);
  const lastSeal = ledger.database.prepare('SELECT max(sealed_at) FROM audit_seals').pluck();
  const firstRow = ledger.database.prepare('SELECT at FROM audit ORDER BY seq LIMIT 1').pluck();
  const auditNow = () =>
    assessAudit(auditRun, (lastSeal.get() ?? firstRow.get() ?? null) as EpochMs | null, verdictAt, startedAt, clock.now());
  let verifying: Promise<void> = Promise.resolve();
  const verify = async () => {
    verifiedAt = clock.now();
    const failed = (fields: object) => !ending.signal.aborted && log.error(fields, 'the audit could not be verified tonight');
    try {
      const verdict = await options.verifyAudit(ending.signal);
      if (!verdict.ok) failed({ problem: verdict.error });
    } catch (cause) {
      failed({ err: cause });
    }
  };
  const auditVerified = (verdict: NonNullable<AuditRun>) => {
    auditRun = verdict;
    verdictAt = clock.now();
    if (!verdict.ok) log.error({ ...verdict }, 'the audit was altered');
    post({ audit: auditNow() });
  };

  const certificateNow = () => {
    const { certificate } = options;
    const reason = certificate?.refused ? String(certificate.refused.params['reason'] ?? certificate.refused.code) : null;
    return certificate && assessCertificate({ notAfter: certificate.current.notAfter, reason }, clock.now());
  };
  const dutiesNow = () => assessDuties(dutiesHeldTogether(ledger.all('users') as IterableIterator<User>).map(({ name }) => name));

  const look = () => {
    post({
      disk: diskNow(),
      clock: clockNow(),
      audit: auditNow(),
      backup: backupNow(),
      certificate: certificateNow(),
      duties: dutiesNow(),
    });
    // it may take minutes: everything else is looked at meanwhile
    if (isNight(clock.now(), verifiedAt)) verifying = verify();
  };
  const looking = (async () => {
    while (!ending.signal.aborted) {
      try {
        look();
      } catch (cause) {
        log.error({ err: cause }, 'the hub could not look after itself');
      }
      await clock.sleep(lookEveryMs, ending.signal).catch(() => undefined);
    }
  })();

  const figures: MetricSource[] = [
    {
      name: 'taodu_health',
      help: 'How the hub itself is, by item: 0 ok, 1 unknown, 2 warning, 3 failed.',
      kind: 'gauge',
      label: 'item',
      read: () =>
        Object.fromEntries(
          healthItems.flatMap((item) => {
            const health = board.get(item);
            return health === undefined ? [] : [[item, stateNumber[health.state]]];
          }),
        ),
    },
    {
      name: 'taodu_disk_free_bytes',
      help: 'Room that the hub may still use on the disk of its data folder.',
      kind: 'gauge',
      read: () => disk.freeBytes ?? 0,
    },
    { name: 'taodu_ledger_bytes', help: 'Size of the ledger with its log.', kind: 'gauge', read: ledgerBytes },
    {
      name: 'taodu_clock_steps_total',
      help: 'Times that somebody set the clock while the hub ran.',
      kind: 'counter',
      read: () => time.steps,
    },
    { name: 'taodu_records_removed_total', help: 'Old records removed since the start.', kind: 'counter', read: () => retention.removed },
  ];

  return {
    handlers: {
      'backup.create': async () => {
        const made = await backups.create();
        return made.ok ? ok({ result: made.value }) : made;
      },
      'backup.list': async () => ok({ result: await backups.list() }),
    },
    figures,
    mayWrite: (definition) => mayWrite(definition, disk.state),
    diskIsFull: () => disk.state === 'full',
    auditVerified,
    async stop() {
      ending.abort();
      ledger.whenFull(() => false);
      await Promise.all([looking, verifying, disk.stop(), time.stop(), backups.stop(), retention.stop()]);
    },
  };
}

/** The newest time that stands in a ledger from before this opening; null when it is new. */
function lastKnownTime({ database, epoch }: SqliteLedger): EpochMs | null {
  const commit = database.prepare('SELECT at FROM changes WHERE epoch < ? ORDER BY seq DESC LIMIT 1').pluck().get(epoch);
  return (commit ?? database.prepare('SELECT at FROM audit ORDER BY seq DESC LIMIT 1').pluck().get() ?? null) as EpochMs | null;
}
