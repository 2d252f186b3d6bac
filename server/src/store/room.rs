//! Room on the disk that only what was accepted before may take: it is judged, told and removed there, which a disk filled
//! to its last byte would not let anybody do.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gavel_protocol::Bytes;
use tokio::sync::Notify;

use super::StoreError;

/// Kept free at most.
const MOST: u64 = 64 << 20;
/// And at most this part of a small disk.
const PART: u64 = 16;

/// The disk under the data directory. Copies are of the same one.
#[derive(Debug, Clone)]
pub(super) struct Room {
    directory: PathBuf,
    wanted: Arc<Notify>,
}

impl Room {
    /// The disk that this directory is on.
    pub(super) fn of(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), wanted: Arc::default() }
    }

    /// Is there room for anything new?
    ///
    /// # Errors
    /// [`StoreError::NoRoom`], or what statvfs(3) says.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let disk = rustix::fs::statvfs(&self.directory).map_err(io::Error::from)?;
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        let (free, kept) = (bytes(disk.f_bavail), kept(bytes(disk.f_blocks)));
        if free >= kept {
            return Ok(());
        }
        self.wanted.notify_one();
        Err(StoreError::NoRoom { directory: self.directory.clone(), free: Bytes(free), kept: Bytes(kept) })
    }

    /// Completes when something was refused for want of room.
    pub(super) async fn is_wanted(&self) {
        self.wanted.notified().await;
    }
}

fn kept(size: u64) -> u64 {
    (size / PART).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_of_a_disk_is_not_for_what_is_new() {
        // The kernel says of /proc that it has no blocks at all: nothing of it is kept.
        Room::of(Path::new("/proc")).check().unwrap();
        assert_eq!((kept(160 << 20), kept(1 << 40)), (10 << 20, MOST));
        let missing = Room::of(Path::new("/missing")).check().unwrap_err();
        assert!(matches!(missing, StoreError::Blob(_)), "{missing}");
    }
}
