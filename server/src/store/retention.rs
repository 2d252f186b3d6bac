//! Removes what has been kept long enough.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::Utc;
use gavel_protocol::Bytes;

use super::{Store, StoreError, judgements, millis, references, refs, rejudges};
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

/// What is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Finished submissions that are older go.
    pub keep: Duration,
    /// Inputs and answers of those that were judged go after so long.
    pub keep_tests: Duration,
    /// While the database and its files are larger, the oldest goes: inputs and answers first, then judgements that others
    /// have taken the place of, then submissions.
    pub max_size: Bytes,
}

/// What has gone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Removed {
    /// Submissions.
    pub(super) rows: u64,
    /// Bytes of files that no finished one names any more.
    pub(super) files: u64,
}

impl Store {
    /// Removes what has been kept long enough, or is too much, and gives the freed pages back to the file system. Returns
    /// how many submissions went.
    ///
    /// # Errors
    /// The store's.
    pub async fn purge(&self, retention: Retention) -> Result<u64, StoreError> {
        let Retention { keep, keep_tests, max_size } = retention;
        self.room.purging(max_size);
        let now = millis(Utc::now());
        let aged = self.aged(now);
        let kept_from = before(aged, keep);
        self.drop_old_tests(aged, keep_tests).await?;
        let old = self.remove_old(kept_from).await?;
        let surplus = self.remove_surplus(now, max_size).await?;
        self.drop_removed_problems().await?;
        self.forget_keys(aged - DAY_MS).await?;
        self.forget_rejudges(kept_from).await?;
        self.forget_ends(kept_from).await?;
        self.shrink().await?;
        self.set_room_aside().await?;
        Ok(old + surplus)
    }

    /// The time by which something is old: one at which nothing is, where the clock is not believed.
    fn aged(&self, now: i64) -> i64 {
        if self.steady.believes(now, Instant::now()) { now } else { 0 }
    }

    /// Lets go of inputs and answers that have been kept long enough: where the disk has no room for what is new, of all.
    async fn drop_old_tests(&self, now: i64, keep: Duration) -> Result<(), StoreError> {
        let time = if self.room.check().is_ok() { before(now, keep) } else { i64::MAX };
        let mut most = CHUNK;
        loop {
            match self.drop_tests_before(time, most).await {
                Ok(Removed { rows: 0, .. }) => return Ok(()),
                Ok(_) => {}
                Err(why) => most = fewer(most, &why).ok_or(why)?,
            }
        }
    }

    /// Removes the submissions that were finished before this time, and tells how many.
    async fn remove_old(&self, time: i64) -> Result<u64, StoreError> {
        let (mut removed, mut most) = (0, CHUNK);
        loop {
            match self.remove_finished_before(time, most).await {
                Ok(Removed { rows: 0, .. }) => return Ok(removed),
                Ok(Removed { rows, .. }) => removed += rows,
                Err(why) => most = fewer(most, &why).ok_or(why)?,
            }
        }
    }

    /// While more is kept than may be, the least valuable goes, a little at one time: inputs and answers, then judgements that
    /// others have taken the place of, then submissions. Tells how many of these.
    async fn remove_surplus(&self, now: i64, max_size: Bytes) -> Result<u64, StoreError> {
        let (mut removed, mut most) = (0, CHUNK);
        // What the files take is added up once: that takes long where there are many.
        let mut files = refs::kept(&self.readers).await?;
        // Problems have a bound of their own: no judgement goes for them.
        let others = self.size_of_problem_rows().await?;
        while (self.used().await? + files).saturating_sub(others) > max_size.get() {
            let tests = self.drop_tests_before(i64::MAX, SMALL_CHUNK).await?;
            files = files.saturating_sub(tests.files);
            if tests.rows > 0 {
                continue;
            }
            // Many at one time: what the files take is added up after each.
            match self.forget_judgements(most).await {
                Ok(0) => {}
                Ok(_) => {
                    files = refs::kept(&self.readers).await?;
                    continue;
                }
                Err(why) => {
                    most = fewer(most, &why).ok_or(why)?;
                    continue;
                }
            }
            let chunk = self.remove_finished_before(now, SMALL_CHUNK).await?;
            removed += chunk.rows;
            files = files.saturating_sub(chunk.files);
            if chunk.rows == 0 {
                break;
            }
        }
        Ok(removed)
    }

    async fn set_room_aside(&self) -> Result<(), StoreError> {
        let room = self.room.clone();
        Ok(on_disk(move || room.set_aside()).await?)
    }

    /// Lets go of the inputs and answers of so many submissions that were judged before this time.
    async fn drop_tests_before(&self, time: i64, most: i64) -> Result<Removed, StoreError> {
        let dropped = self.writer.write(move |connection| {
            Box::pin(async move {
                let sql = "UPDATE submissions SET tests = NULL WHERE seq IN (SELECT seq FROM submissions \
                           WHERE tests IS NOT NULL AND finished_at IS NOT NULL AND finished_at < $1 \
                           ORDER BY finished_at LIMIT $2) RETURNING seq";
                let seqs = sqlx::query_scalar(sql).bind(time).bind(most).fetch_all(&mut *connection).await?;
                let mut named = BTreeMap::new();
                for seq in &seqs {
                    named.extend(refs::drop_tests_sized(connection, *seq).await?);
                }
                let files = refs::of_no_finished(connection, &named).await?;
                Ok((Removed { rows: seqs.len() as u64, files }, named))
            })
        });
        let (removed, named) = dropped.await?;
        self.blobs.suspect(named.into_keys());
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
                    judgements::drop_all(connection, *seq).await?;
                    rejudges::drop_submission(connection, *seq).await?;
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

    /// Forgets idempotency keys of before this time.
    async fn forget_keys(&self, before: i64) -> Result<(), StoreError> {
        while self.forget_some_keys(before).await? > 0 {}
        Ok(())
    }

    async fn forget_some_keys(&self, before: i64) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency \
                               WHERE created_at < $1 LIMIT $2)";
                    let gone = sqlx::query(sql).bind(before).bind(CHUNK).execute(connection).await?;
                    Ok(gone.rows_affected())
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

    /// Gives all free pages back to the file system.
    pub(super) async fn give_back_all(&self) -> Result<(), StoreError> {
        let mut free = self.free_pages().await?;
        while free > 0 {
            self.vacuum().await?;
            let left = self.free_pages().await?;
            if left >= free {
                break;
            }
            free = left;
        }
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

/// How many rows are tried next where so many could not be removed; none where that would not help. What is removed is overwritten, for
/// which the log on a full disk has to have room first.
fn fewer(most: i64, why: &StoreError) -> Option<i64> {
    (why.is_full() && most > 1).then(|| (most / 8).max(1))
}

/// So long before this time.
fn before(now: i64, span: Duration) -> i64 {
    now.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
}
