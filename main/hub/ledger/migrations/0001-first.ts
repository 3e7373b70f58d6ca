/** The first shape of the ledger. A migration that has been released is never edited: a new number changes what it made. */
export const first = `
-- Every opening of this database, numbered. A client that was connected to an older opening can tell that the hub
-- restarted; the number is the 'epoch' of every commit made in that opening.
CREATE TABLE epochs (
  epoch     INTEGER PRIMARY KEY,
  opened_at INTEGER NOT NULL            -- milliseconds since 1970
) STRICT;

-- The state of the city: one row an entity, 'body' is its JSON. 'id' keeps the order of insertion, which is the order
-- that lists are read in; it survives an update and is new after delete and put. 'seq' is the commit that wrote the row.
CREATE TABLE entities (
  id         INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  key        TEXT NOT NULL,
  body       TEXT NOT NULL,
  seq        INTEGER NOT NULL,
  UNIQUE (collection, key)
) STRICT;

-- The recent commits, for clients that come back after a while. Trimmed from the old end: this is a convenience, the
-- truth is 'entities'. 'change_count' stands before 'body' so that counting does not read the bodies.
CREATE TABLE changes (
  seq          INTEGER PRIMARY KEY,
  epoch        INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  cause_kind   TEXT NOT NULL,
  cause_id     TEXT NOT NULL,
  cause_by     TEXT NOT NULL,
  change_count INTEGER NOT NULL,
  body         TEXT NOT NULL            -- JSON array of changes, in order
) STRICT;

-- The number of the last commit, which outlives the trimming of 'changes'. Exactly one row.
CREATE TABLE head (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  seq  INTEGER NOT NULL
) STRICT;
INSERT INTO head (only, seq) VALUES (1, 0);

-- Values that must not be readable in a copy of this file: AES-256-GCM under the key in keys/secrets.key, whose
-- fingerprint is 'key_id'. The name is authenticated with the value, so that two secrets cannot be exchanged.
CREATE TABLE secrets (
  key    TEXT PRIMARY KEY,
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL                  -- nonce (12 bytes), ciphertext, tag (16 bytes)
) STRICT, WITHOUT ROWID;

-- Who did what. Append-only: the triggers below refuse everything else, and 'hash' covers the row and the hash of the
-- row before, so that a change made around the triggers shows. Columns that are JSON say so.
-- AUTOINCREMENT keeps the highest number ever given, so that rows cut from the end show too.
CREATE TABLE audit (
  seq           INTEGER PRIMARY KEY AUTOINCREMENT,
  at            INTEGER NOT NULL,
  phase         TEXT NOT NULL CHECK (phase IN ('open', 'close')),
  command_id    TEXT NOT NULL,
  command       TEXT NOT NULL,
  actor         TEXT NOT NULL,
  roles         TEXT NOT NULL,          -- JSON
  door          TEXT NOT NULL,
  address       TEXT NOT NULL,
  workstation   TEXT,
  args          TEXT NOT NULL,          -- JSON
  outcome       TEXT,                   -- NULL while open, then 'ok' or an error code
  before        TEXT NOT NULL,          -- JSON
  after         TEXT NOT NULL,          -- JSON
  previous_hash TEXT NOT NULL,
  hash          TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- Answers already given, so that a repeated request is answered and not done again. Sealed like secrets, because an
-- answer may hold a ticket or a link. 'id' grows with time: trimming takes the lowest.
CREATE TABLE idempotency (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  principal TEXT NOT NULL,
  command   TEXT NOT NULL,
  key       TEXT NOT NULL,
  sealed    BLOB NOT NULL,              -- JSON: hash of the canonical arguments, and the answer
  at        INTEGER NOT NULL,
  UNIQUE (principal, command, key)
) STRICT;

-- Password hashes, apart from the account: the 'users' collection never holds one. 'password_hash' names its own
-- algorithm and parameters.
CREATE TABLE credentials (
  user_id       TEXT PRIMARY KEY,
  password_hash TEXT NOT NULL,
  must_change   INTEGER NOT NULL CHECK (must_change IN (0, 1)),
  changed_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions of people and of wall screens. Only the hash of the token is kept: a copy of this file opens no session.
CREATE TABLE sessions (
  id           TEXT PRIMARY KEY,
  token_hash   TEXT NOT NULL UNIQUE,    -- hexadecimal
  user_id      TEXT NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('person', 'wall')),
  wall_id      TEXT,
  screen_id    TEXT,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  address      TEXT NOT NULL,
  workstation  TEXT,
  CHECK (kind = 'person' OR (wall_id IS NOT NULL AND screen_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (user_id);
`;
