-- What readers find messages by, and the searches that they keep.

-- The words of each message, once, however many people got it. It keeps no text of its own (`content=''`): rows are those of
-- `messages`. `facts` are words that are compared whole: who got it (`r` and an id, or `everyone`), its priority (`p` and
-- the word), and its category and tags (`c` or `t`, and the word's bytes in hex, so that a tag is one word whatever is in it).
CREATE VIRTUAL TABLE search USING fts5 (
  title, body, sender, facts,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO search (rowid, title, body, sender, facts)
SELECT messages.id, title, body, username || ' ' || display_name,
       'p' || priority || ' ' || coalesce(readers.who, 'everyone')
FROM messages JOIN users ON users.id = sender_id
LEFT JOIN (
  SELECT message_id, group_concat('r' || user_id, ' ') AS who FROM items
  WHERE message_id NOT IN (SELECT message_id FROM broadcasts) GROUP BY message_id
) AS readers ON readers.message_id = messages.id;

-- Searches that people keep, in the order in which they kept them.
CREATE TABLE filters (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id  INTEGER NOT NULL REFERENCES users (id),
  name     TEXT    NOT NULL,
  query    TEXT    NOT NULL,                        -- as it was typed
  made_at  INTEGER NOT NULL,
  UNIQUE (user_id, name)
) STRICT;
