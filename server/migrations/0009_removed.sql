-- Ends go with their submission, wherever they stand: how far back all are there still is noted as they go.
CREATE INDEX events_seq ON events (seq);
CREATE TABLE events_removed (number BIGINT NOT NULL);  -- one row: the highest that was removed
INSERT INTO events_removed SELECT coalesce(
    (SELECT min(number) - 1 FROM events), (SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0);
CREATE TRIGGER events_removing AFTER DELETE ON events BEGIN
    UPDATE events_removed SET number = old.number WHERE number < old.number;
END;
