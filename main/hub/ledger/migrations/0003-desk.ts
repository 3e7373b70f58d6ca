/** What a desk needs: versions of layouts, and which camera was last seen on a wall. */
export const desk = `
-- What a layout was before and is now: each publication is a row; the oldest go when a layout has too many.
CREATE TABLE layout_versions (
  layout_id TEXT NOT NULL,
  revision  INTEGER NOT NULL,
  name      TEXT NOT NULL,
  scene     TEXT NOT NULL,              -- JSON
  by        TEXT,
  at        INTEGER,
  note      TEXT,
  PRIMARY KEY (layout_id, revision)
) STRICT, WITHOUT ROWID;

-- When a camera was last on a screen of a wall, by what the screen reported: live, and in a tile at all. Written now and then, not with every report.
CREATE TABLE camera_seen (
  camera_id TEXT PRIMARY KEY,
  seen_at   INTEGER,                    -- NULL: never live
  tried_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Since when that has been noted. Exactly one row, written at the first note.
CREATE TABLE camera_seen_since (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  at   INTEGER NOT NULL
) STRICT;

-- Entities have new fields: a layout its number, a screen the layout that it shows. What is in 'changes' does not have them, so nobody is served
-- from there any more.
UPDATE entities SET body = json_set(body, '$.number', NULL) WHERE collection = 'layouts' AND json_type(body, '$.number') IS NULL;
-- What comes out of a subquery is text to SQLite, and would be stored as such: json() makes it a list again.
UPDATE entities SET body = json_set(body, '$.screens', json((
  SELECT json_group_array(json_set(value, '$.layout', json('null')) ORDER BY key) FROM json_each(entities.body, '$.screens')
))) WHERE collection = 'walls';
DELETE FROM changes;
`;
