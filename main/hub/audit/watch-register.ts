import { randomUUID } from 'node:crypto';
import type { WatchedCamera, WatchListener } from '../../../streams/index.ts';
import type { Log } from '../../contract/log.ts';
import { distinctClaims, type ScopeClaim } from '../../contract/scope.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import type { AuditClosing, AuditLog, AuditSubject } from './audit-log.ts';

/** Ends are collected for so long: a scene of 144 pictures that goes is one transaction. */
const flushEveryMs = 1000;
/** While somebody watches, it is noted so often that the register is true. */
const heartbeatEveryMs = 30_000;
/** Cameras that one row of the audit names at most: 256 of the longest ids stay well below what a row keeps. */
const camerasPerRow = 256;

export interface WatchRegister extends WatchListener {
  /** Cameras that are being watched, each session apart. */
  readonly size: number;
  /** Notes what has ended, and that what goes on did so until now. */
  stop(): Promise<void>;
}

/** One camera and one session, from the first lease to the end of the last. */
interface Watch extends WatchedCamera {
  leases: number;
  /** Its row, once the command that began it is in the audit; nobody has seen anything before that. */
  row: { readonly id: number; readonly startedAt: EpochMs } | null;
  /** Commands that gave a lease of it before it had a row: the first of them that is in the audit begins the watch. */
  readonly waitsFor: Set<string>;
}

/** A watch whose end is not written yet. */
interface Ended extends WatchedCamera {
  readonly id: number;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

interface OpenRow extends WatchedCamera {
  readonly id: number;
  readonly startedAt: EpochMs;
}

const keyOf = (sessionId: string, cameraId: string) => `${sessionId} ${cameraId}`;

/**
 * The register of who watched what. A beginning is written in the transaction of the command's closing row, so that it costs no write of its
 * own and no picture is answered for that is not in it; ends are written together, a second later at most. What the hub did not see end (it
 * broke off, and the relay did not hold the lease any more) ended when the register was last known to be true.
 */
export function startWatchRegister(options: {
  readonly ledger: Pick<SqliteLedger, 'database' | 'transact'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly log: Log;
  /** What a camera is in scope terms; undefined for one that is gone. */
  claimOf(cameraId: string): ScopeClaim | undefined;
}): WatchRegister {
  const { ledger, audit, clock, log, claimOf } = options;
  const { database } = ledger;
  const insert = database.prepare(
    `INSERT INTO watches (kind, camera_id, session, actor, address, workstation, wall_id, screen_id, started_at, ended_at, audit_seq)
     VALUES (@kind, @cameraId, @session, @actor, @address, @workstation, @wallId, @screenId, @startedAt, @endedAt, @auditSeq)`,
  );
  // Named in full: a transaction that was undone gives its numbers to others.
  const goingOn = 'id = @id AND session = @sessionId AND camera_id = @cameraId AND ended_at IS NULL';
  const end = database.prepare(`UPDATE watches SET ended_at = @until WHERE ${goingOn}`);
  const find = database.prepare(`SELECT 1 FROM watches WHERE ${goingOn}`);
  const beat = database.prepare('INSERT INTO watch_heartbeat VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET at = excluded.at');
  const whoWatched = database.prepare('SELECT actor, address, workstation FROM watches WHERE id = ?');

  const watches = new Map<string, Watch>();
  /** Watches by the commands whose closing row begins them, until they end. */
  const byCommand = new Map<string, Set<Watch>>();
  let ended: Ended[] = [];

  let beatenAt = clock.monotonic();

  const isWritten = ({ sessionId, cameraId, row }: Watch) => row !== null && find.get({ id: row.id, sessionId, cameraId }) !== undefined;

  const written = ({ seq, at, outcome, subject }: AuditClosing) => {
    if (outcome === 'ok' && subject.command === 'camera.snapshot') {
      const { cameraId } = subject.args as { cameraId: string };
      insert.run({ ...rowOf(subject), kind: 'snapshot', cameraId, startedAt: at, endedAt: at, auditSeq: seq });
    }
    // Nothing is forgotten here: on a full disk the transaction is undone and done again, and this with it.
    for (const watch of byCommand.get(subject.commandId) ?? []) {
      if (outcome !== 'ok' || isWritten(watch)) continue;
      const { lastInsertRowid } = insert.run({
        ...rowOf(subject),
        kind: 'live',
        cameraId: watch.cameraId,
        startedAt: at,
        endedAt: null,
        auditSeq: seq,
      });
      watch.row = { id: Number(lastInsertRowid), startedAt: at };
    }
  };

  /** Ends what is due in one transaction: the rows, and one row of the audit a session (several for more cameras than one holds). */
  const flush = (): void => {
    if (ended.length === 0) return;
    const due = ended;
    ledger.transact({ changes: [], cause: { kind: 'timer', id: 'watch', by: 'audit' } }, () => {
      const done = due.filter((one) => end.run(one).changes > 0);
      for (const [sessionId, of] of Map.groupBy(done, (one) => one.sessionId)) {
        const { actor, address, workstation } = whoWatched.get(of[0]!.id) as Pick<AuditSubject, 'actor' | 'address' | 'workstation'>;
        for (let at = 0; at < of.length; at += camerasPerRow) {
          const watched = of.slice(at, at + camerasPerRow).map(({ cameraId, from, until }) => ({ cameraId, from, until }));
          const subject: AuditSubject = {
            commandId: randomUUID(),
            command: 'watch.ended',
            actor,
            roles: [],
            door: 'internal',
            address,
            workstation,
            args: { watched },
            scope: distinctClaims(watched.map(({ cameraId }) => claimOf(cameraId) ?? 'city')),
            session: sessionId,
          };
          audit.close(subject, { outcome: 'ok' });
        }
      }
    });
    ended = [];
  };

  /** Never before its beginning, although the clock may have been set back. */
  const noteEnd = (watched: Omit<Ended, 'until'>, at: EpochMs) => void ended.push({ ...watched, until: Math.max(watched.from, at) });

  const lastKnownAt = database.prepare('SELECT at FROM watch_heartbeat').pluck().get() as number | undefined;
  const endedUnseen = ({ startedAt: from, ...row }: OpenRow) => noteEnd({ ...row, from }, lastKnownAt ?? from);
  // What was going on when the hub ended: it goes on, if the relay still holds the lease.
  const carried = new Map<string, OpenRow>();
  const openRows = database.prepare(
    'SELECT id, session AS sessionId, camera_id AS cameraId, started_at AS startedAt FROM watches WHERE ended_at IS NULL ORDER BY id',
  );
  for (const row of openRows.all() as OpenRow[]) {
    const key = keyOf(row.sessionId, row.cameraId);
    const earlier = carried.get(key);
    // It had ended, a moment before it was written.
    if (earlier) endedUnseen(earlier);
    carried.set(key, row);
  }

  const beatNow = () => {
    ledger.transact({ changes: [], cause: { kind: 'timer', id: 'watch', by: 'audit' } }, () => beat.run(clock.now()));
    beatenAt = clock.monotonic();
  };

  /** Nothing is lost when the disk refuses: it stays due. */
  let refused = false;
  const tryTo = (work: () => void) => {
    try {
      work();
      refused = false;
    } catch (cause) {
      if (!refused) log.error({ err: cause, due: ended.length }, 'The ends of watches could not be written; they are tried again');
      refused = true;
    }
  };

  const stopListening = audit.onClose(written);
  const stopped = new AbortController();
  const running = (async () => {
    for (;;) {
      await clock.sleep(flushEveryMs, stopped.signal);
      tryTo(flush);
      if (watches.size > 0 && clock.monotonic() - beatenAt >= heartbeatEveryMs) tryTo(beatNow);
    }
  })().catch((cause: unknown) => {
    if (!stopped.signal.aborted) throw cause;
  });

  return {
    get size() {
      return watches.size;
    },

    given({ sessionId, cameraId }, commandId) {
      const key = keyOf(sessionId, cameraId);
      const watch: Watch = watches.get(key) ?? { sessionId, cameraId, leases: 0, row: null, waitsFor: new Set() };
      watches.set(key, watch);
      watch.leases += 1;
      // A second lease of what is being watched changes nothing, unless the command of the first came to nothing or could not be written.
      if (isWritten(watch)) return;
      const before = carried.get(key);
      if (before) {
        carried.delete(key);
        watch.row = { id: before.id, startedAt: before.startedAt };
      } else if (commandId === null) {
        log.warn({ sessionId, cameraId }, 'A lease that the relay held is not in the watch register');
      } else {
        watch.waitsFor.add(commandId);
        const waiting = byCommand.get(commandId);
        if (waiting) waiting.add(watch);
        else byCommand.set(commandId, new Set([watch]));
      }
    },

    ended({ sessionId, cameraId }) {
      const key = keyOf(sessionId, cameraId);
      const watch = watches.get(key);
      if (!watch) return;
      watch.leases -= 1;
      if (watch.leases > 0) return;
      watches.delete(key);
      for (const commandId of watch.waitsFor) {
        const waiting = byCommand.get(commandId);
        waiting?.delete(watch);
        if (waiting?.size === 0) byCommand.delete(commandId);
      }
      if (watch.row) noteEnd({ id: watch.row.id, sessionId, cameraId, from: watch.row.startedAt }, clock.now());
    },

    adopted() {
      for (const row of carried.values()) endedUnseen(row);
      carried.clear();
    },

    async stop() {
      stopped.abort();
      await running;
      stopListening();
      tryTo(flush);
      if (watches.size > 0) tryTo(beatNow);
    },
  };
}

/** Who watches, as the closing row says it. */
function rowOf({ session, actor, roles, address, workstation }: AuditSubject) {
  const [wallId, screenId] = roles.includes('wall') ? actor.split(':').slice(1) : [];
  return { session: session ?? '', actor, address, workstation, wallId: wallId ?? null, screenId: screenId ?? null };
}
