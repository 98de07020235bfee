-- What grew with history is bounded.

-- Of each device the latest 1000 moments in `progress` are kept. What came to its reader's inbox up to this number was
-- delivered there nobody knows when.
ALTER TABLE devices ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten >= 0);
