import type { Database } from 'better-sqlite3';
import type { UserId } from '../../contract/ids.ts';
import type { EpochMs } from '../../contract/time.ts';

export interface Credential {
  readonly passwordHash: string;
  /** Somebody else set it: it must be changed before anything else is done. */
  readonly mustChange: boolean;
  readonly changedAt: EpochMs;
  readonly lastLoginAt: EpochMs | null;
}

/** Password hashes by user, in tables of their own: no collection and no audit row ever holds one. */
export interface Credentials {
  of(user: UserId): Credential | undefined;
  /** Sets the password; the one it replaces joins the history. May be part of the transaction that is open. */
  set(user: UserId, credential: Pick<Credential, 'passwordHash' | 'mustChange'>, at: EpochMs): void;
  loggedIn(user: UserId, at: EpochMs): void;
  /** Hashes of the passwords before the one of now, newest first; as many as are kept. */
  history(user: UserId): readonly string[];
}

/** `historyKept`: how many passwords of the past are remembered. */
export function createCredentials(database: Database, historyKept: number): Credentials {
  const read = database.prepare<[string], Omit<Credential, 'mustChange'> & { readonly mustChange: 0 | 1 }>(
    `SELECT password_hash AS passwordHash, must_change AS mustChange, changed_at AS changedAt, last_login_at AS lastLoginAt
     FROM credentials WHERE user_id = ?`,
  );
  const remember = database.prepare(
    'INSERT INTO password_history (user_id, password_hash) SELECT user_id, password_hash FROM credentials WHERE user_id = ?',
  );
  const forget = database.prepare(
    'DELETE FROM password_history WHERE user_id = ? AND id NOT IN (SELECT id FROM password_history WHERE user_id = ? ORDER BY id DESC LIMIT ?)',
  );
  const write = database.prepare(
    `INSERT INTO credentials (user_id, password_hash, must_change, changed_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, must_change = excluded.must_change, changed_at = excluded.changed_at`,
  );
  const note = database.prepare('UPDATE credentials SET last_login_at = ? WHERE user_id = ?');
  const past = database
    .prepare<[string, number], string>('SELECT password_hash FROM password_history WHERE user_id = ? ORDER BY id DESC LIMIT ?')
    .pluck();

  /** Every request asks: what is not written again is not read again. An entry goes before its row is written, so that an undone write leaves none. */
  const known = new Map<UserId, Credential>();

  const set = database.transaction((user: UserId, passwordHash: string, mustChange: boolean, at: EpochMs) => {
    remember.run(user);
    forget.run(user, user, historyKept);
    write.run(user, passwordHash, mustChange ? 1 : 0, at);
  });

  return {
    of(user) {
      const found = known.get(user);
      if (found) return found;
      const row = read.get(user);
      if (!row) return undefined;
      const credential: Credential = { ...row, mustChange: row.mustChange === 1 };
      known.set(user, credential);
      return credential;
    },
    set(user, { passwordHash, mustChange }, at) {
      known.delete(user);
      set(user, passwordHash, mustChange, at);
    },
    loggedIn(user, at) {
      known.delete(user);
      note.run(at, user);
    },
    history: (user) => past.all(user, historyKept),
  };
}
