-- What happened in the last day (telemetry/day.rs), a row for each ten minutes in which anything did.
CREATE TABLE day_parts (
    number  INTEGER PRIMARY KEY,       -- its beginning, in parts since 1970
    figures TEXT    NOT NULL           -- JSON
);
