/** What the room of alerts keeps besides its entities. */
const alertTables = `
-- What became of each alert, one row a step: what the figures of alarms are reckoned from. The oldest rows go by age and by number.
CREATE TABLE alert_history (
  id        INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL,
  kind      TEXT NOT NULL CHECK (kind IN ('raised', 'cleared', 'acknowledged', 'shelved', 'dropped')),
  alert_id  TEXT NOT NULL,
  rule      TEXT NOT NULL,
  subject   TEXT NOT NULL,
  severity  TEXT NOT NULL,
  operator  TEXT,                       -- who acknowledged or shelved; NULL where nobody did
  waited_ms INTEGER,                    -- of 'acknowledged': since it was raised
  drill     INTEGER NOT NULL CHECK (drill IN (0, 1))
) STRICT;
CREATE INDEX alert_history_by_time ON alert_history (at, id);
`;

/** What lets a unit's phone in. */
const fieldTables = `
-- Links that open the field page of a unit, by the hash of their token: a copy of this file opens none. One of a unit is alive at most.
CREATE TABLE field_links (
  id           INTEGER PRIMARY KEY,
  token_hash   TEXT NOT NULL UNIQUE,    -- hexadecimal
  unit_id      TEXT NOT NULL,
  made_at      INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  last_used_at INTEGER,                 -- NULL: nobody has opened it
  ended_at     INTEGER                  -- NULL: it is alive until 'expires_at'
) STRICT;
CREATE UNIQUE INDEX field_links_alive ON field_links (unit_id) WHERE ended_at IS NULL;
CREATE INDEX field_links_of_unit ON field_links (unit_id, id);

-- Units hold sessions, too. A rule of a column cannot be changed: the table is made anew, with what was in it.
CREATE TABLE sessions_with_units (
  id           TEXT PRIMARY KEY,
  token_hash   TEXT NOT NULL UNIQUE,    -- hexadecimal
  user_id      TEXT NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('person', 'wall', 'unit')),
  wall_id      TEXT,
  screen_id    TEXT,
  unit_id      TEXT,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  address      TEXT NOT NULL,
  workstation  TEXT,
  interactive  INTEGER NOT NULL DEFAULT 0,
  locked       INTEGER NOT NULL DEFAULT 0,
  CHECK (kind <> 'wall' OR (wall_id IS NOT NULL AND screen_id IS NOT NULL)),
  CHECK (kind <> 'unit' OR unit_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO sessions_with_units
  (id, token_hash, user_id, kind, wall_id, screen_id, created_at, expires_at, last_seen_at, address, workstation, interactive, locked)
  SELECT id, token_hash, user_id, kind, wall_id, screen_id, created_at, expires_at, last_seen_at, address, workstation, interactive, locked FROM sessions;
DROP TABLE sessions;
ALTER TABLE sessions_with_units RENAME TO sessions;
CREATE INDEX sessions_of_user ON sessions (user_id);
`;

/** What the room of dispatch keeps besides incidents, units and tasks. */
const dispatchTables = `
-- Everything that was done with an incident, in order: replaying the rows of one rebuilds it. A mistake is corrected by another row.
CREATE TABLE incident_log (
  incident_id TEXT NOT NULL,
  seq         INTEGER NOT NULL,          -- from 1, without a gap, of each incident
  at          INTEGER NOT NULL,
  entered_at  INTEGER NOT NULL,
  by          TEXT NOT NULL,
  source      TEXT,                      -- the workstation or field page; NULL where it came by itself
  kind        TEXT NOT NULL,
  body        TEXT NOT NULL,             -- JSON
  corrects    INTEGER,
  PRIMARY KEY (incident_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER incident_log_is_never_changed BEFORE UPDATE ON incident_log
BEGIN SELECT RAISE(ABORT, 'the log of an incident is append-only'); END;
CREATE TRIGGER incident_log_is_never_shortened BEFORE DELETE ON incident_log
BEGIN SELECT RAISE(ABORT, 'the log of an incident is append-only'); END;
CREATE TRIGGER incident_log_has_no_gap BEFORE INSERT ON incident_log
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM incident_log WHERE incident_id = NEW.incident_id)
BEGIN SELECT RAISE(ABORT, 'the log of an incident is append-only'); END;

-- What people call an incident, given once and for ever.
CREATE TABLE incident_numbers (
  number      TEXT PRIMARY KEY,
  incident_id TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE TRIGGER incident_numbers_are_never_changed BEFORE UPDATE ON incident_numbers
BEGIN SELECT RAISE(ABORT, 'the number of an incident is never changed'); END;
CREATE TRIGGER incident_numbers_are_never_removed BEFORE DELETE ON incident_numbers
BEGIN SELECT RAISE(ABORT, 'the number of an incident is never given again'); END;

-- Photos from the field: the pictures themselves are files in photos/, named by what is in them and the task.
CREATE TABLE task_photos (
  name        TEXT PRIMARY KEY,
  task_id     TEXT NOT NULL,
  incident_id TEXT NOT NULL,
  unit_id     TEXT NOT NULL,
  bytes       INTEGER NOT NULL,
  at          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The city's second half: feeds, alerts, incidents. Each room's tables stand in a constant of its own. */
export const city = [alertTables, fieldTables, dispatchTables].join('\n');
