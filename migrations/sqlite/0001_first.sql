-- The first schema. Migrations are append-only: a released file never changes, the next change is a new file.
--
-- All times are milliseconds since the Unix epoch. All digests are SHA-256. Flags are 0 or 1.
-- Ids that leave the database are AUTOINCREMENT, because a number that was given once must never be given again.

-- This database's life. The epoch is the first half of every cursor: a reader that brings another one starts afresh.
CREATE TABLE meta (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  epoch TEXT    NOT NULL
) STRICT;

-- People, and each person's sequence: `seq` is the number of the last change of their inbox. Every change takes the
-- next number and moves the counts in the same UPDATE of this row, so numbers have no holes and no badge can drift.
CREATE TABLE users (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  username     TEXT    NOT NULL,
  name_key     TEXT    NOT NULL UNIQUE,             -- the name in the one form in which it is compared
  display_name TEXT    NOT NULL,
  role         TEXT    NOT NULL CHECK (role IN ('reader', 'admin')),
  enabled      INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  password     TEXT,                                -- argon2id, PHC string; NULL: no sign-in with a password
  created_at   INTEGER NOT NULL,
  seq          INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0),
  unread       INTEGER NOT NULL DEFAULT 0 CHECK (unread >= 0),
  unseen       INTEGER NOT NULL DEFAULT 0 CHECK (unseen BETWEEN 0 AND unread)
) STRICT;

-- What was written, once, however many people get it.
CREATE TABLE messages (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  sender_id  INTEGER NOT NULL REFERENCES users (id),
  title      TEXT    NOT NULL,
  body       TEXT    NOT NULL,                      -- markdown, as it was written
  html       TEXT    NOT NULL,                      -- the body, sanitised
  preview    TEXT    NOT NULL,
  priority   TEXT    NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  link       TEXT,
  sent_at    INTEGER NOT NULL,
  recipients INTEGER NOT NULL CHECK (recipients >= 0)
) STRICT;

-- A message in one person's inbox. `seq` is the number of the item's last change, so catching up is a range of
-- `items_by_seq`. A deleted item stays as a tombstone, for readers that have not heard of it yet.
CREATE TABLE items (
  user_id    INTEGER NOT NULL REFERENCES users (id),
  message_id INTEGER NOT NULL REFERENCES messages (id),
  seq        INTEGER NOT NULL CHECK (seq > 0),
  seen       INTEGER NOT NULL DEFAULT 0 CHECK (seen IN (0, 1)),
  read       INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1) AND read <= seen),   -- read implies seen
  done       INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1) AND done <= read),   -- done implies read
  deleted    INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  PRIMARY KEY (user_id, message_id)
) STRICT, WITHOUT ROWID;

-- Not unique: one change has one number, however many items it touches.
CREATE INDEX items_by_seq ON items (user_id, seq);

-- One for each view, in the order of its pages, so that a page costs its rows and not what lies between them.
CREATE INDEX items_in_inbox ON items (user_id, message_id) WHERE done = 0 AND deleted = 0;
CREATE INDEX items_in_done  ON items (user_id, message_id) WHERE done = 1 AND deleted = 0;

-- Messages to everyone are delivered in chunks. A chunk moves `next_user_id` in its own transaction, so a crash neither
-- loses nor doubles it. People with greater ids than `last_user_id` came after the message and do not get it.
CREATE TABLE broadcasts (
  message_id   INTEGER PRIMARY KEY REFERENCES messages (id),
  next_user_id INTEGER NOT NULL,                    -- everybody below has it
  last_user_id INTEGER NOT NULL,
  delivered    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX broadcasts_unfinished ON broadcasts (message_id) WHERE next_user_id <= last_user_id;

-- People who were disabled when a broadcast was sent: they do not get it, even if they are enabled meanwhile. Kept until
-- the broadcast is finished. The other way round, who is disabled meanwhile still gets it, as at the moment of sending.
CREATE TABLE broadcast_absentees (
  message_id INTEGER NOT NULL REFERENCES broadcasts (message_id),
  user_id    INTEGER NOT NULL REFERENCES users (id),
  PRIMARY KEY (message_id, user_id)
) STRICT, WITHOUT ROWID;

-- Keys that senders gave to make retries safe, with the answer that they got. Kept as long as the message.
CREATE TABLE idempotency (
  sender_id   INTEGER NOT NULL REFERENCES users (id),
  key         TEXT    NOT NULL,
  fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
  message_id  INTEGER NOT NULL REFERENCES messages (id),
  recipients  INTEGER NOT NULL,
  PRIMARY KEY (sender_id, key)
) STRICT, WITHOUT ROWID;

-- What programs sign in with. A revoked token has no row.
CREATE TABLE tokens (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id      INTEGER NOT NULL REFERENCES users (id),
  scope        TEXT    NOT NULL CHECK (scope IN ('read', 'send')),
  digest       BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;

CREATE INDEX tokens_by_user ON tokens (user_id);

-- Who is signed in, from which device. An ended session has no row. `data` is JSON.
CREATE TABLE sessions (
  digest       BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
  user_id      INTEGER NOT NULL REFERENCES users (id),
  device       TEXT    NOT NULL,
  address      TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  data         TEXT    NOT NULL
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end  ON sessions (expires_at);

-- The one link that makes the first account. A new one replaces it.
CREATE TABLE setup_link (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  digest     BLOB    NOT NULL CHECK (length(digest) = 32),
  expires_at INTEGER NOT NULL
) STRICT;
