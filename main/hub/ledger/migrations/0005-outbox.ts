/** What receivers beyond the house are still to be told of alerts: written with the alerts, gone once it was taken or given up. */
export const outbox = `
CREATE TABLE alert_outbox (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  at          INTEGER NOT NULL,
  receiver    TEXT NOT NULL,
  told        TEXT NOT NULL              -- JSON
) STRICT;
`;
