//! One server, and one warden, for one data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One that is told to stop still finishes what runs, and its successor may start before it is gone.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether the other is gone.
const EVERY: Duration = Duration::from_millis(100);

/// Who is to be the only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Server,
    Warden,
}

/// Why a data directory may not be used.
#[derive(Debug, thiserror::Error)]
pub enum NotAlone {
    /// Another server has it.
    #[error(
        "another server uses {}: two would judge the same submissions. Stop it, or give this one another data directory \
         (GAVEL_DATA)",
        .0.display()
    )]
    Server(PathBuf),
    /// Another warden has it.
    #[error(
        "another warden uses {}: it would lose its socket, and its server its sandboxes. Stop that instance, or give this \
         one another data directory (GAVEL_DATA)",
        .0.display()
    )]
    Warden(PathBuf),
    /// Its lock cannot be made.
    #[error("failed to lock {}", .0.display())]
    Lock(PathBuf, #[source] io::Error),
}

impl Role {
    fn lock(self) -> &'static str {
        match self {
            Self::Server => "lock",
            Self::Warden => "warden.lock",
        }
    }

    fn refused(self, directory: &Path) -> NotAlone {
        match self {
            Self::Server => NotAlone::Server(directory.to_owned()),
            Self::Warden => NotAlone::Warden(directory.to_owned()),
        }
    }
}

/// Locks a data directory for as long as the file is kept open; the kernel unlocks it for whoever is killed.
///
/// # Errors
/// When another of that role has it, and still has after 10 s, or its lock cannot be made.
pub(crate) async fn alone(directory: &Path, role: Role) -> Result<File, NotAlone> {
    alone_within(directory, role, PATIENCE).await
}

async fn alone_within(directory: &Path, role: Role, patience: Duration) -> Result<File, NotAlone> {
    let path = directory.join(role.lock());
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|why| NotAlone::Lock(path.clone(), why))?;
    let until = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                return Err(role.refused(directory));
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
    async fn a_second_one_on_the_same_data_is_refused_and_a_successor_is_not() {
        let directory = tempfile::tempdir().unwrap();
        for (role, told) in [(Role::Server, "another server uses /"), (Role::Warden, "another warden uses /")]
        {
            let first = alone(directory.path(), role).await.unwrap();
            let refused = alone_within(directory.path(), role, Duration::ZERO).await.unwrap_err();
            assert!(refused.to_string().starts_with(told), "{refused}");
            let second = alone(directory.path(), role);
            let leave = async {
                tokio::time::sleep(EVERY).await;
                drop(first);
            };
            let (second, ()) = tokio::join!(second, leave);
            second.unwrap();
        }
    }

    #[tokio::test]
    async fn a_server_and_a_warden_share_their_data() {
        let directory = tempfile::tempdir().unwrap();
        let both =
            [Role::Server, Role::Warden].map(|role| alone_within(directory.path(), role, Duration::ZERO));
        for one in futures_util::future::join_all(both).await {
            one.unwrap();
        }
    }
}
