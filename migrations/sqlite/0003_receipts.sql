-- What readers' browsers and programs acknowledge: how far each has come, and what stood before whose eyes.

-- What reads an inbox, by the name that it gives itself. A person has at most 50; the one that was silent for longest goes.
CREATE TABLE devices (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id  INTEGER NOT NULL REFERENCES users (id),
  client   TEXT    NOT NULL,
  name     TEXT    NOT NULL,                        -- browser and system
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  applied  INTEGER NOT NULL DEFAULT 0 CHECK (applied >= 0),   -- every change up to this number has been applied there
  UNIQUE (user_id, client)
) STRICT;

-- When a device had come how far. A message was delivered to it at the first row that reaches the item's arrival.
CREATE TABLE progress (
  device_id INTEGER NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  applied   INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (device_id, applied)
) STRICT, WITHOUT ROWID;

-- What was seen or read on which device, and when first.
CREATE TABLE receipts (
  user_id    INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  device_id  INTEGER NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  seen_at    INTEGER NOT NULL,
  read_at    INTEGER,
  PRIMARY KEY (user_id, message_id, device_id),
  FOREIGN KEY (user_id, message_id) REFERENCES items (user_id, message_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX receipts_by_device ON receipts (device_id);

-- The number with which the item came; `seq` moves on with every change. 0: it came before this was kept.
ALTER TABLE items ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0;
