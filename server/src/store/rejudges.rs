//! Orders to judge submissions again, and how far each has come. The list of what is to be judged is on disk: a server
//! that dies goes on with it after its next start.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::rows::verdict;
use super::{Store, StoreError, millis, parse_id, time};
use crate::content::BlobId;
use crate::judge::Verdict;
use crate::submission::SubmissionId;
use crate::tokens::Sees;

/// Names an order; random, as that of a submission.
pub type RejudgeId = uuid::Uuid;

/// Submissions that are gathered in one transaction, so that no other write waits long.
const CHUNK: i64 = 1000;
/// So many rows are looked at in one transaction, however few of them an order concerns: others write and read in between.
const PART: i64 = 10_000;
/// So many of the next of an order are looked at for one that is not just being judged for another order.
const LOOKED_AT: i64 = 16;
/// Orders that may be under way at one time.
const UNFINISHED: i64 = 100;

/// Which submissions are to be judged again: those that are judged, and of which all that is said here is true.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// One of these; none: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub submissions: Vec<SubmissionId>,
    /// Judged by this problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Of this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// In this language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// With this verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Accepted then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Accepted before then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The version of the problem to judge by, in 64 hexadecimal digits; none: the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What a selection comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    /// Submissions.
    pub total: u64,
    /// Of them, those whose inputs, or whose problem, are not there any more.
    pub impossible: u64,
}

/// Where an order has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RejudgeState {
    /// Its submissions are being looked for.
    Gathering,
    /// They are judged, or wait for it.
    Running,
    /// All are judged, or cannot be.
    Done,
    /// Nothing more of it is judged.
    Cancelled,
}

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejudge {
    /// Its place among all, for the next page.
    pub seq: i64,
    /// Its name.
    pub id: RejudgeId,
    /// Where it has got to.
    pub state: RejudgeState,
    /// What it was asked for.
    pub selection: Selection,
    /// Its submissions; of one that is being gathered, those so far.
    pub total: u64,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it was done or cancelled.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What became of the submissions of an order so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that wait.
    pub waiting: u64,
    /// Those that are being judged.
    pub running: u64,
    /// Those that cannot be judged.
    pub failed: u64,
    /// Those that were not judged before it was cancelled.
    pub cancelled: u64,
    /// Those that are judged, by the verdicts before and after.
    pub done: Vec<(Verdict, Verdict, u64)>,
}

/// What became of a submission of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its place among all, for the next page.
    pub seq: i64,
    /// The submission.
    pub id: SubmissionId,
    /// Whose it is.
    pub user: Option<String>,
    /// `waiting`, `running`, `done`, `failed`, or `cancelled`.
    pub state: String,
    /// The verdict before.
    pub before: Option<Verdict>,
    /// The verdict now.
    pub after: Option<Verdict>,
    /// Tests that came to something else.
    pub changed: u32,
    /// Why it failed.
    pub reason: Option<String>,
}

/// Which outcomes to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcomes {
    /// All.
    #[default]
    All,
    /// Of those that are judged, whose verdict or whose tests came to something else.
    Changed,
    /// Those that cannot be judged.
    Failed,
}

/// A submission whose turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The order's place among all.
    pub rejudge: i64,
    /// The submission's.
    pub seq: i64,
    /// The submission.
    pub id: SubmissionId,
    /// The version of the problem that the order names.
    pub version: Option<BlobId>,
    /// The number of the attempt that has begun.
    pub attempt: u32,
}

impl RejudgeState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "gathering" => Self::Gathering,
            "running" => Self::Running,
            "cancelled" => Self::Cancelled,
            _ => Self::Done,
        }
    }

    /// Nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

impl Store {
    /// What a selection comes to now, of what is seen; it is not counted further than to one more than `most`.
    ///
    /// # Errors
    /// The store's.
    pub async fn selected(
        &self,
        sees: &Sees,
        selection: &Selection,
        most: u64,
    ) -> Result<Selected, StoreError> {
        let sql = "SELECT coalesce(min(seq) - 1, 0), coalesce(max(seq), 0) FROM submissions";
        let (mut behind, last): (i64, i64) = sqlx::query_as(sql).fetch_one(&self.readers).await?;
        let mut selected = Selected { total: 0, impossible: 0 };
        while behind < last && selected.total <= most {
            let some = self.selected_of(sees, selection, behind, most + 1 - selected.total).await?;
            selected.total += some.total;
            selected.impossible += some.impossible;
            behind += PART;
        }
        Ok(selected)
    }

    /// The same of the rows of one part.
    async fn selected_of(
        &self,
        sees: &Sees,
        selection: &Selection,
        behind: i64,
        most: u64,
    ) -> Result<Selected, StoreError> {
        let mut sql = QueryBuilder::new(
            "SELECT count(*), coalesce(sum(impossible), 0) FROM (SELECT CASE WHEN problem IS NULL THEN tests IS NULL \
             ELSE NOT EXISTS (SELECT 1 FROM problems p WHERE p.id = submissions.problem AND p.removed_at IS NULL) \
             END AS impossible FROM submissions WHERE ",
        );
        push_selection(&mut sql, sees, selection);
        sql.push(" AND seq > ").push_bind(behind).push(" AND seq <= ").push_bind(behind + PART);
        sql.push(" LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX)).push(")");
        let row = sql.build().fetch_one(&self.readers).await?;
        let number = |at: usize| Ok::<_, sqlx::Error>(unsigned(row.try_get(at)?));
        Ok(Selected { total: number(0)?, impossible: number(1)? })
    }

    /// Keeps an order of whoever sees this much, whose submissions are still to be [gathered](Self::gather). None where as
    /// many are under way as may be.
    ///
    /// # Errors
    /// The store's.
    pub async fn add_rejudge(
        &self,
        sees: &Sees,
        selection: &Selection,
    ) -> Result<Option<RejudgeId>, StoreError> {
        self.check_room()?;
        let (id, now) = (RejudgeId::new_v4(), millis(Utc::now()));
        let (wanted, client) = (serde_json::to_string(selection)?, selection.user.clone());
        let (all, token) = sees.columns();
        let added = self.writer.write(move |connection| {
            Box::pin(async move {
                let sql = "INSERT INTO rejudges (id, state, selection, client, bound, created_at, sees_all, token) \
                           SELECT $1, 'gathering', $2, $3, coalesce((SELECT max(seq) FROM submissions), 0), $4, $6, $7 \
                           WHERE (SELECT count(*) FROM rejudges WHERE state IN ('gathering', 'running')) < $5";
                let insert = sqlx::query(sql).bind(id.to_string()).bind(wanted).bind(client).bind(now);
                let insert = insert.bind(UNFINISHED).bind(all).bind(token);
                Ok(insert.execute(connection).await?.rows_affected() > 0)
            })
        });
        Ok(added.await?.then_some(id))
    }

    /// Orders whose submissions are still to be gathered.
    ///
    /// # Errors
    /// The store's.
    pub async fn ungathered(&self) -> Result<Vec<Rejudge>, StoreError> {
        let sql = "SELECT seq, id, state, selection, total, created_at, finished_at FROM rejudges \
                   WHERE state = 'gathering' ORDER BY seq";
        sqlx::query(sql).fetch_all(&self.readers).await?.iter().map(rejudge).collect()
    }

    /// Gathers the next submissions of an order. False where these were the last.
    ///
    /// # Errors
    /// The store's.
    pub async fn gather(&self, order: &Rejudge) -> Result<bool, StoreError> {
        let (seq, selection) = (order.seq, order.selection.clone());
        self.writer.write(move |connection| Box::pin(gather(connection, seq, selection))).await
    }

    /// Begins with the next submission that waits, of the order behind this one, or else of the first: orders take turns.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin_item(&self, behind: i64) -> Result<Option<Item>, StoreError> {
        self.writer.write(move |connection| Box::pin(begin(connection, behind))).await
    }

    /// Lets a submission wait again, behind all others. `uncounted`: the attempt does not count.
    ///
    /// # Errors
    /// The store's.
    pub async fn put_item_back(&self, item: &Item, uncounted: bool) -> Result<(), StoreError> {
        let (item, back) = (item.clone(), i64::from(uncounted));
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    // Who waits begins in the order of these numbers.
                    let sql = "UPDATE rejudge_items SET state = 'waiting', attempt = attempt - $4, \
                               rowid = (SELECT max(rowid) + 1 FROM rejudge_items) \
                               WHERE rejudge = $1 AND seq = $2 AND attempt = $3 AND state = 'running'";
                    let update = sqlx::query(sql).bind(item.rejudge).bind(item.seq).bind(item.attempt);
                    update.bind(back).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Ends an attempt without a judgement: the submission keeps the one that it has.
    ///
    /// # Errors
    /// The store's.
    pub async fn fail_item(&self, item: &Item, reason: String) -> Result<(), StoreError> {
        let item = item.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE rejudge_items SET state = 'failed', reason = $4 \
                               WHERE rejudge = $1 AND seq = $2 AND attempt = $3 AND state = 'running'";
                    let update = sqlx::query(sql).bind(item.rejudge).bind(item.seq).bind(item.attempt);
                    update.bind(reason).execute(&mut *connection).await?;
                    settle(connection, item.rejudge).await
                })
            })
            .await
    }

    /// Whether this attempt is still to be made: its order may have been cancelled, or its submission removed.
    ///
    /// # Errors
    /// The store's.
    pub async fn is_current(&self, item: &Item) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM rejudge_items WHERE rejudge = $1 AND seq = $2 AND attempt = $3 AND state = 'running'";
        let found = sqlx::query(sql).bind(item.rejudge).bind(item.seq).bind(item.attempt);
        Ok(found.fetch_optional(&self.readers).await?.is_some())
    }

    /// Lets what an earlier server was at wait again, and ends what it has not come to of orders that were cancelled.
    ///
    /// # Errors
    /// The store's.
    pub async fn restore_items(&self) -> Result<(), StoreError> {
        let none = "SELECT 1 FROM rejudge_items WHERE state IN ('waiting', 'running') LIMIT 1";
        if sqlx::query(none).fetch_optional(&self.readers).await?.is_none() {
            return Ok(());
        }
        let sql = "SELECT DISTINCT r.seq FROM rejudge_items i JOIN rejudges r ON r.seq = i.rejudge \
                   WHERE i.state IN ('waiting', 'running') AND r.state = 'cancelled'";
        let cancelled: Vec<i64> = sqlx::query_scalar(sql).fetch_all(&self.readers).await?;
        for order in cancelled {
            self.cancel_items(order).await?;
        }
        self.let_wait(false).await
    }

    /// Lets what this server is at wait again, as if it had not been begun: nobody is at it any more.
    ///
    /// # Errors
    /// The store's.
    pub async fn put_items_back(&self) -> Result<(), StoreError> {
        self.let_wait(true).await
    }

    async fn let_wait(&self, uncounted: bool) -> Result<(), StoreError> {
        let back = i64::from(uncounted);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    // What it says of states is what the index is of.
                    let sql = "UPDATE rejudge_items SET state = 'waiting', attempt = attempt - $1 \
                               WHERE state IN ('waiting', 'running') AND state = 'running'";
                    sqlx::query(sql).bind(back).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Ends an order: what waits is not judged any more, nor what is being judged. False where it has ended before; none
    /// where there is no such order that is seen.
    ///
    /// # Errors
    /// The store's; then the order may have ended, and the next start ends what waits of it.
    pub async fn cancel_rejudge(&self, sees: &Sees, id: RejudgeId) -> Result<Option<bool>, StoreError> {
        let (now, sees) = (millis(Utc::now()), sees.clone());
        let cancelling =
            self.writer.write(move |connection| Box::pin(cancel(connection, sees, id.to_string(), now)));
        match cancelling.await? {
            None => Ok(None),
            Some(None) => Ok(Some(false)),
            Some(Some(order)) => self.cancel_items(order).await.map(|()| Some(true)),
        }
    }

    /// Of an order that has ended nothing more begins: what waits of it is ended a part at a time.
    async fn cancel_items(&self, order: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE rejudge_items SET state = 'cancelled' WHERE rowid IN (SELECT rowid FROM rejudge_items \
                           WHERE rejudge = $1 AND state IN ('waiting', 'running') LIMIT $2)";
        while self.some_items(SQL, order).await? {}
        Ok(())
    }

    /// Does that to so many items of an order. False where these were the last.
    async fn some_items(&self, sql: &'static str, order: i64) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let query = sqlx::query(sql).bind(order).bind(CHUNK);
                    Ok(query.execute(connection).await?.rows_affected() == CHUNK.unsigned_abs())
                })
            })
            .await
    }

    /// An order that is seen, and what became of it so far.
    ///
    /// # Errors
    /// The store's.
    pub async fn rejudge(&self, sees: &Sees, id: RejudgeId) -> Result<Option<(Rejudge, Tally)>, StoreError> {
        let sql = "SELECT seq, id, state, selection, total, created_at, finished_at FROM rejudges \
                   WHERE id = $1 AND ($2 OR NOT sees_all AND token IS $3)";
        let (all, token) = sees.columns();
        let find = sqlx::query(sql).bind(id.to_string()).bind(all).bind(token);
        let found = find.fetch_optional(&self.readers).await?;
        let Some(row) = found else { return Ok(None) };
        let order = rejudge(&row)?;
        let tally = self.tally(order.seq).await?;
        Ok(Some((order, tally)))
    }

    /// At most so many orders that are seen, the newest first, behind the one that has this place.
    ///
    /// # Errors
    /// The store's.
    pub async fn rejudges(
        &self,
        sees: &Sees,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Rejudge>, StoreError> {
        let (all, token) = sees.columns();
        let sql = "SELECT seq, id, state, selection, total, created_at, finished_at FROM rejudges \
                   WHERE seq < $1 AND ($3 OR NOT sees_all AND token IS $4) ORDER BY seq DESC LIMIT $2";
        let query = sqlx::query(sql).bind(before.unwrap_or(i64::MAX)).bind(signed(limit));
        let query = query.bind(all).bind(token);
        query.fetch_all(&self.readers).await?.iter().map(rejudge).collect()
    }

    async fn tally(&self, seq: i64) -> Result<Tally, StoreError> {
        let sql = "SELECT state, before, after, count(*) AS number FROM rejudge_items WHERE rejudge = $1 \
                   GROUP BY state, before, after";
        let mut tally = Tally::default();
        for row in sqlx::query(sql).bind(seq).fetch_all(&self.readers).await? {
            let number = unsigned(row.try_get("number")?);
            let state: &str = row.try_get("state")?;
            match state {
                "waiting" => tally.waiting += number,
                "running" => tally.running += number,
                "failed" => tally.failed += number,
                "cancelled" => tally.cancelled += number,
                _ => {
                    let both = maybe_verdict(&row, "before")?.zip(maybe_verdict(&row, "after")?);
                    tally.done.extend(both.map(|(before, after)| (before, after, number)));
                }
            }
        }
        Ok(tally)
    }

    /// What became of the submissions of an order, behind the one that has this place; those that have been removed since
    /// are not among them.
    ///
    /// # Errors
    /// The store's.
    pub async fn outcomes(
        &self,
        order: i64,
        which: Outcomes,
        behind: i64,
        limit: usize,
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT i.seq, s.id, s.client, i.state, i.before, i.after, i.changed, i.reason FROM rejudge_items i \
             JOIN submissions s ON s.seq = i.seq WHERE i.rejudge = ",
        );
        sql.push_bind(order).push(" AND i.seq > ").push_bind(behind);
        match which {
            Outcomes::All => {}
            Outcomes::Changed => {
                sql.push(" AND i.state = 'done' AND (i.before <> i.after OR i.changed > 0)");
            }
            Outcomes::Failed => {
                sql.push(" AND i.state = 'failed'");
            }
        }
        sql.push(" ORDER BY i.seq LIMIT ").push_bind(signed(limit));
        sql.build().fetch_all(&self.readers).await?.iter().map(outcome).collect()
    }

    /// Is the submission to be judged again?
    ///
    /// # Errors
    /// The store's.
    pub async fn awaits_rejudge(&self, id: SubmissionId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM submissions s JOIN rejudge_items i ON i.seq = s.seq \
                   WHERE s.id = $1 AND i.state IN ('waiting', 'running') LIMIT 1";
        let found = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await?;
        Ok(found.is_some())
    }

    /// Forgets orders that ended before this time, what became of their submissions first, a part at a time.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn forget_rejudges(&self, before: i64) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM rejudge_items WHERE rowid IN (SELECT rowid FROM rejudge_items \
                           WHERE rejudge = $1 LIMIT $2)";
        let old = sqlx::query_scalar("SELECT seq FROM rejudges WHERE finished_at < $1").bind(before);
        let old: Vec<i64> = old.fetch_all(&self.readers).await?;
        for order in old {
            while self.some_items(SQL, order).await? {}
            let forgetting = self.writer.write(move |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM rejudges WHERE seq = $1 AND finished_at IS NOT NULL";
                    sqlx::query(sql).bind(order).execute(connection).await.map(drop)
                })
            });
            forgetting.await?;
        }
        Ok(())
    }
}

/// Drops what became of the submissions of these orders.
pub(super) async fn drop_items(connection: &mut SqliteConnection, orders: &[i64]) -> Result<(), sqlx::Error> {
    for seq in orders {
        let sql = "DELETE FROM rejudge_items WHERE rejudge = $1";
        sqlx::query(sql).bind(seq).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A submission goes: nobody waits for it any more.
pub(super) async fn drop_submission(connection: &mut SqliteConnection, seq: i64) -> Result<(), sqlx::Error> {
    let sql = "UPDATE rejudge_items SET state = 'failed', reason = 'the submission was removed' \
               WHERE seq = $1 AND state IN ('waiting', 'running') RETURNING rejudge";
    let orders: Vec<i64> = sqlx::query_scalar(sql).bind(seq).fetch_all(&mut *connection).await?;
    for order in orders {
        settle(connection, order).await?;
    }
    Ok(())
}

/// An order whose submissions are all judged, or cannot be, is done.
pub(super) async fn settle(connection: &mut SqliteConnection, order: i64) -> Result<(), sqlx::Error> {
    let sql = "UPDATE rejudges SET state = 'done', finished_at = $2 WHERE seq = $1 AND state = 'running' AND NOT EXISTS \
               (SELECT 1 FROM rejudge_items WHERE rejudge = $1 AND state IN ('waiting', 'running'))";
    sqlx::query(sql).bind(order).bind(millis(Utc::now())).execute(connection).await.map(drop)
}

fn push_selection(sql: &mut QueryBuilder<Sqlite>, sees: &Sees, selection: &Selection) {
    let Selection { submissions, problem, user, language, verdict, since, until, version: _ } = selection;
    sql.push("state = 'done'");
    sees.push(sql);
    if !submissions.is_empty() {
        let mut among = sql.push(" AND id IN (").separated(", ");
        for id in submissions {
            among.push_bind(id.to_string());
        }
        sql.push(")");
    }
    if let Some(problem) = problem {
        sql.push(" AND problem = ").push_bind(problem.clone());
    }
    if let Some(user) = user {
        sql.push(" AND client = ").push_bind(user.clone());
    }
    if let Some(language) = language {
        sql.push(" AND language = ").push_bind(language.clone());
    }
    if let Some(verdict) = verdict {
        sql.push(" AND verdict = ").push_bind(verdict.as_str());
    }
    if let Some(since) = since {
        sql.push(" AND created_at >= ").push_bind(millis(*since));
    }
    if let Some(until) = until {
        sql.push(" AND created_at < ").push_bind(millis(*until));
    }
}

async fn gather(
    connection: &mut SqliteConnection,
    order: i64,
    selection: Selection,
) -> Result<bool, sqlx::Error> {
    let sql = "SELECT bound, gathered, sees_all, token FROM rejudges WHERE seq = $1 AND state = 'gathering'";
    let Some(row) = sqlx::query(sql).bind(order).fetch_optional(&mut *connection).await? else {
        return Ok(false);
    };
    let (bound, gathered): (i64, i64) = (row.try_get("bound")?, row.try_get("gathered")?);
    // What was removed needs no look.
    let first = sqlx::query_scalar("SELECT coalesce(min(seq), 0) FROM submissions");
    let first: i64 = first.fetch_one(&mut *connection).await?;
    let gathered = gathered.max(first - 1);
    let up_to = bound.min(gathered.saturating_add(PART));
    let mut sql = QueryBuilder::new("SELECT seq FROM submissions WHERE ");
    push_selection(&mut sql, &sees(&row)?, &selection);
    sql.push(" AND seq > ").push_bind(gathered).push(" AND seq <= ").push_bind(up_to);
    sql.push(" ORDER BY seq LIMIT ").push_bind(CHUNK);
    let found: Vec<i64> = sql.build_query_scalar().fetch_all(&mut *connection).await?;
    for seq in &found {
        let sql = "INSERT INTO rejudge_items (rejudge, seq, state) VALUES ($1, $2, 'waiting')";
        sqlx::query(sql).bind(order).bind(seq).execute(&mut *connection).await?;
    }
    let is_full = signed(found.len()) == CHUNK;
    let gathered = found.last().copied().filter(|_| is_full).unwrap_or(up_to);
    let more = gathered < bound;
    let state = if more { RejudgeState::Gathering } else { RejudgeState::Running };
    let sql = "UPDATE rejudges SET state = $2, gathered = $3, total = total + $4 WHERE seq = $1";
    let update = sqlx::query(sql).bind(order).bind(state.as_str());
    let update = update.bind(gathered).bind(signed(found.len()));
    update.execute(&mut *connection).await?;
    settle(connection, order).await?;
    Ok(more)
}

async fn begin(connection: &mut SqliteConnection, behind: i64) -> Result<Option<Item>, sqlx::Error> {
    let sql =
        "SELECT seq, selection FROM rejudges WHERE state IN ('gathering', 'running') ORDER BY seq <= $1, seq";
    for order in sqlx::query(sql).bind(behind).fetch_all(&mut *connection).await? {
        if let Some(item) = begin_of(connection, &order).await? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// The next submission of an order.
async fn begin_of(connection: &mut SqliteConnection, order: &SqliteRow) -> Result<Option<Item>, sqlx::Error> {
    let rejudge: i64 = order.try_get("seq")?;
    // Those that wait have no verdicts: said so that the index has them in their order.
    let sql = "SELECT i.seq, i.attempt, s.id FROM (SELECT seq, attempt FROM rejudge_items WHERE rejudge = $1 \
               AND state = 'waiting' AND before IS NULL AND after IS NULL ORDER BY rowid LIMIT $2) i \
               JOIN submissions s ON s.seq = i.seq WHERE NOT EXISTS (SELECT 1 FROM rejudge_items o WHERE o.seq = i.seq \
               AND o.state IN ('waiting', 'running') AND o.state = 'running') LIMIT 1";
    let next = sqlx::query(sql).bind(rejudge).bind(LOOKED_AT).fetch_optional(&mut *connection).await?;
    let Some(row) = next else { return Ok(None) };
    let (seq, attempt): (i64, u32) = (row.try_get("seq")?, row.try_get("attempt")?);
    let selection: Selection = serde_json::from_str(order.try_get("selection")?)
        .map_err(|why| sqlx::Error::Decode(Box::new(why)))?;
    let version = selection.version.and_then(|version| version.parse().ok());
    let item = Item { rejudge, seq, id: parse_id(&row, "id")?, version, attempt: attempt + 1 };
    let sql = "UPDATE rejudge_items SET state = 'running', attempt = $3 WHERE rejudge = $1 AND seq = $2";
    sqlx::query(sql).bind(rejudge).bind(seq).bind(item.attempt).execute(connection).await?;
    Ok(Some(item))
}

/// Whose submissions an order may concern.
fn sees(row: &SqliteRow) -> Result<Sees, sqlx::Error> {
    let (all, token): (bool, Option<&str>) = (row.try_get("sees_all")?, row.try_get("token")?);
    Ok(if all { Sees::Everything } else { Sees::Own(token.map(Into::into)) })
}

/// The place of the order that has ended by this; none where it had ended before.
async fn cancel(
    connection: &mut SqliteConnection,
    sees: Sees,
    id: String,
    now: i64,
) -> Result<Option<Option<i64>>, sqlx::Error> {
    let (all, token) = sees.columns();
    let sql = "UPDATE rejudges SET state = 'cancelled', finished_at = $2 WHERE id = $1 \
               AND state IN ('gathering', 'running') AND ($3 OR NOT sees_all AND token IS $4) RETURNING seq";
    let cancel = sqlx::query_scalar(sql).bind(&id).bind(now).bind(all).bind(&token);
    let order: Option<i64> = cancel.fetch_optional(&mut *connection).await?;
    let Some(order) = order else {
        let known = "SELECT 1 FROM rejudges WHERE id = $1 AND ($2 OR NOT sees_all AND token IS $3)";
        let known = sqlx::query(known).bind(id).bind(all).bind(token);
        return Ok(known.fetch_optional(connection).await?.map(|_| None));
    };
    Ok(Some(Some(order)))
}

fn rejudge(row: &SqliteRow) -> Result<Rejudge, StoreError> {
    let finished_at: Option<i64> = row.try_get("finished_at")?;
    Ok(Rejudge {
        seq: row.try_get("seq")?,
        id: parse_id(row, "id")?,
        state: RejudgeState::parse(row.try_get("state")?),
        selection: serde_json::from_str(row.try_get("selection")?)?,
        total: unsigned(row.try_get("total")?),
        created_at: time(row.try_get("created_at")?),
        finished_at: finished_at.map(time),
    })
}

fn outcome(row: &SqliteRow) -> Result<Outcome, StoreError> {
    let changed: Option<u32> = row.try_get("changed")?;
    Ok(Outcome {
        seq: row.try_get("seq")?,
        id: parse_id(row, "id")?,
        user: row.try_get("client")?,
        state: row.try_get("state")?,
        before: maybe_verdict(row, "before")?,
        after: maybe_verdict(row, "after")?,
        changed: changed.unwrap_or(0),
        reason: row.try_get("reason")?,
    })
}

fn maybe_verdict(row: &SqliteRow, column: &str) -> Result<Option<Verdict>, StoreError> {
    let name: Option<&str> = row.try_get(column)?;
    Ok(name.map(verdict).transpose()?)
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
