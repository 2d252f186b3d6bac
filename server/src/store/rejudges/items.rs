//! The submissions of orders, from their turn to its end.

use chrono::Utc;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{CHUNK, Item, Selection};
use crate::store::{Store, StoreError, millis, parse_id};

/// So many of the next of an order are looked at for one that is not just being judged for another order.
const LOOKED_AT: i64 = 16;

impl Store {
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

    /// Of an order that has ended nothing more begins: what waits of it is ended a part at a time.
    pub(super) async fn cancel_items(&self, order: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE rejudge_items SET state = 'cancelled' WHERE rowid IN (SELECT rowid FROM rejudge_items \
                           WHERE rejudge = $1 AND state IN ('waiting', 'running') LIMIT $2)";
        while self.some_items(SQL, order).await? {}
        Ok(())
    }

    /// Does that to so many items of an order. False where these were the last.
    pub(super) async fn some_items(&self, sql: &'static str, order: i64) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let query = sqlx::query(sql).bind(order).bind(CHUNK);
                    Ok(query.execute(connection).await?.rows_affected() == CHUNK.unsigned_abs())
                })
            })
            .await
    }
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

/// Drops what became of the submissions of these orders.
pub(in crate::store) async fn drop_items(
    connection: &mut SqliteConnection,
    orders: &[i64],
) -> Result<(), sqlx::Error> {
    for seq in orders {
        let sql = "DELETE FROM rejudge_items WHERE rejudge = $1";
        sqlx::query(sql).bind(seq).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A submission goes: nobody waits for it any more.
pub(in crate::store) async fn drop_submission(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE rejudge_items SET state = 'failed', reason = 'the submission was removed' \
               WHERE seq = $1 AND state IN ('waiting', 'running') RETURNING rejudge";
    let orders: Vec<i64> = sqlx::query_scalar(sql).bind(seq).fetch_all(&mut *connection).await?;
    for order in orders {
        settle(connection, order).await?;
    }
    Ok(())
}

/// An order whose submissions are all judged, or cannot be, is done.
pub(in crate::store) async fn settle(
    connection: &mut SqliteConnection,
    order: i64,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE rejudges SET state = 'done', finished_at = $2 WHERE seq = $1 AND state = 'running' AND NOT EXISTS \
               (SELECT 1 FROM rejudge_items WHERE rejudge = $1 AND state IN ('waiting', 'running'))";
    sqlx::query(sql).bind(order).bind(millis(Utc::now())).execute(connection).await.map(drop)
}
