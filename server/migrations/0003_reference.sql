-- The names that a site has for a submission: its course, its exercise, its attempt.
ALTER TABLE submissions ADD COLUMN reference TEXT; -- JSON: texts by name

-- The same, one row a name, to find submissions by.
CREATE TABLE reference_parts (
    seq   BIGINT NOT NULL,
    name  TEXT   NOT NULL,
    value TEXT   NOT NULL,
    PRIMARY KEY (seq, name)
);
CREATE INDEX reference_parts_value ON reference_parts (name, value, seq);
