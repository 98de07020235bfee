-- What messages say about themselves, repeats that share a row, what readers took note of, and what they mute.

-- The messages of one sender with one collapse key.
CREATE TABLE series (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  sender_id INTEGER NOT NULL REFERENCES users (id),
  key       TEXT    NOT NULL,
  UNIQUE (sender_id, key)
) STRICT;

ALTER TABLE messages ADD COLUMN category    TEXT;
ALTER TABLE messages ADD COLUMN tags        TEXT    NOT NULL DEFAULT '';      -- words with a space between them
ALTER TABLE messages ADD COLUMN series_id   INTEGER REFERENCES series (id);
ALTER TABLE messages ADD COLUMN resolved    INTEGER NOT NULL DEFAULT 0 CHECK (resolved IN (0, 1));
ALTER TABLE messages ADD COLUMN actions     TEXT    NOT NULL DEFAULT '[]';    -- JSON: a list of {label, url}
ALTER TABLE messages ADD COLUMN acknowledge INTEGER NOT NULL DEFAULT 0 CHECK (acknowledge IN (0, 1));

-- A repeat takes the row of the item that is in the inbox already: the item keeps its id and shows the latest message.
ALTER TABLE items ADD COLUMN series_id INTEGER REFERENCES series (id);
ALTER TABLE items ADD COLUMN shown_id  INTEGER REFERENCES messages (id);      -- NULL: the message that it came with
ALTER TABLE items ADD COLUMN times     INTEGER NOT NULL DEFAULT 1 CHECK (times >= 1);

CREATE INDEX items_by_series ON items (user_id, series_id, done, message_id) WHERE series_id IS NOT NULL AND deleted = 0;

-- Which messages came into which rows. Every message that a person got is an item of theirs or a repeat, never both.
CREATE TABLE repeats (
  user_id    INTEGER NOT NULL,
  message_id INTEGER NOT NULL REFERENCES messages (id),
  item_id    INTEGER NOT NULL,                      -- the message that the row came with
  PRIMARY KEY (user_id, message_id),
  FOREIGN KEY (user_id, item_id) REFERENCES items (user_id, message_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX repeats_by_item ON repeats (user_id, item_id, message_id);

-- Who took note of which message, and when. Of the message and not of the row: a repeat asks anew. Kept as long as the
-- message, also when its reader deletes the row, because its sender asked.
CREATE TABLE acknowledgements (
  message_id INTEGER NOT NULL REFERENCES messages (id),
  user_id    INTEGER NOT NULL REFERENCES users (id),
  at         INTEGER NOT NULL,
  PRIMARY KEY (message_id, user_id)
) STRICT, WITHOUT ROWID;

-- What a person does not want to hear of: all from a sender, or all of a category.
CREATE TABLE mutes (
  user_id   INTEGER NOT NULL REFERENCES users (id),
  sender_id INTEGER REFERENCES users (id),
  category  TEXT,
  since     INTEGER NOT NULL,
  CHECK ((sender_id IS NULL) <> (category IS NULL))
) STRICT;

CREATE UNIQUE INDEX mutes_of_senders    ON mutes (user_id, sender_id) WHERE sender_id IS NOT NULL;
CREATE UNIQUE INDEX mutes_of_categories ON mutes (user_id, category)  WHERE category IS NOT NULL;
