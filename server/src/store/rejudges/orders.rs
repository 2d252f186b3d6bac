//! Orders, and what became of the submissions of each.

use chrono::Utc;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::{Outcome, Outcomes, Rejudge, RejudgeId, RejudgeState, Selection, Tally, signed, unsigned};
use crate::judge::Verdict;
use crate::store::rows::verdict;
use crate::store::{Store, StoreError, millis, parse_id, time};
use crate::submission::SubmissionId;
use crate::tokens::Sees;

/// Orders that may be under way at one time.
const UNFINISHED: i64 = 100;

impl Store {
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
    pub(in crate::store) async fn forget_rejudges(&self, before: i64) -> Result<(), StoreError> {
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

pub(super) fn rejudge(row: &SqliteRow) -> Result<Rejudge, StoreError> {
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
