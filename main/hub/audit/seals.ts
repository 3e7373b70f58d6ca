import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../contract/log.ts';
import type { Clock } from '../../contract/time.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { type CityDays, dayAfter, dayBefore } from './city-day.ts';
import { type Seal, signSeal, storedSeals } from './seal.ts';
import { writeSealFile } from './seal-files.ts';
import type { SealKey } from './seal-key.ts';

/** How often it is asked whether a day is over. */
const lookEveryMs = 60_000;
/** More days than this at once are a clock that jumped, or a hub that stood still for more than a year. */
const mostDaysAtOnce = 400;
/** So long a clock that jumped must go on without going back before its yesterday is sealed. */
const jumpHoldsMs = 24 * 3_600_000;
/** More days than this at once are a hub that stood still, or a clock that somebody will set right: a day that is not there yet cannot be sealed twice. */
const daysWithoutDoubt = 7;
const doubtHoldsMs = 3_600_000;

/** Seals every day of the audit once it is over. */
export interface Seals {
  /** The last seal; null before the first. */
  readonly last: Seal | null;
  /** Ends sealing; the day under way is sealed at the next start. */
  stop(): Promise<void>;
}

interface SealsOptions {
  readonly ledger: Pick<SqliteLedger, 'database' | 'transact'>;
  readonly dataFolder: string;
  readonly key: SealKey;
  readonly days: CityDays;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Begins at once with the days that ended while nobody ran, one after the other. A day that cannot be sealed (the disk refuses) is tried again a
 * minute later.
 */
export function startSeals({ ledger, dataFolder, key, days, clock, log }: SealsOptions): Seals {
  const { database } = ledger;
  const folder = join(dataFolder, 'seals');
  const firstRow = database.prepare('SELECT min(at) FROM audit').pluck();
  const base = database.prepare('SELECT seq, hash FROM audit_base');
  // Named, because walking back from the newest row would pass all that came since.
  const lastOf = database.prepare('SELECT max(seq) FROM audit INDEXED BY audit_by_time WHERE at >= ? AND at < ?').pluck();
  const hashOf = database.prepare('SELECT hash FROM audit WHERE seq = ?').pluck();
  const insert = database.prepare('INSERT INTO audit_seals VALUES (@day, @seq, @hash, @rows, @sealedAt, @signature)');

  const stopped = new AbortController();
  let last = storedSeals(database).at(-1) ?? null;
  let jumpedAt: number | null = null;

  /** The next day to seal; null when none is over, or when it cannot be told. */
  const dueDay = (): string | null => {
    const yesterday = dayBefore(days.dayOf(clock.now()));
    const begun = last === null ? (firstRow.get() as number | null) : null;
    const next = last === null ? (begun === null ? null : days.dayOf(begun)) : dayAfter(last.day);
    if (next === null || next > yesterday) {
      jumpedAt = null;
      return null;
    }
    const ahead = (Date.parse(yesterday) - Date.parse(next)) / 86_400_000;
    if (ahead < daysWithoutDoubt && jumpedAt === null) return next;
    const isYears = ahead >= mostDaysAtOnce;
    const holdsMs = isYears ? jumpHoldsMs : ahead >= daysWithoutDoubt ? doubtHoldsMs : 0;
    if (jumpedAt === null) {
      jumpedAt = clock.monotonic();
      log.warn(
        { last: last?.day ?? null, yesterday },
        `The clock is far ahead of the last seal: it must hold for ${isYears ? 'a day' : 'an hour'} before a day is sealed`,
      );
    }
    if (clock.monotonic() - jumpedAt < holdsMs) return null;
    return isYears ? yesterday : next;
  };

  const seal = (day: string) => {
    const before = last ?? { ...(base.get() as { seq: number; hash: string }), signature: null };
    const found = lastOf.get(days.startOf(day), days.startOf(dayAfter(day))) as number | null;
    const seq = Math.max(before.seq, found ?? 0);
    const hash = seq === before.seq ? before.hash : (hashOf.get(seq) as string);
    const made = signSeal(key.privateKey, { day, seq, hash, rows: seq - before.seq, sealedAt: clock.now(), previous: before.signature });
    ledger.transact({ changes: [], cause: { kind: 'timer', id: `seal-${day}`, by: 'audit' } }, () => insert.run(made));
    last = made;
    writeSealFile(folder, made);
  };

  const sealWhatIsOver = async () => {
    // A power cut between a row and its file leaves the newest seal without one.
    if (last !== null && !existsSync(join(folder, `${last.day}.json`))) writeSealFile(folder, last);
    for (let day = dueDay(); day !== null && !stopped.signal.aborted; day = dueDay()) {
      seal(day);
      // One at a time: a hub that stood still for months has other things to do, too.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  const running = (async () => {
    let failed = false;
    for (;;) {
      try {
        await sealWhatIsOver();
        failed = false;
      } catch (cause) {
        if (!failed) log.error({ err: cause, last: last?.day ?? null }, 'A day of the audit could not be sealed');
        failed = true;
      }
      await clock.sleep(lookEveryMs, stopped.signal);
    }
  })().catch((cause: unknown) => {
    if (!stopped.signal.aborted) throw cause;
  });

  return {
    get last() {
      return last;
    },
    async stop() {
      stopped.abort();
      await running;
    },
  };
}
