//! Why the store could not serve, in words that an operator can act on.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gavel_protocol::Bytes;
use sqlx::migrate::MigrateError;

use super::rows::RowError;

/// Why the store could not serve.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed: the disk is full, gone or broken.
    #[error("the store failed: {source}{}", advice(.source))]
    Database {
        /// What it said.
        source: Arc<sqlx::Error>,
    },
    /// The database could not be opened.
    #[error("failed to open the database {}: {source}{}{}", .path.display(), advice(.source), owners(.path))]
    Open {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: Arc<sqlx::Error>,
    },
    /// A later version wrote the database.
    #[error(
        "the database {} was written by a newer version of Gavel (it has migration {version}, which this version does \
         not know): start that version, or put back the backup that was made before the upgrade",
        .path.display()
    )]
    Newer {
        /// Its file.
        path: PathBuf,
        /// The migration.
        version: i64,
    },
    /// The database could not be brought up to date.
    #[error("failed to bring the database {} up to date: {source}{}", .path.display(), owners(.path))]
    Migrate {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: Arc<MigrateError>,
    },
    /// The directory of blobs could not be opened.
    #[error("failed to open the directory {}: {source}{}", .path.display(), owners(.path))]
    OpenBlobs {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// A blob could not be written, read or removed.
    #[error("the store failed with a file: {0}")]
    Blob(Arc<io::Error>),
    /// The last of the disk is for what was accepted before.
    #[error(
        "the disk under {} has {free} left, and the last {kept} are for what was accepted before: free some space, or start \
         the server with a lower `store.max_size` or `store.keep`: it then removes the oldest judgements",
        .directory.display()
    )]
    NoRoom {
        /// The data directory.
        directory: PathBuf,
        /// Bytes that are free.
        free: Bytes,
        /// Bytes that nothing new may have.
        kept: Bytes,
    },
    /// The last inodes of the disk are for what was accepted before.
    #[error(
        "the disk under {} has {free} inodes left, and the last {kept} are for what was accepted before: remove files from it, \
         or give the workspace a disk with more",
        .directory.display()
    )]
    NoInodes {
        /// The data directory.
        directory: PathBuf,
        /// Inodes that are free.
        free: u64,
        /// Inodes that nothing new may have.
        kept: u64,
    },
    /// What was stored cannot be read back.
    #[error("the store holds something unreadable: {0}")]
    Unreadable(Arc<dyn std::error::Error + Send + Sync>),
    /// The writing task has ended.
    #[error("the store is closed")]
    Closed,
}

impl From<sqlx::Error> for StoreError {
    fn from(source: sqlx::Error) -> Self {
        Self::Database { source: Arc::new(source) }
    }
}

impl From<io::Error> for StoreError {
    fn from(source: io::Error) -> Self {
        Self::Blob(Arc::new(source))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(source: serde_json::Error) -> Self {
        Self::Unreadable(Arc::new(source))
    }
}

impl From<RowError> for StoreError {
    fn from(source: RowError) -> Self {
        Self::Unreadable(Arc::new(source))
    }
}

impl StoreError {
    /// There was no room for it on the disk; or so it looks, where the disk only says that it failed.
    pub(super) fn is_full(&self) -> bool {
        matches!(self, Self::Database { source } if matches!(code(source), 10 | 13))
    }

    /// The statement may not stand where it does; nothing is wrong with the disk.
    pub(super) fn is_of_the_statement(&self) -> bool {
        matches!(self, Self::Database { source } if code(source) == 1)
    }

    pub(super) fn open(path: &Path, source: sqlx::Error) -> Self {
        Self::Open { path: path.to_owned(), source: Arc::new(source) }
    }

    pub(super) fn open_blobs(path: &Path, source: io::Error) -> Self {
        Self::OpenBlobs { path: path.to_owned(), source: Arc::new(source) }
    }

    pub(super) fn migrate(path: &Path, source: MigrateError) -> Self {
        let path = path.to_owned();
        match source {
            MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
                Self::Newer { path, version }
            }
            MigrateError::Execute(source) => Self::open(&path, source),
            source => Self::Migrate { path, source: Arc::new(source) },
        }
    }
}

/// SQLite's result code (<https://sqlite.org/rescode.html>); 0 where there is none.
fn code(error: &sqlx::Error) -> u32 {
    let code = error.as_database_error().and_then(|error| error.code());
    let extended: u32 = code.and_then(|code| code.parse().ok()).unwrap_or(0);
    extended & 0xff
}

/// What to do about it.
fn advice(error: &sqlx::Error) -> &'static str {
    match code(error) {
        5 | 6 => ": another process holds the database; is a second server running on the same data?",
        8 => {
            ": the data directory is read-only for the server; it must belong to the server's uid and be writable"
        }
        10 => ": the disk under the data directory fails or is full; see the host's kernel log",
        11 | 26 => ": the file is damaged or no database of Gavel's; put back a backup (docs/operations.md)",
        13 => {
            ": the disk under the data directory is full; free some space, or start the server with a lower \
             `store.max_size` or `store.keep`: it then removes the oldest judgements"
        }
        14 => ": the server cannot open or make files there; it must own the data directory",
        _ => "",
    }
}

/// Whose the file is and who asks, where that is known.
fn owners(path: &Path) -> String {
    let us = rustix::process::geteuid().as_raw();
    let places = [Some(path), path.parent()].into_iter().flatten();
    let found = places.filter_map(|place| Some((place, std::fs::metadata(place).ok()?)));
    found.fold(format!(" (the server runs as uid {us}"), |mut text, (place, metadata)| {
        let (uid, mode) = (metadata.uid(), metadata.mode() & 0o7777);
        text.push_str(&format!("; {} belongs to uid {uid}, mode {mode:o}", place.display()));
        text
    }) + ")"
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, SqliteConnection};
    use tempfile::TempDir;

    use super::*;

    async fn connection(options: SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
        options.busy_timeout(std::time::Duration::ZERO).connect().await
    }

    async fn execute(
        connection: &mut SqliteConnection,
        statements: &[&'static str],
    ) -> Result<(), sqlx::Error> {
        for statement in statements {
            sqlx::query(*statement).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// What the operator reads of a failure that SQLite really has.
    async fn told(options: SqliteConnectOptions, statements: &[&'static str]) -> String {
        let failure = match connection(options).await {
            Ok(mut connection) => execute(&mut connection, statements).await.unwrap_err(),
            Err(failure) => failure,
        };
        StoreError::open(Path::new("/data/gavel.db"), failure).to_string()
    }

    #[tokio::test]
    async fn each_failure_of_the_database_comes_with_what_to_do_about_it() {
        let folder = TempDir::new().unwrap();
        let file = |name: &str| SqliteConnectOptions::new().filename(folder.path().join(name));
        let insert = "INSERT INTO t VALUES (zeroblob(1000000))";
        let mut owner = connection(file("db").create_if_missing(true)).await.unwrap();
        execute(&mut owner, &["CREATE TABLE t (x)"]).await.unwrap();
        std::fs::write(folder.path().join("garbage"), [7; 8192]).unwrap();

        let read_only = told(file("db").read_only(true), &[insert]).await;
        assert!(read_only.contains("the data directory is read-only for the server"), "{read_only}");
        assert!(read_only.contains("(the server runs as uid"), "{read_only}");
        let full = told(file("db"), &["PRAGMA max_page_count = 3", insert]).await;
        assert!(full.contains("the disk under the data directory is full"), "{full}");
        let damaged = told(file("garbage"), &[insert]).await;
        assert!(damaged.contains("the file is damaged or no database"), "{damaged}");
        let missing = told(file("none/db").create_if_missing(true), &[insert]).await;
        assert!(missing.contains("cannot open or make files there"), "{missing}");
        execute(&mut owner, &["BEGIN EXCLUSIVE"]).await.unwrap();
        let locked = told(file("db"), &[insert]).await;
        assert!(locked.contains("another process holds the database"), "{locked}");
    }
}
