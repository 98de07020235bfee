-- Pinned and snoozed, the order of lists, and what an act can be taken back to.

-- What the reader keeps at hand, and until when an item is out of the inbox. What is snoozed is seen and not done.
ALTER TABLE items ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
ALTER TABLE items ADD COLUMN snoozed INTEGER
  CHECK (snoozed IS NULL OR (seen = 1 AND done = 0 AND deleted = 0));   -- milliseconds since the Unix epoch

-- Lists are in the order of `surfaced`, the number of the change that brought the item to the top last: its arrival, a repeat,
-- the end of a snooze. Items of one change are in the order of their messages. What came before this was kept stays in the
-- order of its messages; everybody's own count of them is no greater than the numbers that they have had.
ALTER TABLE items ADD COLUMN surfaced    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN surfaced_at INTEGER NOT NULL DEFAULT 0;    -- when that was
UPDATE items SET surfaced = ranked.place, surfaced_at = ranked.sent_at
FROM (SELECT user_id, message_id, sent_at, row_number() OVER (PARTITION BY user_id ORDER BY message_id) AS place
      FROM items JOIN messages ON messages.id = message_id) AS ranked
WHERE items.user_id = ranked.user_id AND items.message_id = ranked.message_id;

-- What the item was before the act of its reader that took the number `acted`. When `seq` is still that number, nothing has
-- changed it since, and the act can be taken back; that is an act, too. `was` has seen, read, done, pinned and deleted as
-- 1, 2, 4, 8 and 16. So every act can be undone at the cost of some bytes beside each item, however many it touched.
ALTER TABLE items ADD COLUMN acted       INTEGER;
ALTER TABLE items ADD COLUMN was         INTEGER CHECK (was BETWEEN 0 AND 31);
ALTER TABLE items ADD COLUMN was_snoozed INTEGER;

-- One for each view, as before, in the new order; and one to wake by.
DROP INDEX items_in_inbox;
DROP INDEX items_in_done;
CREATE INDEX items_in_inbox   ON items (user_id, surfaced, message_id) WHERE done = 0 AND deleted = 0 AND snoozed IS NULL;
CREATE INDEX items_in_pinned  ON items (user_id, surfaced, message_id) WHERE pinned = 1 AND deleted = 0;
CREATE INDEX items_in_snoozed ON items (user_id, surfaced, message_id) WHERE snoozed IS NOT NULL;
CREATE INDEX items_in_done    ON items (user_id, surfaced, message_id) WHERE done = 1 AND deleted = 0;
CREATE INDEX items_by_wake    ON items (snoozed) WHERE snoozed IS NOT NULL;

-- Two more badges, moved with the others, and the reader's zone by its IANA name; NULL: UTC.
ALTER TABLE users ADD COLUMN pinned  INTEGER NOT NULL DEFAULT 0 CHECK (pinned >= 0);
ALTER TABLE users ADD COLUMN snoozed INTEGER NOT NULL DEFAULT 0 CHECK (snoozed >= 0);
ALTER TABLE users ADD COLUMN zone    TEXT;
