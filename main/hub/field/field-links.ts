import { createHash, randomBytes } from 'node:crypto';
import type { UnitId } from '../../contract/ids.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';

/** A link that was just made. Its token is in `url` alone, and nobody is told it again. */
export interface NewFieldLink {
  /** The whole address, as a phone opens it: `https://…/unit/<token>`. */
  readonly url: string;
  readonly expiresAt: EpochMs;
  /**
   * Writes it, and ends the link before: call it inside the transaction of the command that tells the link (`alongside`). Before that the link opens nothing.
   */
  store(): void;
}

/**
 * The links that open the field page of a unit: one living link a unit, kept by the hash of its token, so that a copy of the database opens nothing. A link may be
 * opened again and again until it ends: by age, by a newer one, or by `end`. A session that it opened goes on when a newer link is made: whoever is on the way with
 * it is not cut off.
 */
export interface FieldLinks {
  create(unitId: UnitId): NewFieldLink;
  /**
   * Whose living link it is, and until when; notes its use. Null for one that was never made, was ended, or is too old.
   * @throws ProblemError `unavailable` when the disk refuses
   */
  open(token: string): { readonly unitId: UnitId; readonly expiresAt: EpochMs } | null;
  /** Whose link it is or was: tells a phone that is in already from a stranger. Links that ended are known until they are too old, the newest of each unit. */
  unitOf(token: string): UnitId | null;
  /** The unit has no link any more. May be part of the transaction that is open. */
  end(unitId: UnitId): void;
}

/** How long a link opens the page, in milliseconds. */
export const fieldLinkLifetimeMs = 7 * 86_400_000;
/** The most links of a unit that are remembered, those that ended included. */
export const linksKeptEach = 32;

const tokenForm = /^[\w-]{43}$/;

interface Row {
  readonly unitId: UnitId;
  readonly expiresAt: number;
  readonly endedAt: number | null;
}

/** `base` is how phones reach the hub, e.g. `https://hub.example`, without a slash at the end. */
export function createFieldLinks(parts: {
  readonly ledger: Pick<SqliteLedger, 'database' | 'transact'>;
  readonly clock: Pick<Clock, 'now'>;
  base(): string;
}): FieldLinks {
  const { ledger, clock } = parts;
  const { database } = ledger;
  const byHash = database.prepare<[string], Row>(
    'SELECT unit_id AS unitId, expires_at AS expiresAt, ended_at AS endedAt FROM field_links WHERE token_hash = ?',
  );
  const insert = database.prepare<[string, string, number, number]>(
    'INSERT INTO field_links (token_hash, unit_id, made_at, expires_at) VALUES (?, ?, ?, ?)',
  );
  const endLiving = database.prepare<[number, string]>('UPDATE field_links SET ended_at = ? WHERE unit_id = ? AND ended_at IS NULL');
  const used = database.prepare<[number, string]>('UPDATE field_links SET last_used_at = ? WHERE token_hash = ?');
  const trim = database.prepare<[string, number, string, number]>(
    `DELETE FROM field_links WHERE unit_id = ? AND ended_at IS NOT NULL AND (expires_at <= ?
     OR id NOT IN (SELECT id FROM field_links WHERE unit_id = ? ORDER BY id DESC LIMIT ?))`,
  );

  const isAlive = ({ expiresAt, endedAt }: Row) => endedAt === null && expiresAt > clock.now();
  const rowOf = (token: string) => (tokenForm.test(token) ? byHash.get(hashOf(token)) : undefined);

  return {
    create(unitId) {
      const token = randomBytes(32).toString('base64url');
      const now = clock.now();
      const expiresAt = now + fieldLinkLifetimeMs;
      return {
        url: `${parts.base()}/unit/${token}`,
        expiresAt,
        store() {
          endLiving.run(now, unitId);
          insert.run(hashOf(token), unitId, now, expiresAt);
          trim.run(unitId, now, unitId, linksKeptEach);
        },
      };
    },
    open(token) {
      const row = rowOf(token);
      if (!row || !isAlive(row)) return null;
      const { unitId, expiresAt } = row;
      ledger.transact(
        { changes: [], cause: { kind: 'timer', id: 'field-link', by: unitId } },
        () => void used.run(clock.now(), hashOf(token)),
      );
      return { unitId, expiresAt };
    },
    unitOf: (token) => rowOf(token)?.unitId ?? null,
    end: (unitId) => void endLiving.run(clock.now(), unitId),
  };
}

/** Tokens have 256 random bits: a plain hash is enough, nobody can try them all. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
