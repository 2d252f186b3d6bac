-- The number of a submission's end. Whoever sets it need not note the end: that is one statement then, in which all counts or nothing.
ALTER TABLE submissions ADD COLUMN ended BIGINT;
CREATE TRIGGER submissions_ended AFTER UPDATE OF ended ON submissions WHEN NEW.ended IS NOT NULL
BEGIN
    INSERT INTO events (number, seq, kind, verdict, judgement, at)
    VALUES (NEW.ended, NEW.seq, NEW.state, NEW.verdict, CASE WHEN NEW.verdict IS NOT NULL THEN 1 END, NEW.finished_at);
END;

-- Only of those that are judged by a problem, as it is asked for: the others need not be entered when they come and taken out when they end.
DROP INDEX submissions_awaiting;
CREATE INDEX submissions_awaiting ON submissions (problem, problem_version)
    WHERE state IN ('queued', 'running') AND problem IS NOT NULL;
