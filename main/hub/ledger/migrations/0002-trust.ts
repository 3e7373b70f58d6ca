/** Accounts, audit and the watch register as people can trust them. */
export const trust = `
-- What a command touched (JSON, a list of scope claims) and the session it came from. NULL in rows from before; the hash covers them
-- where they are not NULL.
ALTER TABLE audit ADD COLUMN scope TEXT;
ALTER TABLE audit ADD COLUMN session TEXT;
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_actor ON audit (actor, seq);
CREATE INDEX audit_by_command ON audit (command, seq);

-- Where the chain begins: rows up to 'seq' were removed after their time, 'hash' is what the first row kept names as the hash before it.
-- Exactly one row.
CREATE TABLE audit_base (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  seq  INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_base (only, seq, hash) VALUES (1, 0, 'ac7fdf1c9f663d51338c27587c92b57396c77895ebdcf4c5e49d6692f0d84d15');

-- Rows go only from the beginning, and the beginning moves only to where a seal of six months ago stands, whoever asks for it. The triggers on
-- INSERT close the way round them that REPLACE would be.
DROP TRIGGER audit_is_never_shortened;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit WHEN OLD.seq > (SELECT seq FROM audit_base)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only and kept for six months'); END;
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- One row a day that is over: the last audit row when it ended (that of the day before when it had none), signed with keys/seal.key (Ed25519);
-- 'rows' were added since the seal before, whose signature this one covers. The same is written to seals/<day>.json, to be kept elsewhere.
CREATE TABLE audit_seals (
  day       TEXT PRIMARY KEY,           -- YYYY-MM-DD in the city's time zone
  seq       INTEGER NOT NULL,
  hash      TEXT NOT NULL,
  rows      INTEGER NOT NULL,
  sealed_at INTEGER NOT NULL,
  signature TEXT NOT NULL               -- base64
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_seals_are_never_changed BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'a seal is never changed'); END;
CREATE TRIGGER audit_seals_are_never_removed BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'a seal is never removed'); END;
CREATE TRIGGER audit_seals_are_never_replaced BEFORE INSERT ON audit_seals WHEN EXISTS (SELECT 1 FROM audit_seals WHERE day = NEW.day)
BEGIN SELECT RAISE(ABORT, 'a seal is never changed'); END;

CREATE TRIGGER audit_base_moves_to_old_seals BEFORE UPDATE ON audit_base
WHEN NEW.seq < OLD.seq OR NOT EXISTS (
  SELECT 1 FROM audit_seals WHERE seq = NEW.seq AND hash = NEW.hash AND sealed_at <= unixepoch('now', '-6 months') * 1000)
BEGIN SELECT RAISE(ABORT, 'the audit is kept for six months'); END;
CREATE TRIGGER audit_base_is_never_removed BEFORE DELETE ON audit_base BEGIN SELECT RAISE(ABORT, 'the audit has one beginning'); END;
CREATE TRIGGER audit_base_is_never_replaced BEFORE INSERT ON audit_base BEGIN SELECT RAISE(ABORT, 'the audit has one beginning'); END;

-- Who watched what. 'live': one row a camera and a session, from the first lease to the end of the last; 'snapshot': a single picture, begun and
-- ended at its moment. The beginning is in the audit (audit_seq), in the same transaction.
CREATE TABLE watches (
  id          INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('live', 'snapshot')),
  camera_id   TEXT NOT NULL,
  session     TEXT NOT NULL,
  actor       TEXT NOT NULL,
  address     TEXT NOT NULL,
  workstation TEXT,
  wall_id     TEXT,
  screen_id   TEXT,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  audit_seq   INTEGER NOT NULL
) STRICT;
CREATE INDEX watches_of_camera ON watches (camera_id, started_at);
CREATE INDEX watches_of_actor ON watches (actor, started_at);
CREATE INDEX watches_by_time ON watches (started_at);
CREATE INDEX watches_going_on ON watches (session, camera_id) WHERE ended_at IS NULL;
CREATE TRIGGER watches_only_end BEFORE UPDATE ON watches
WHEN OLD.ended_at IS NOT NULL
  OR (NEW.id, NEW.kind, NEW.camera_id, NEW.session, NEW.actor, NEW.address, NEW.workstation, NEW.wall_id, NEW.screen_id, NEW.started_at, NEW.audit_seq)
  IS NOT (OLD.id, OLD.kind, OLD.camera_id, OLD.session, OLD.actor, OLD.address, OLD.workstation, OLD.wall_id, OLD.screen_id, OLD.started_at, OLD.audit_seq)
BEGIN SELECT RAISE(ABORT, 'the watch register is append-only'); END;
CREATE TRIGGER watches_are_never_replaced BEFORE INSERT ON watches WHEN EXISTS (SELECT 1 FROM watches WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the watch register is append-only'); END;
CREATE TRIGGER watches_are_kept BEFORE DELETE ON watches WHEN OLD.ended_at IS NULL OR OLD.ended_at > unixepoch('now', '-6 months') * 1000
BEGIN SELECT RAISE(ABORT, 'the watch register is kept for six months'); END;

-- When the register was last known to be true while somebody watched: what was going on when the hub broke off ended then. One row at most.
CREATE TABLE watch_heartbeat (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  at   INTEGER NOT NULL
) STRICT;

-- Authenticators that are in force; the secret itself is among the secrets ('totp:<user>'). 'last_step' is the newest time step that was used:
-- none before or at it opens anything again (RFC 6238 clause 5.2). 'recovery' are hashes of the codes left (JSON).
CREATE TABLE second_factors (
  user_id     TEXT PRIMARY KEY,
  last_step   INTEGER NOT NULL,
  recovery    TEXT NOT NULL,
  enrolled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Hashes of passwords of the past, newest last.
CREATE TABLE password_history (
  id            INTEGER PRIMARY KEY,
  user_id       TEXT NOT NULL,
  password_hash TEXT NOT NULL
) STRICT;
CREATE INDEX password_history_of_user ON password_history (user_id, id);

-- Failed logins, by account from one address, by account, and by address: a restart forgives nobody.
CREATE TABLE login_failures (
  kind       TEXT NOT NULL CHECK (kind IN ('guesser', 'account', 'address')),
  key        TEXT NOT NULL,
  failures   INTEGER NOT NULL,
  wait_until INTEGER NOT NULL,
  last_at    INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX login_failures_by_age ON login_failures (kind, last_at);

-- When somebody last logged in with the password; NULL when nobody did since version 2.
ALTER TABLE credentials ADD COLUMN last_login_at INTEGER;

-- A session that a person sits at locks itself; walls and scripts do not.
ALTER TABLE sessions ADD COLUMN interactive INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;

-- Arguments of commands that wait for their second person, sealed like secrets, and who asked.
CREATE TABLE waiting_commands (
  command_id TEXT PRIMARY KEY,
  sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Accounts say more than before. What was one duty are three now: who administered keeps all of them until they are given to others.
UPDATE entities SET body = json_set(body,
  '$.fullName', NULL, '$.denied', json('[]'), '$.shift', NULL, '$.networks', '*', '$.secondFactor', json('false'),
  '$.passwordChangedAt', (SELECT changed_at FROM credentials WHERE user_id = entities.key)) WHERE collection = 'users';
UPDATE entities SET body = json_set(body, '$.roles', json('["administrator","security-administrator","auditor"]'))
WHERE collection = 'users' AND EXISTS (SELECT 1 FROM json_each(body, '$.roles') WHERE value = 'administrator');
`;
