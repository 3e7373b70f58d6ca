import type { Database } from 'better-sqlite3';
import type { UserId } from '../../contract/ids.ts';
import type { EpochMs } from '../../contract/time.ts';

export interface Credential {
  readonly passwordHash: string;
  readonly mustChange: boolean;
}

/** Password hashes by user, in a table of their own: no collection and no audit row ever holds one. */
export interface Credentials {
  of(user: UserId): Credential | undefined;
  set(user: UserId, credential: Credential, at: EpochMs): void;
}

export function createCredentials(database: Database): Credentials {
  const read = database.prepare<[string], { password_hash: string; must_change: number }>(
    'SELECT password_hash, must_change FROM credentials WHERE user_id = ?',
  );
  const write = database.prepare(
    `INSERT INTO credentials (user_id, password_hash, must_change, changed_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, must_change = excluded.must_change, changed_at = excluded.changed_at`,
  );
  return {
    of(user) {
      const row = read.get(user);
      return row && { passwordHash: row.password_hash, mustChange: row.must_change === 1 };
    },
    set(user, { passwordHash, mustChange }, at) {
      write.run(user, passwordHash, mustChange ? 1 : 0, at);
    },
  };
}
