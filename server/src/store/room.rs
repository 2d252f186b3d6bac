//! Room on the disk that only what was accepted before may take: it is judged, told and removed there, which a disk filled
//! to its last byte would not let anybody do.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gavel_protocol::Bytes;
use rustix::fs::StatVfs;
use tokio::sync::Notify;

use super::StoreError;

/// Kept free at most.
const MOST: u64 = 64 << 20;
/// And at most this part of a small disk.
const PART: u64 = 16;
/// Inodes that are kept free at most, and at most the same part of few: what is judged may need some files.
const MOST_INODES: u64 = 1024;
/// A file that is there to be removed when others have taken the rest, too: to remove anything else from the database
/// takes some room first.
const RESERVE: &str = "reserve";
/// It is at most so large: twice what the log has when it is written back, by which the database may grow.
const RESERVED: u64 = 8 << 20;
/// Judgements are looked at whenever this part of what all may take has come in.
const OFTEN: u64 = 16;

/// The disk under the data directory. Copies are of the same one.
#[derive(Debug, Clone)]
pub(super) struct Room {
    directory: PathBuf,
    wanted: Arc<Notify>,
    growth: Arc<Growth>,
}

/// Bytes of judgements since the oldest were last removed.
#[derive(Debug)]
struct Growth {
    bytes: AtomicU64,
    /// After so many they are looked at again.
    most: AtomicU64,
}

impl Room {
    /// The disk that this directory is on.
    pub(super) fn of(directory: &Path) -> Self {
        let growth = Growth { bytes: AtomicU64::new(0), most: AtomicU64::new(u64::MAX) };
        Self { directory: directory.to_owned(), wanted: Arc::default(), growth: Arc::new(growth) }
    }

    /// Is there room for anything new?
    ///
    /// # Errors
    /// [`StoreError::NoRoom`] and [`StoreError::NoInodes`], or what statvfs(3) says.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let disk = rustix::fs::statvfs(&self.directory).map_err(io::Error::from)?;
        let directory = self.directory.clone();
        let (free, kept) = room_of(&disk);
        let refused = if free < kept {
            StoreError::NoRoom { directory, free: Bytes(free), kept: Bytes(kept) }
        } else if let Some((free, kept)) = self.lacking_inodes(&disk) {
            StoreError::NoInodes { directory, free, kept }
        } else {
            return Ok(());
        };
        self.wanted.notify_one();
        Err(refused)
    }

    /// Inodes that are free, and how many of them nothing new may have, where those are fewer.
    fn lacking_inodes(&self, disk: &StatVfs) -> Option<(u64, u64)> {
        // Where files are made as there is room no number of them is told, or always none that is free.
        let kept = (disk.f_files / PART).min(MOST_INODES);
        let free = disk.f_favail;
        let is_lacking = free < kept && (free > 0 || tempfile::tempfile_in(&self.directory).is_err());
        is_lacking.then_some((free, kept))
    }

    /// Makes the reserve, where there is none and room for it.
    ///
    /// # Errors
    /// What the disk says; then there is none.
    pub(super) fn set_aside(&self) -> io::Result<()> {
        let (free, kept) = self.look()?;
        let (path, size) = (self.directory.join(RESERVE), reserved(kept));
        if free < kept + size || fs::metadata(&path).is_ok_and(|reserve| reserve.len() == size) {
            return Ok(());
        }
        let written = File::create(&path).and_then(|mut file| {
            // What a file system does not have to store does not take room.
            let block: Vec<u8> = (0..=u8::MAX).cycle().take(64 * 1024).collect();
            for at in (0..size).step_by(block.len()) {
                let left = usize::try_from(size - at).unwrap_or(usize::MAX);
                file.write_all(&block[..block.len().min(left)])?;
            }
            Ok(())
        });
        written.inspect_err(|_| drop(fs::remove_file(&path)))
    }

    /// Gives the reserve up where the disk is full.
    pub(super) fn give_up_reserve(&self) {
        if !self.look().is_ok_and(|(free, kept)| free < reserved(kept)) {
            return;
        }
        if fs::remove_file(self.directory.join(RESERVE)).is_ok() {
            tracing::warn!(
                "The disk under {} is full: used what was set aside for that",
                self.directory.display()
            );
        }
        self.wanted.notify_one();
    }

    fn look(&self) -> io::Result<(u64, u64)> {
        look(&self.directory)
    }

    /// Judgements have so many bytes more.
    pub(super) fn grown(&self, by: u64) {
        let grown = self.growth.bytes.fetch_add(by, Ordering::Relaxed).saturating_add(by);
        if grown >= self.growth.most.load(Ordering::Relaxed) {
            self.wanted.notify_one();
        }
    }

    /// The oldest judgements are about to be removed where all are larger than this; and again when a good part of that has
    /// come in.
    pub(super) fn purging(&self, max_size: Bytes) {
        self.growth.bytes.store(0, Ordering::Relaxed);
        self.growth.most.store((max_size.get() / OFTEN).max(1), Ordering::Relaxed);
    }

    /// Completes when something was refused for want of room, or judgements have grown by much.
    pub(super) async fn is_wanted(&self) {
        self.wanted.notified().await;
    }
}

fn kept(size: u64) -> u64 {
    (size / PART).min(MOST)
}

fn reserved(kept: u64) -> u64 {
    (kept / 4).min(RESERVED)
}

/// May so many bytes come to the disk under a directory that are not of what was accepted before?
///
/// # Errors
/// As statvfs(3).
pub(crate) fn is_there_for(bytes: u64, directory: &Path) -> io::Result<bool> {
    let (free, kept) = look(directory)?;
    Ok(free >= kept.saturating_add(bytes))
}

/// Bytes that are free, and how many of them nothing new may have.
fn look(directory: &Path) -> io::Result<(u64, u64)> {
    Ok(room_of(&rustix::fs::statvfs(directory)?))
}

fn room_of(disk: &StatVfs) -> (u64, u64) {
    let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
    (bytes(disk.f_bavail), kept(bytes(disk.f_blocks)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_of_a_disk_is_not_for_what_is_new() {
        // The kernel says of /proc that it has no blocks at all: nothing of it is kept.
        Room::of(Path::new("/proc")).check().unwrap();
        assert_eq!((kept(160 << 20), kept(1 << 40)), (10 << 20, MOST));
        assert_eq!((reserved(10 << 20), reserved(MOST)), (10 << 18, RESERVED));
        let missing = Room::of(Path::new("/missing")).check().unwrap_err();
        assert!(matches!(missing, StoreError::Blob(_)), "{missing}");
    }

    #[tokio::test]
    async fn room_is_wanted_when_a_part_of_what_judgements_may_take_has_come_in() {
        let room = Room::of(Path::new("/proc"));
        let wanted = async || {
            let waiting = tokio::time::timeout(std::time::Duration::from_millis(50), room.is_wanted());
            waiting.await.is_ok()
        };
        room.grown(1 << 40);
        assert!(!wanted().await, "nobody has said yet how much that may be");
        room.purging(Bytes::mib(16));
        room.grown((1 << 20) - 1);
        assert!(!wanted().await);
        room.grown(1);
        assert!(wanted().await);
        room.purging(Bytes::mib(16));
        assert!(!wanted().await);
    }

    #[test]
    fn a_reserve_is_kept_on_a_disk_that_is_not_full() {
        let directory = tempfile::tempdir().unwrap();
        let room = Room::of(directory.path());
        room.set_aside().unwrap();
        room.give_up_reserve();
        let reserve = fs::metadata(directory.path().join(RESERVE)).unwrap();
        assert_eq!(reserve.len(), reserved(room.look().unwrap().1));
        assert!(reserve.len() > 0);
    }
}
