//! Removes what has been kept long enough.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::Utc;
use gavel_protocol::Bytes;

use super::{Store, StoreError, millis, references, refs};
use crate::blocking::on_disk;

/// Submissions removed in one transaction, so that no other write waits long.
const CHUNK: i64 = 500;
/// The same where each may be large, and no more should go than must.
const SMALL_CHUNK: i64 = 8;
/// Free pages that may stay for the next rows.
const SPARE_PAGES: i64 = 1024;
/// One step of vacuum: 4 MiB of pages.
const VACUUM_STEP: &str = "PRAGMA incremental_vacuum(1024)";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What has gone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Removed {
    /// Submissions.
    pub(super) rows: u64,
    /// Bytes of files that no finished one names any more.
    pub(super) files: u64,
}

impl Store {
    /// Removes finished submissions older than `keep`, then the oldest while the database and the files that they name are larger than `max_size`,
    /// and gives the freed pages back to the file system. Returns how many went.
    ///
    /// # Errors
    /// The store's.
    pub async fn purge(&self, keep: Duration, max_size: Bytes) -> Result<u64, StoreError> {
        self.room.purging(max_size);
        let now = millis(Utc::now());
        let oldest = now.saturating_sub(i64::try_from(keep.as_millis()).unwrap_or(i64::MAX));
        let mut removed = 0;
        loop {
            let chunk = self.remove_finished_before(oldest, CHUNK).await?;
            removed += chunk.rows;
            if chunk.rows == 0 {
                break;
            }
        }
        // What the files take is added up once: that takes long where there are many.
        let mut files = refs::kept(&self.readers).await?;
        // Problems have a bound of their own: no judgement goes for them.
        let others = self.size_of_problem_rows().await?;
        while (self.used().await? + files).saturating_sub(others) > max_size.get() {
            let chunk = self.remove_finished_before(now, SMALL_CHUNK).await?;
            removed += chunk.rows;
            files = files.saturating_sub(chunk.files);
            if chunk.rows == 0 {
                break;
            }
        }
        self.drop_removed_problems().await?;
        self.forget_keys(now - DAY_MS).await?;
        self.shrink().await?;
        let room = self.room.clone();
        on_disk(move || room.set_aside()).await?;
        Ok(removed)
    }

    pub(super) async fn remove_finished_before(&self, time: i64, most: i64) -> Result<Removed, StoreError> {
        let removed = self.writer.write(move |connection| {
            Box::pin(async move {
                let sql = "DELETE FROM submissions WHERE seq IN (SELECT seq FROM submissions \
                           WHERE finished_at < $1 ORDER BY finished_at LIMIT $2) RETURNING seq";
                let gone = sqlx::query_scalar(sql).bind(time).bind(most).fetch_all(&mut *connection).await?;
                let mut named = BTreeMap::new();
                for seq in &gone {
                    references::drop_all(connection, *seq).await?;
                    named.extend(refs::drop_all(connection, *seq).await?);
                }
                let files = refs::of_no_finished(connection, &named).await?;
                Ok((Removed { rows: gone.len() as u64, files }, named))
            })
        });
        let (removed, named) = removed.await?;
        self.blobs.suspect(named.into_keys());
        Ok(removed)
    }

    async fn forget_keys(&self, before: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM idempotency WHERE created_at < $1";
                    sqlx::query(sql).bind(before).execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Bytes in use, without the free pages.
    pub(super) async fn used(&self) -> Result<u64, StoreError> {
        let sql = "SELECT (page_count - freelist_count) * page_size \
                   FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
        let used: i64 = sqlx::query_scalar(sql).fetch_one(&self.readers).await?;
        Ok(u64::try_from(used).unwrap_or(0))
    }

    /// Gives free pages back to the file system, in steps, so that no other write waits long.
    async fn shrink(&self) -> Result<(), StoreError> {
        let mut free = self.free_pages().await?;
        if free <= SPARE_PAGES {
            return Ok(());
        }
        while free > SPARE_PAGES {
            self.vacuum().await?;
            let left = self.free_pages().await?;
            if left >= free {
                break;
            }
            free = left;
        }
        // The file itself becomes smaller when the log is written back.
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(&self.readers).await?;
        Ok(())
    }

    async fn free_pages(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("PRAGMA freelist_count").fetch_one(&self.readers).await?)
    }

    async fn vacuum(&self) -> Result<(), StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    // All of its rows: it frees a page for each step.
                    sqlx::query(VACUUM_STEP).fetch_all(connection).await.map(drop)
                })
            })
            .await
    }
}
