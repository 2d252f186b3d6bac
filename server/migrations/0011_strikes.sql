-- Where several coordinators share strikes (docs/cluster.md): what the others are to be told, in its order, until the broker has it.
CREATE TABLE strikes_untold (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch  TEXT   NOT NULL,            -- the start of the server that has noted it
    client TEXT   NOT NULL,
    news   TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
-- Of each start of each coordinator, our own among them, the number of the last that counts here.
CREATE TABLE strikes_heard (
    epoch  TEXT   PRIMARY KEY,
    number BIGINT NOT NULL,
    at     BIGINT NOT NULL
);
-- One row: how far the broker's stream was read, and which stream that was.
CREATE TABLE strikes_read (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    stream   TEXT    NOT NULL,
    sequence BIGINT  NOT NULL
);
