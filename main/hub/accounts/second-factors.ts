import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { SecretWrite } from '../../contract/define-command.ts';
import type { SessionId, UserId } from '../../contract/ids.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import { base32, fromBase32 } from './base32.ts';
import { otpauthUri, totpStep } from './totp.ts';

/** Authenticators of users: begun, confirmed, asked, reset. Whether one is in force says the user's entity, which changes in the same commit. */
export interface SecondFactors {
  /** Makes a secret that a confirmation from the same session, within ten minutes, puts in force. */
  begin(user: UserId, account: string, session: SessionId): { readonly secret: string; readonly uri: string };
  /** What is to be stored when the code is one of the secret that was begun; null when it is not, or nothing was begun. */
  confirm(user: UserId, session: SessionId, code: string): Enrolment | null;
  /** Uses up a code of the authenticator, or a recovery code; false when it is neither, or was used before. */
  use(user: UserId, code: string): boolean;
  /** What is to be stored so that the user has none. */
  reset(user: UserId): Pick<Enrolment, 'secrets' | 'store'>;
}

export interface Enrolment {
  /** Each good for one login; shown once. */
  readonly recoveryCodes: readonly string[];
  readonly secrets: readonly SecretWrite[];
  /** Writes the rest; part of the transaction that stores the secrets. */
  store(): void;
}

/** RFC 4226 clause 4, R6: as long as the hash of HMAC-SHA-1. */
const secretBytes = 20;
const recoveryCodesMade = 10;
/** 80 bits: a plain hash is enough, nobody can try them all. */
const recoveryBytes = 10;
const beginLastsMs = 10 * 60_000;
const begunAtMost = 1000;

export function createSecondFactors(options: {
  readonly database: Database;
  /** Decrypted secrets of the ledger. */
  readonly secret: (key: string) => string | undefined;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** What the authenticator calls this product. */
  readonly issuer: string;
}): SecondFactors {
  const { database, clock } = options;
  const read = database.prepare<[string], { readonly last_step: number; readonly recovery: string }>(
    'SELECT last_step, recovery FROM second_factors WHERE user_id = ?',
  );
  const write = database.prepare<[string, number, string, EpochMs]>(
    `INSERT INTO second_factors (user_id, last_step, recovery, enrolled_at) VALUES (?, ?, ?, ?) ON CONFLICT (user_id)
     DO UPDATE SET last_step = excluded.last_step, recovery = excluded.recovery, enrolled_at = excluded.enrolled_at`,
  );
  const setStep = database.prepare<[number, string]>('UPDATE second_factors SET last_step = ? WHERE user_id = ?');
  const setRecovery = database.prepare<[string, string]>('UPDATE second_factors SET recovery = ? WHERE user_id = ?');
  const remove = database.prepare<[string]>('DELETE FROM second_factors WHERE user_id = ?');
  const begun = new Map<UserId, { readonly session: SessionId; readonly secret: Buffer; readonly until: number }>();
  const secretKey = (user: UserId) => `totp:${user}`;

  return {
    begin(user, account, session) {
      const secret = randomBytes(secretBytes);
      begun.delete(user);
      if (begun.size >= begunAtMost) begun.delete(begun.keys().next().value!);
      begun.set(user, { session, secret, until: clock.monotonic() + beginLastsMs });
      const text = base32(secret);
      return { secret: text, uri: otpauthUri(options.issuer, account, text) };
    },
    confirm(user, session, code) {
      const order = begun.get(user);
      if (!order || order.session !== session || clock.monotonic() >= order.until) return null;
      const now = clock.now();
      const step = totpStep(order.secret, plain(code), now, 0);
      if (step === null) return null;
      const recoveryCodes = Array.from({ length: recoveryCodesMade }, newRecoveryCode);
      return {
        recoveryCodes,
        secrets: [{ key: secretKey(user), value: base32(order.secret) }],
        store() {
          write.run(user, step, JSON.stringify(recoveryCodes.map(hashOf)), now);
          begun.delete(user);
        },
      };
    },
    use(user, code) {
      const row = read.get(user);
      const secret = fromBase32(options.secret(secretKey(user)) ?? '');
      if (!row || !secret || secret.length === 0) return false;
      const step = totpStep(secret, plain(code), clock.now(), row.last_step);
      if (step !== null) {
        setStep.run(step, user);
        return true;
      }
      const hashes = JSON.parse(row.recovery) as readonly string[];
      const given = Buffer.from(hashOf(code), 'hex');
      const fitting = hashes.map((hash) => timingSafeEqual(Buffer.from(hash, 'hex'), given)).indexOf(true);
      if (fitting < 0) return false;
      setRecovery.run(JSON.stringify(hashes.toSpliced(fitting, 1)), user);
      return true;
    },
    reset: (user) => ({
      secrets: [{ key: secretKey(user), value: null }],
      store() {
        remove.run(user);
        begun.delete(user);
      },
    }),
  };
}

/** Four groups of four, e.g. `k4xw-2m7q-aa3f-zzt5`. */
function newRecoveryCode(): string {
  return base32(randomBytes(recoveryBytes)).toLowerCase().match(/.{4}/g)!.join('-');
}

/** People type codes with the spaces and hyphens that make them legible. */
function plain(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toLowerCase();
}

function hashOf(code: string): string {
  return createHash('sha256').update(plain(code)).digest('hex');
}
