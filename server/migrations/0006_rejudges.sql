-- Judgements whose place later ones have taken.
CREATE TABLE judgements (
    seq             BIGINT NOT NULL,  -- the submission's
    number          BIGINT NOT NULL,  -- 1 = the first of the submission
    verdict         TEXT   NOT NULL,
    judged_at       BIGINT NOT NULL,
    problem_version TEXT,
    judgement       BLOB   NOT NULL,
    PRIMARY KEY (seq, number)
);
ALTER TABLE submissions ADD COLUMN judgements INTEGER NOT NULL DEFAULT 1; -- the number of the one that is in the row
ALTER TABLE submissions ADD COLUMN judged_at BIGINT;                      -- where it is not the first
-- Finished ones whose inputs and answers are kept for a while.
CREATE INDEX submissions_tests ON submissions (finished_at) WHERE tests IS NOT NULL AND finished_at IS NOT NULL;

-- What lists tell of a problem beside its id: JSON, names by language.
ALTER TABLE problems ADD COLUMN names TEXT NOT NULL DEFAULT '{}';
UPDATE problems SET names = coalesce(json_extract(CAST(manifest AS TEXT), '$.names'), '{}');

-- Orders to judge again.
CREATE TABLE rejudges (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT   NOT NULL UNIQUE,
    state       TEXT   NOT NULL,           -- gathering, running, done, cancelled
    selection   TEXT   NOT NULL,           -- JSON: which submissions
    client      TEXT,                      -- whose, where it is those of one user
    bound       BIGINT NOT NULL,           -- of submissions up to this one
    gathered    BIGINT NOT NULL DEFAULT 0, -- all up to this one were looked at
    total       BIGINT NOT NULL DEFAULT 0,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX rejudges_unfinished ON rejudges (seq) WHERE state IN ('gathering', 'running');

CREATE TABLE rejudge_items (
    rejudge BIGINT NOT NULL,
    seq     BIGINT NOT NULL,            -- the submission's
    state   TEXT   NOT NULL,            -- waiting, running, done, failed, cancelled
    attempt BIGINT NOT NULL DEFAULT 0,  -- raised before each attempt
    before  TEXT,                       -- verdicts
    after   TEXT,
    changed BIGINT,                     -- tests that came to something else
    reason  TEXT,                       -- why it failed
    PRIMARY KEY (rejudge, seq)
);
CREATE INDEX rejudge_items_state ON rejudge_items (rejudge, state, before, after);
CREATE INDEX rejudge_items_unfinished ON rejudge_items (seq) WHERE state IN ('waiting', 'running');
