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

/** The city's second half: feeds, alerts, incidents. Each room's tables stand in a constant of its own. */
export const city = [alertTables].join('\n');
