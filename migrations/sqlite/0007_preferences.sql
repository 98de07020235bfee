-- How each reader wants to be told of what comes. Their zone is in `users`, as snoozing needs it too; a category that is not
-- to be in the inbox is in `mutes`. Who has no row here has chosen nothing.
CREATE TABLE preferences (
  user_id INTEGER PRIMARY KEY REFERENCES users (id),
  version INTEGER NOT NULL CHECK (version > 0),                 -- one more with every change: open pages notice by it
  keys    INTEGER NOT NULL CHECK (keys IN (0, 1)),              -- single letters are keys
  toast   INTEGER NOT NULL CHECK (toast IN (0, 1)),             -- for messages whose category is not in `loudness`
  sound   INTEGER NOT NULL CHECK (sound IN (0, 1))
) STRICT;

-- On the clock of the reader's zone, in minutes since midnight. An end at or before the begin is on the next day.
CREATE TABLE quiet_hours (
  user_id INTEGER NOT NULL REFERENCES preferences (user_id),
  weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),     -- on which they begin; 0 is Monday
  begins  INTEGER NOT NULL CHECK (begins BETWEEN 0 AND 1439),
  ends    INTEGER NOT NULL CHECK (ends BETWEEN 0 AND 1439),
  PRIMARY KEY (user_id, weekday)
) STRICT, WITHOUT ROWID;

-- How loud messages of a category are.
CREATE TABLE loudness (
  user_id  INTEGER NOT NULL REFERENCES preferences (user_id),
  category TEXT    NOT NULL,
  toast    INTEGER NOT NULL CHECK (toast IN (0, 1)),
  sound    INTEGER NOT NULL CHECK (sound IN (0, 1)),
  PRIMARY KEY (user_id, category)
) STRICT, WITHOUT ROWID;
