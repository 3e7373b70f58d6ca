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

/** The city's second half: feeds, alerts, incidents. Each room's tables stand in a constant of its own. */
export const city = [alertTables, fieldTables].join('\n');
