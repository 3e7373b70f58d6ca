import { expect, test } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { temporaryFolder } from '../hub-rig.ts';
import { openLedger } from './open-ledger.ts';
import { goOnAfter } from './replace-ledger.ts';

test('in a ledger that goes on after another one screens stay, people and units come in anew, and no link of a field page opens anything', () => {
  const folder = temporaryFolder('replace-ledger');
  const ledger = openLedger(folder.path, { changesKept: 100, clock: { now: () => 1000 }, log: silentLog });
  const { database } = ledger;
  const session = database.prepare(
    `INSERT INTO sessions (id, token_hash, user_id, kind, wall_id, screen_id, unit_id, created_at, expires_at, last_seen_at, address)
     VALUES (@kind, @kind, @kind, @kind, 'main', '1', 'u-1', 0, 9000, 0, '10.0.0.1')`,
  );
  for (const kind of ['person', 'wall', 'unit']) session.run({ kind });
  database.exec("INSERT INTO field_links (token_hash, unit_id, made_at, expires_at) VALUES ('h', 'u-1', 0, 9000)");
  goOnAfter(database, null, 0, 2000);
  expect(database.prepare('SELECT kind FROM sessions').pluck().all()).toEqual(['wall']);
  expect(database.prepare('SELECT count(*) FROM field_links').pluck().get()).toBe(0);
  ledger.close();
  folder.dispose();
});
