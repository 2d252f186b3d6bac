//! Removes all that there is of a user, so that neither the database nor a blob has anything of it afterwards.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::Utc;
use sqlx::{Row, SqliteConnection};

use super::strikes::put_strikes;
use super::submissions::parse_id;
use super::{Store, StoreError, collector, judgements, millis, references, refs, rejudges};
use crate::blocking::on_disk;
use crate::content::BlobId;
use crate::submission::SubmissionId;
use crate::throttle::Strikes;

/// Submissions removed in one transaction, so that no other write waits long.
const CHUNK: i64 = 100;
/// How often, and how many times, it is looked whether all is gone from the disk.
const EVERY: Duration = Duration::from_millis(100);
const TIMES: u32 = 100;

/// What of a user has gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Submissions, each with its judgements, its sources and what it wrote.
    pub submissions: Vec<SubmissionId>,
    /// Idempotency keys.
    pub keys: u64,
    /// Orders to judge this user's submissions again.
    pub orders: u64,
}

impl Store {
    /// Submissions of a user that are not finished.
    ///
    /// # Errors
    /// The store's.
    pub async fn unfinished_of(&self, user: &str) -> Result<Vec<SubmissionId>, StoreError> {
        let sql = "SELECT id FROM submissions WHERE client = $1 AND state IN ('queued', 'running')";
        let rows = sqlx::query(sql).bind(user).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| parse_id(row, "id")).collect::<Result<_, _>>()?)
    }

    /// Removes what there is of a user: finished submissions with all that belongs to them, and its strikes. Returns once
    /// nothing of it is on the disk.
    ///
    /// # Errors
    /// The store's; then some of it may have gone, and another time removes the rest.
    pub async fn forget_user(&self, user: &str) -> Result<Forgotten, StoreError> {
        let mut forgotten = Forgotten::default();
        let mut files = BTreeMap::new();
        loop {
            let name = user.to_owned();
            let chunk = self.writer.write(move |connection| Box::pin(forget(connection, name)));
            let Chunk { submissions, keys, named } = chunk.await?;
            forgotten.keys += keys;
            files.extend(named);
            if submissions.is_empty() {
                break;
            }
            forgotten.submissions.extend(submissions);
        }
        let name = user.to_owned();
        let orders = self.writer.write(move |connection| Box::pin(forget_rest(connection, name)));
        forgotten.orders = orders.await?;
        self.blobs.suspect(files.keys().copied());
        self.wipe().await?;
        self.until_gone(files.into_keys().collect()).await?;
        Ok(forgotten)
    }

    /// Rows that are deleted are overwritten; this takes them out of the log, too, and lets no free page stay that an earlier
    /// version has left.
    async fn wipe(&self) -> Result<(), StoreError> {
        self.give_back_all().await?;
        for _ in 0..TIMES {
            let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.readers).await?;
            if checkpoint.try_get::<i64, _>(0)? == 0 {
                return Ok(());
            }
            tokio::time::sleep(EVERY).await;
        }
        Err(StoreError::Blob(std::sync::Arc::new(std::io::ErrorKind::TimedOut.into())))
    }

    /// Waits until those of these blobs have gone that nobody names.
    async fn until_gone(&self, mut files: Vec<BlobId>) -> Result<(), StoreError> {
        for _ in 0..TIMES {
            let mut left = Vec::new();
            for id in files {
                if !collector::is_named(&self.readers, id).await? {
                    left.push(id);
                }
            }
            let blobs = self.blobs.clone();
            files = on_disk(move || {
                Ok(left.into_iter().filter(|id| blobs.open_blob(*id).is_ok()).collect::<Vec<_>>())
            })
            .await?;
            if files.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(EVERY).await;
        }
        Err(StoreError::Blob(std::sync::Arc::new(std::io::ErrorKind::TimedOut.into())))
    }
}

struct Chunk {
    submissions: Vec<SubmissionId>,
    keys: u64,
    named: BTreeMap<BlobId, u64>,
}

async fn forget(connection: &mut SqliteConnection, user: String) -> Result<Chunk, sqlx::Error> {
    let sql = "SELECT seq, id FROM submissions WHERE client = $1 AND finished_at IS NOT NULL LIMIT $2";
    let rows = sqlx::query(sql).bind(&user).bind(CHUNK).fetch_all(&mut *connection).await?;
    let (mut submissions, mut keys, mut named) = (Vec::new(), 0, BTreeMap::new());
    if !rows.is_empty() {
        // There is no index of this: one look for all of them.
        let sql = "DELETE FROM idempotency WHERE id IN (SELECT id FROM submissions \
                   WHERE client = $1 AND finished_at IS NOT NULL)";
        keys = sqlx::query(sql).bind(&user).execute(&mut *connection).await?.rows_affected();
    }
    for row in &rows {
        let seq: i64 = row.try_get("seq")?;
        submissions.push(parse_id(row, "id")?);
        references::drop_all(connection, seq).await?;
        judgements::drop_all(connection, seq).await?;
        rejudges::drop_submission(connection, seq).await?;
        named.extend(refs::drop_all(connection, seq).await?);
        sqlx::query("DELETE FROM submissions WHERE seq = $1").bind(seq).execute(&mut *connection).await?;
    }
    Ok(Chunk { submissions, keys, named })
}

async fn forget_rest(connection: &mut SqliteConnection, user: String) -> Result<u64, sqlx::Error> {
    put_strikes(connection, &user, Strikes::default()).await?;
    let sql =
        "UPDATE rejudges SET state = 'cancelled', finished_at = $2 WHERE client = $1 AND finished_at IS NULL";
    sqlx::query(sql).bind(&user).bind(millis(Utc::now())).execute(&mut *connection).await?;
    let sql = "DELETE FROM rejudges WHERE client = $1 RETURNING seq";
    let orders: Vec<i64> = sqlx::query_scalar(sql).bind(&user).fetch_all(&mut *connection).await?;
    rejudges::drop_items(connection, &orders).await?;
    Ok(orders.len() as u64)
}
