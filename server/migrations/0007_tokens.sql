-- Named tokens that were made by API; those of the settings are not here.
CREATE TABLE tokens (
    name       TEXT   PRIMARY KEY,
    scopes     TEXT   NOT NULL,  -- names, separated by spaces
    quota      BIGINT,           -- most submissions that wait
    priority   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

-- Digests of their secrets: the newest of a token, and the one before it while that is valid still.
CREATE TABLE token_secrets (
    digest     BLOB   PRIMARY KEY,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at    BIGINT
);
CREATE INDEX token_secrets_name ON token_secrets (name);

-- When tokens were used last, those of the settings, too; written now and then.
CREATE TABLE token_uses (
    name    TEXT   PRIMARY KEY,
    used_at BIGINT NOT NULL
);

-- The named token that something came with; null: one of the three of the settings, or none.
ALTER TABLE submissions ADD COLUMN token TEXT;
CREATE INDEX submissions_token ON submissions (token, seq) WHERE token IS NOT NULL;
ALTER TABLE problems ADD COLUMN token TEXT;
ALTER TABLE rejudges ADD COLUMN token TEXT;
ALTER TABLE rejudges ADD COLUMN sees_all INTEGER NOT NULL DEFAULT 1; -- it may concern submissions of every token

-- What ended submissions, or put another judgement in the place of one: numbers are in the order in which that was stored,
-- and none is given twice.
CREATE TABLE events (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    seq       BIGINT NOT NULL,  -- the submission's
    kind      TEXT   NOT NULL,  -- done, cancelled, rejudged
    verdict   TEXT,
    before    TEXT,             -- the verdict, where it was judged again
    judgement BIGINT,           -- its number
    at        BIGINT NOT NULL
);
