-- The colours that a reader wants: those of their system, or always the same.
ALTER TABLE preferences ADD COLUMN theme TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark'));
