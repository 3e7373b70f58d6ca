import type { Database } from 'better-sqlite3';
import { ProblemError, problem } from '../../contract/errors.ts';
import { keepVersion } from './kept-version.ts';
import { first } from './migrations/0001-first.ts';
import { trust } from './migrations/0002-trust.ts';
import { desk } from './migrations/0003-desk.ts';
import { city } from './migrations/0004-city.ts';
import { outbox } from './migrations/0005-outbox.ts';

/** Every step from an empty file to today's shape, in order; the n-th makes version n. */
export const migrations: readonly string[] = [first, trust, desk, city, outbox];

/** Marks the file as ours ("Taod"), so that another program's database is not mistaken for a ledger. */
const applicationId = 0x54616f64;

/**
 * Brings the database to today's shape, each step in a transaction of its own: a crash between two leaves a whole
 * older version behind. Before the first step the older version is kept beside it (`ledger.db.v1`), unless the caller has it elsewhere.
 * @throws ProblemError `ledger-newer` when a newer program wrote it; `data-folder-unusable` when it is not a ledger, or when there is no room
 * to keep the older version (`no-space`).
 */
export function migrate(database: Database, path: string, keep: 'keep-older' | 'kept-elsewhere' = 'keep-older'): void {
  const id = database.pragma('application_id', { simple: true }) as number;
  const version = database.pragma('user_version', { simple: true }) as number;
  const empty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (id !== applicationId && !(id === 0 && version === 0 && empty))
    throw new ProblemError(problem('data-folder-unusable', { path, reason: 'not-a-ledger' }, `${path} is not a ledger of this product`));
  if (version > migrations.length)
    throw new ProblemError(
      problem('ledger-newer', { path, version, known: migrations.length }, `${path} was written by a newer version of this program`),
    );
  if (version > 0 && version < migrations.length && keep === 'keep-older') keepVersion(database, path, version);
  migrations.slice(version).forEach((sql, index) => {
    database
      .transaction(() => {
        database.exec(sql);
        database.pragma(`application_id = ${applicationId}`);
        database.pragma(`user_version = ${version + index + 1}`);
      })
      .exclusive();
  });
}
