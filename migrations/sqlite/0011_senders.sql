-- Senders: people who send and manage nobody. SQLite cannot change a CHECK, so the column is made anew.
ALTER TABLE users ADD COLUMN part TEXT NOT NULL DEFAULT 'reader' CHECK (part IN ('reader', 'sender', 'admin'));
UPDATE users SET part = role WHERE role <> 'reader';
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users RENAME COLUMN part TO role;
