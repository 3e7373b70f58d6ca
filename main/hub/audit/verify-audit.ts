import type { KeyObject } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { EpochMs } from '../../contract/time.ts';
import { genesisHash, hashOfRow, type StoredRow } from './audit-row.ts';
import { leastMonthsKept, monthsBefore } from './months-before.ts';
import { isSignedBy, type Seal, sealText, storedSeals } from './seal.ts';

export interface AuditVerdict {
  readonly ok: boolean;
  /** Rows whose content, number and link are what they must be. */
  readonly rows: number;
  /** The first row that is not what it was, or is missing; null when all are there. */
  readonly firstBadSeq: number | null;
  /** The first day whose seal does not fit; null when all do. */
  readonly firstBadSeal: string | null;
  /** The last sealed day; null before the first. */
  readonly sealedUntil: string | null;
}

/** What the seals’ signatures are checked with. Without it only the chain is: who can rewrite it all can link and seal it again. */
export interface SealCheck {
  readonly publicKey: KeyObject;
  /** Copies of seals in files, by the day in the file's name; null for a file that holds none. */
  readonly copies: readonly { readonly day: string; readonly seal: Seal | null }[];
  readonly now: EpochMs;
}

/** Rows between two signs of life. */
const sliceRows = 5000;

interface Place {
  readonly seq: number;
  readonly hash: string;
}

/** `verifySteps` to its end, in one go. */
export function verifyAudit(database: Database, check?: SealCheck): AuditVerdict {
  const steps = verifySteps(database, check);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Walks the chain from its beginning, one row in memory at a time, and says after every few thousand rows how many it has seen. No
 * transaction is open between the steps, so a hub may write, seal and prune meanwhile. Rows that were cut from the end are missed by SQLite's
 * own count of the highest number ever given and by the seals, a chain that was linked anew by the seals, and rows that were taken from the
 * beginning because it may only lie at a seal of six months ago.
 */
export function* verifySteps(database: Database, check?: SealCheck): Generator<number, AuditVerdict> {
  const seals = storedSeals(database);
  let firstBadSeal = check === undefined ? null : firstFalseSeal(seals, check);
  const sealIsBad = (day: string) => (firstBadSeal = firstBadSeal === null || day < firstBadSeal ? day : firstBadSeal);
  const base = database.prepare('SELECT seq, hash FROM audit_base');
  const slice = database.prepare(`SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ${sliceRows}`);
  const highest = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").pluck();

  let last = base.get() as Place;
  // Without a seal at all there is nowhere that the beginning may have moved to, whoever checks.
  let firstBadSeq = check === undefined ? (seals.length === 0 && last.seq > 0 ? 1 : null) : firstMissingBefore(last, seals, check);
  let rows = 0;
  let nextSeal = 0;
  /** Compares the seals that end at this row, which is the last one read. */
  const compareSeals = () => {
    for (; nextSeal < seals.length && seals[nextSeal]!.seq <= last.seq; nextSeal += 1) {
      const seal = seals[nextSeal]!;
      if (seal.seq === last.seq && seal.hash !== last.hash) sealIsBad(seal.day);
    }
  };
  compareSeals();

  const readSlice = database.transaction((): 'more' | 'end' => {
    // Old rows may be pruned while we read: the chain begins later then.
    const now = base.get() as Place;
    if (now.seq > last.seq) last = now;
    let read = 0;
    for (const { hash, ...row } of slice.iterate(last.seq) as IterableIterator<StoredRow>) {
      if (row.seq !== last.seq + 1 || row.previous_hash !== last.hash || hashOfRow(row) !== hash) {
        firstBadSeq = last.seq + 1;
        return 'end';
      }
      last = { seq: row.seq, hash };
      rows += 1;
      read += 1;
      compareSeals();
    }
    if (read === sliceRows) return 'more';
    if (((highest.get() as number | undefined) ?? 0) !== last.seq) firstBadSeq = last.seq + 1;
    return 'end';
  });

  try {
    if (firstBadSeq === null) while (readSlice() === 'more') yield rows;
  } catch (cause) {
    // A page that SQLite cannot read any more is an altered row, too.
    if (!String((cause as { code?: unknown }).code).startsWith('SQLITE_CORRUPT')) throw cause;
    firstBadSeq = last.seq + 1;
  }

  const beyond = seals[nextSeal];
  if (beyond !== undefined && firstBadSeq === null) {
    firstBadSeq = last.seq + 1;
    sealIsBad(beyond.day);
  }
  return {
    ok: firstBadSeq === null && firstBadSeal === null,
    rows,
    firstBadSeq,
    firstBadSeal,
    sealedUntil: seals.at(-1)?.day ?? null,
  };
}

/** The first day whose seal this key did not sign, whose predecessor is another one, or of which a copy says something else. */
function firstFalseSeal(seals: readonly Seal[], { publicKey, copies }: SealCheck): string | null {
  const byDay = new Map(seals.map((seal) => [seal.day, seal]));
  const isCopy = (seal: Seal | null, of: Seal | undefined) => seal !== null && of !== undefined && sealText(seal) === sealText(of);
  const falseDays = [
    ...seals.filter((seal) => !isSignedBy(publicKey, seal)).map(({ day }) => day),
    ...copies.filter(({ day, seal }) => !isCopy(seal, byDay.get(day))).map(({ day }) => day),
  ];
  return falseDays.toSorted()[0] ?? null;
}

/** The first row that is not there any more although it must be kept; null when the chain begins where it may. */
function firstMissingBefore(base: Place, seals: readonly Seal[], { publicKey, now }: SealCheck): number | null {
  if (base.seq === 0) return base.hash === genesisHash ? null : 1;
  const limit = monthsBefore(now, leastMonthsKept);
  const mayGo = seals.filter((seal) => seal.sealedAt <= limit && isSignedBy(publicKey, seal));
  if (mayGo.some(({ seq, hash }) => seq === base.seq && hash === base.hash)) return null;
  return (mayGo.findLast(({ seq }) => seq < base.seq)?.seq ?? 0) + 1;
}
