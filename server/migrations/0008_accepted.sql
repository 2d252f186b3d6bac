-- Lists and orders to judge again select by the time at which submissions were accepted.
CREATE INDEX submissions_created ON submissions (created_at);
