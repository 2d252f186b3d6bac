-- Attempts that were begun by a server which died before there was a sandbox for them: they are not among those of `attempt`.
ALTER TABLE submissions ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
