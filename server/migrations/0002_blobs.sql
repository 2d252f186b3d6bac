-- What a submission is made of; large contents are files, of which the rows hold the names. A row of the first version
-- has all of it in `request`, which is emptied when the submission is judged or first looked at.
ALTER TABLE submissions ADD COLUMN program BLOB;   -- sources and limits; kept with the judgement
ALTER TABLE submissions ADD COLUMN tests BLOB;     -- inputs and answers; gone once finished

-- Which files a submission names.
CREATE TABLE refs (
    seq  BIGINT NOT NULL,
    kind TEXT   NOT NULL,                          -- source, test, output
    hash BLOB   NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (seq, kind, hash)
);
CREATE INDEX refs_hash ON refs (hash);
