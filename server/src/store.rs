//! What outlives the server: submissions, judgements, idempotency keys and strikes, in SQLite.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlitePool};

mod error;
mod list;
mod retention;
mod strikes;
mod submissions;
mod writer;

pub use error::StoreError;
pub use list::{Filter, Page};
pub use submissions::{Cancelled, Inserted, NewRecord, Unfinished};
use writer::Writer;
pub use writer::Written;

use crate::judge::{Judgement, Verdict};
use crate::submission::SubmissionId;

/// Connections that read.
const READERS: u32 = 4;
/// What the write-ahead log is cut to once all of it is in the database.
const LOG_KEPT: &str = "8388608";

/// The database, open.
#[derive(Debug, Clone)]
pub struct Store {
    readers: SqlitePool,
    writer: Writer,
}

/// Where a submission has got to, as far as the store knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredState {
    /// Waiting.
    Queued,
    /// An attempt is under way.
    Running,
    /// There is a judgement.
    Done,
    /// There will be none.
    Cancelled,
}

/// A submission as the store knows it, without its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its name.
    pub id: SubmissionId,
    /// Whose it is.
    pub user: Option<String>,
    /// Its language.
    pub language: String,
    /// Where it has got to.
    pub state: StoredState,
    /// Of the judgement.
    pub verdict: Option<Verdict>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// When it was judged or cancelled.
    pub finished_at: Option<DateTime<Utc>>,
    /// Missing in lists, and until it is done.
    pub judgement: Option<Judgement>,
}

impl Store {
    /// Opens the database, makes it where it is missing, and brings it up to date.
    ///
    /// # Errors
    /// Whatever SQLite says, and a database of a later version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = options(path);
        let failed = |source| StoreError::open(path, source);
        let mut connection = options.connect().await.map_err(failed)?;
        let migrated = sqlx::migrate!("./migrations").run(&mut connection).await;
        migrated.map_err(|source| StoreError::migrate(path, source))?;
        let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await;
        Ok(Self { readers: readers.map_err(failed)?, writer: Writer::start(connection) })
    }

    /// Writes and commits nothing of worth: is the store writable?
    ///
    /// # Errors
    /// Why it is not.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    sqlx::query("PRAGMA user_version = 1").execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        // Rows are small, and so is what a statement sets aside; `/tmp` is small, too, and need not be there.
        .pragma("temp_store", "MEMORY")
        .pragma("journal_size_limit", LOG_KEPT)
        .disable_statement_logging()
}

impl StoredState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "running" => Self::Running,
            "done" => Self::Done,
            "cancelled" => Self::Cancelled,
            _ => Self::Queued,
        }
    }
}

fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

#[cfg(test)]
mod tests;
