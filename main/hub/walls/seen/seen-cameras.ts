import type { ShownReport } from '../../../../layouts/contract.ts';
import type { Commit } from '../../../contract/ledger.ts';
import type { Log } from '../../../contract/log.ts';
import type { Clock, EpochMs } from '../../../contract/time.ts';
import type { SqliteLedger } from '../../ledger/open-ledger.ts';

/** How often it is written what was seen: so much a crash forgets. */
export const writeEveryMs = 30_000;
/** The most cameras written in one step; the others follow. */
const atOnce = 1000;
const nextStepMs = 1000;
/** A time that is further ahead was noted by a clock that was wrong. */
const aheadAtMostMs = 60_000;

/** When a camera was last on a wall. */
export interface SeenCamera {
  /** Live, by what the screen reported; null for one that never was. */
  readonly seenAt: EpochMs | null;
  /** In a tile, whatever became of its picture. */
  readonly triedAt: EpochMs;
}

/** When each camera was last seen on a wall, by what screens report. */
export interface SeenCameras {
  /** Undefined for a camera that was on no wall since that is noted; a time that has not come yet counts for nothing. */
  of(cameraId: string): SeenCamera | undefined;
  /** Since when it is noted; null before the first time. */
  readonly knownSince: EpochMs | null;
  /** Takes the tiles of a report; `shows` says whose pictures the screen should show at all. */
  note(tiles: ShownReport['tiles'], at: EpochMs, shows: (cameraId: string) => boolean): void;
  /** Writes what is due. */
  stop(): void;
}

interface Row {
  readonly id: string;
  readonly seenAt: EpochMs | null;
  readonly triedAt: EpochMs;
}

/** Begins to keep it: in memory, and written now and then, so that a report costs no write. Cameras that are removed are forgotten. */
export function startSeenCameras({ ledger, clock, log }: { ledger: SqliteLedger; clock: Clock; log: Log }): SeenCameras {
  const { database } = ledger;
  const put = database.prepare(
    `INSERT INTO camera_seen (camera_id, seen_at, tried_at) VALUES (@id, @seenAt, @triedAt)
     ON CONFLICT (camera_id) DO UPDATE SET seen_at = excluded.seen_at, tried_at = excluded.tried_at`,
  );
  const remove = database.prepare('DELETE FROM camera_seen WHERE camera_id = ?');
  const begin = database.prepare('INSERT INTO camera_seen_since (only, at) VALUES (1, ?) ON CONFLICT (only) DO NOTHING');

  const known = new Map<string, SeenCamera>();
  /** What is not written yet; a camera that is not known is to be removed. */
  const due = new Set<string>();
  let knownSince = (database.prepare('SELECT at FROM camera_seen_since').pluck().get() as EpochMs | undefined) ?? null;
  const exists = (cameraId: string) => ledger.get('cameras', cameraId) !== undefined;
  const stored = database.prepare('SELECT camera_id AS id, seen_at AS seenAt, tried_at AS triedAt FROM camera_seen');
  for (const { id, seenAt, triedAt } of stored.iterate() as IterableIterator<Row>) {
    if (exists(id)) known.set(id, { seenAt, triedAt });
    else due.add(id);
  }

  const writeSome = () => {
    const step: string[] = [];
    for (const id of due) {
      if (step.length === atOnce) break;
      step.push(id);
    }
    ledger.transact({ changes: [], cause: { kind: 'timer', id: 'seen', by: 'walls' } }, () => {
      if (knownSince !== null) begin.run(knownSince);
      for (const id of step) {
        const seen = known.get(id);
        if (seen) put.run({ id, ...seen });
        else remove.run(id);
      }
    });
    for (const id of step) due.delete(id);
  };
  /** Nothing is lost when the disk refuses: it stays due. Answers whether it was written. */
  let refused = false;
  const tryToWrite = (): boolean => {
    try {
      writeSome();
      refused = false;
    } catch (cause) {
      if (!refused) log.error({ err: cause, due: due.size }, 'Which cameras were seen could not be written; it is tried again');
      refused = true;
    }
    return !refused;
  };

  const stopFollowing = ledger.onCommit(({ changes }: Commit) => {
    for (const { collection, op, key } of changes) {
      if (collection === 'cameras' && op === 'delete' && known.delete(key)) due.add(key);
    }
  });
  const ending = new AbortController();
  void (async () => {
    let waitMs = writeEveryMs;
    for (;;) {
      await clock.sleep(waitMs, ending.signal);
      const written = due.size === 0 || tryToWrite();
      waitMs = written && due.size > 0 ? nextStepMs : writeEveryMs;
    }
  })().catch((cause: unknown) => {
    if (!ending.signal.aborted) throw cause;
  });

  const come = (at: EpochMs | null, now: EpochMs) => (at !== null && at - now <= aheadAtMostMs ? at : null);

  return {
    of(cameraId) {
      const noted = known.get(cameraId);
      if (!noted) return undefined;
      const now = clock.now();
      const seenAt = come(noted.seenAt, now);
      const triedAt = come(noted.triedAt, now) ?? seenAt;
      return triedAt === null ? undefined : { seenAt, triedAt };
    },
    get knownSince() {
      return knownSince;
    },
    note(tiles, at, shows) {
      knownSince ??= at;
      for (const { cameraId, state } of tiles) {
        if (cameraId === null || !shows(cameraId) || !exists(cameraId)) continue;
        known.set(cameraId, { seenAt: state === 'live' ? at : come(known.get(cameraId)?.seenAt ?? null, at), triedAt: at });
        due.add(cameraId);
      }
    },
    stop() {
      stopFollowing();
      ending.abort();
      while (due.size > 0 && tryToWrite());
    },
  };
}
