-- Keys are forgotten by their time, of which there may be a day's.
CREATE INDEX idempotency_created ON idempotency (created_at);
