//! One server for one data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One that is told to stop still finishes what runs, and its successor may start before it is gone.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether the other is gone.
const EVERY: Duration = Duration::from_millis(100);

/// Why a server may not use a data directory.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotAlone {
    #[error(
        "another server uses {}: two would judge the same submissions. Stop it, or give this one another data directory \
         (GAVEL_DATA)",
        .0.display()
    )]
    Other(PathBuf),
    #[error("failed to lock {}", .0.display())]
    Lock(PathBuf, #[source] io::Error),
}

/// Locks a data directory for as long as the file is kept open; the kernel unlocks it for whoever is killed.
///
/// # Errors
/// When another server has it, and still has after 10 s, or its lock cannot be made.
pub(super) async fn alone(directory: &Path) -> Result<File, NotAlone> {
    alone_within(directory, PATIENCE).await
}

async fn alone_within(directory: &Path, patience: Duration) -> Result<File, NotAlone> {
    let path = directory.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|why| NotAlone::Lock(path.clone(), why))?;
    let until = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                return Err(NotAlone::Other(directory.to_owned()));
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(EVERY).await,
            Err(TryLockError::Error(why)) => return Err(NotAlone::Lock(path, why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_server_on_the_same_data_is_refused_and_a_successor_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let first = alone(directory.path()).await.unwrap();
        let refused = alone_within(directory.path(), Duration::ZERO).await.unwrap_err();
        assert!(refused.to_string().starts_with("another server uses /"), "{refused}");
        let second = alone(directory.path());
        let leave = async {
            tokio::time::sleep(EVERY).await;
            drop(first);
        };
        let (second, ()) = tokio::join!(second, leave);
        second.unwrap();
    }
}
