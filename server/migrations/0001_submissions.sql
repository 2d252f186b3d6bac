-- Times are milliseconds since 1970. TEXT, BIGINT and BLOB only, so that the same file serves Postgres.
CREATE TABLE submissions (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT   NOT NULL UNIQUE,
    client      TEXT,                       -- the `user` of the wire; that word is reserved in SQL
    language    TEXT   NOT NULL,
    state       TEXT   NOT NULL,            -- queued, running, done, cancelled
    verdict     TEXT,
    attempt     BIGINT NOT NULL DEFAULT 0,  -- raised before each attempt
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    request     BLOB,                       -- gone once finished
    judgement   BLOB
);
CREATE INDEX submissions_client ON submissions (client, seq);
CREATE INDEX submissions_unfinished ON submissions (seq) WHERE state IN ('queued', 'running');
CREATE INDEX submissions_finished ON submissions (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE idempotency (
    idempotency_key TEXT   PRIMARY KEY,
    digest          BLOB   NOT NULL,        -- of the request's body
    id              TEXT   NOT NULL,
    created_at      BIGINT NOT NULL
);

CREATE TABLE throttle (
    client      TEXT   PRIMARY KEY,
    strikes     BIGINT NOT NULL,            -- TimeLimitExceeded in a row
    cool_downs  BIGINT NOT NULL,            -- since the last day without a strike
    until       BIGINT NOT NULL,            -- end of the cool-down; 0 = none yet
    last_strike BIGINT NOT NULL
);
