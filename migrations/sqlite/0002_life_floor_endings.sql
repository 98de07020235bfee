-- What a copy that is put back must not hide, what is forgotten, and what other processes must hear of.

-- How many numbers this database has given to all people together: always the sum of `users.seq`. An older copy that is
-- put back has a smaller count than the note beside the database says, and gets a new epoch.
ALTER TABLE meta ADD COLUMN changes INTEGER NOT NULL DEFAULT 0 CHECK (changes >= 0);
UPDATE meta SET changes = (SELECT coalesce(sum(seq), 0) FROM users);

-- Tombstones are kept for a time only. Below `floor` some are missing: a reader whose number is less starts afresh.
ALTER TABLE users ADD COLUMN floor INTEGER NOT NULL DEFAULT 0 CHECK (floor BETWEEN 0 AND seq);
ALTER TABLE items ADD COLUMN deleted_at INTEGER CHECK (deleted_at IS NULL OR deleted = 1);
UPDATE items SET deleted_at = unixepoch() * 1000 WHERE deleted = 1;
CREATE INDEX items_deleted ON items (deleted_at) WHERE deleted = 1;

-- Sessions and tokens that are no longer good. Kept for an hour, so that every process on this database, and not only the
-- one that ended them, ends their streams. One row for one session or token: one that is made later is another one.
CREATE TABLE endings (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,       -- in commit order, because there is one writer at a time
  user_id  INTEGER NOT NULL REFERENCES users (id),
  session  BLOB    CHECK (length(session) = 32),    -- its digest
  token_id INTEGER,
  why      TEXT    NOT NULL,                        -- the word that its streams say
  ended_at INTEGER NOT NULL,
  CHECK ((session IS NULL) <> (token_id IS NULL))
) STRICT;

CREATE INDEX endings_by_time    ON endings (ended_at);
CREATE INDEX endings_by_session ON endings (session) WHERE session IS NOT NULL;
