//! What outlives the server: submissions, judgements, idempotency keys and strikes, in SQLite.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlitePool};

mod list;
mod retention;
mod strikes;
mod submissions;
mod writer;

pub use list::{Filter, Page};
pub use submissions::{Cancelled, Inserted, NewRecord, Unfinished};
use writer::Writer;
pub use writer::Written;

use crate::judge::{Judgement, Verdict};
use crate::submission::SubmissionId;

/// The database, open.
#[derive(Debug, Clone)]
pub struct Store {
    readers: SqlitePool,
    writer: Writer,
}

/// Why the store could not serve.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed: the disk is full, gone or broken.
    #[error("the store failed: {0}")]
    Database(Arc<sqlx::Error>),
    /// The database is not of a form this version knows.
    #[error("failed to bring the database up to date: {0}")]
    Migrate(Arc<sqlx::migrate::MigrateError>),
    /// What was stored cannot be read back.
    #[error("the store holds something unreadable: {0}")]
    Unreadable(Arc<serde_json::Error>),
    /// The writing task has ended.
    #[error("the store is closed")]
    Closed,
}

impl From<sqlx::Error> for StoreError {
    fn from(source: sqlx::Error) -> Self {
        Self::Database(Arc::new(source))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(source: serde_json::Error) -> Self {
        Self::Unreadable(Arc::new(source))
    }
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
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        let mut connection = options.connect().await?;
        sqlx::migrate!("./migrations")
            .run(&mut connection)
            .await
            .map_err(|source| StoreError::Migrate(Arc::new(source)))?;
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        Ok(Self { readers, writer: Writer::start(connection) })
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
