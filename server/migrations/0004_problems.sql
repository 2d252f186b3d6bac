-- Versions of problems: packages as they were pushed, each under the hash of what is in it.
CREATE TABLE problems (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT   NOT NULL,      -- what its owner calls the problem
    version    TEXT   NOT NULL,
    pushed_at  BIGINT NOT NULL,      -- the last time; the newest is what submissions are judged by
    removed_at BIGINT,               -- nobody is offered it any more; it goes when nothing that waits needs it
    manifest   BLOB   NOT NULL,      -- JSON
    files      BLOB   NOT NULL,      -- JSON: contents by path
    UNIQUE (id, version)
);
CREATE INDEX problems_newest ON problems (id, pushed_at);

-- Which files of the blob store a version names.
CREATE TABLE problem_refs (
    seq  BIGINT NOT NULL,
    hash BLOB   NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (seq, hash)
);
CREATE INDEX problem_refs_hash ON problem_refs (hash);

-- What a submission is judged by, where that is a problem.
ALTER TABLE submissions ADD COLUMN problem TEXT;
ALTER TABLE submissions ADD COLUMN problem_version TEXT;
CREATE INDEX submissions_problem ON submissions (problem, seq) WHERE problem IS NOT NULL;
CREATE INDEX submissions_awaiting ON submissions (problem, problem_version) WHERE state IN ('queued', 'running');
CREATE INDEX problems_removed ON problems (removed_at) WHERE removed_at IS NOT NULL;
