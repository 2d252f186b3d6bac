//! The room that is taken up in the box: in file systems of memory, more than when nothing was going on is what a run has left
//! without a name.

use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::boxes::{Boxes, Directory};

/// So much of a file system, or of some files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// In bytes.
    pub(crate) bytes: u64,
    /// How many files.
    pub(crate) files: u64,
}

impl Taken {
    /// By one file.
    ///
    /// # Errors
    /// As fstat(2).
    pub(crate) fn by(file: &OwnedFd) -> Result<Self, Errno> {
        // fstat(2): units of 512 bytes.
        let blocks = u64::try_from(rustix::fs::fstat(file)?.st_blocks).unwrap_or(0);
        Ok(Self { bytes: blocks.saturating_mul(512), files: 1 })
    }

    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { bytes: self.bytes.saturating_add(other.bytes), files: self.files.saturating_add(other.files) }
    }

    fn without(self, other: Self) -> Self {
        Self { bytes: self.bytes.saturating_sub(other.bytes), files: self.files.saturating_sub(other.files) }
    }

    fn is_more_than(self, other: Self) -> bool {
        self.bytes > other.bytes || self.files > other.files
    }
}

/// What is taken up in the box when nothing is going on.
#[derive(Debug)]
pub(super) struct Rooms {
    /// For each of the box's directories; None where it is not a file system of memory for itself, of which nothing can be told.
    before: Vec<Option<Taken>>,
    /// What had been handed out to the server and was still there at the last look, in all of them.
    kept: Taken,
}

impl Rooms {
    /// Looks at what is there now.
    ///
    /// # Errors
    /// As statfs(2).
    pub(super) fn new(boxes: &Boxes) -> Result<Self, Errno> {
        let before = |directory: &Directory| {
            Ok(if is_own(&directory.descriptor)? { Some(taken(&directory.descriptor)?) } else { None })
        };
        Ok(Self {
            before: boxes.directories().iter().map(before).collect::<Result<_, Errno>>()?,
            kept: Taken::default(),
        })
    }

    /// More is taken up than before, and than the files take which the server was given in this run, or had been and may still have.
    ///
    /// # Errors
    /// As statfs(2).
    pub(super) fn are_taken(&mut self, boxes: &Boxes, given: Taken) -> Result<bool, Errno> {
        let mut all = Taken::default();
        for (directory, before) in boxes.directories().iter().zip(&self.before) {
            if let Some(before) = before {
                all = all.and(taken(&directory.descriptor)?.without(*before));
            }
        }
        let taken = all.is_more_than(self.kept.and(given));
        if !taken {
            self.kept = all;
        }
        Ok(taken)
    }
}

fn taken(directory: &OwnedFd) -> Result<Taken, Errno> {
    let room = rustix::fs::fstatfs(directory)?;
    let block = u64::try_from(room.f_bsize).unwrap_or(0);
    Ok(Taken {
        bytes: room.f_blocks.saturating_sub(room.f_bfree).saturating_mul(block),
        files: room.f_files.saturating_sub(room.f_ffree),
    })
}

/// TMPFS_MAGIC of statfs(2).
const TMPFS: rustix::fs::FsWord = 0x0102_1994;

/// A tmpfs of which the directory is the root, so that nobody else writes there.
fn is_own(directory: &OwnedFd) -> Result<bool, Errno> {
    if rustix::fs::fstatfs(directory)?.f_type != TMPFS {
        return Ok(false);
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let parent = rustix::fs::openat(directory, c"..", flags, Mode::empty())?;
    Ok(rustix::fs::fstat(&parent)?.st_dev != rustix::fs::fstat(directory)?.st_dev)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_was_given_may_stay_for_as_long_as_it_likes_and_nothing_else() {
        let files = |files| Taken { bytes: files * 4096, files };
        let boxes = Boxes::open(&["/proc".into()]).unwrap();
        let mut rooms = Rooms { before: vec![None], kept: files(2) };
        assert_eq!(rooms.are_taken(&boxes, files(0)), Ok(false));
        assert_eq!(rooms.kept, files(0), "the server has closed them");
        assert!(
            files(3).is_more_than(files(2).and(files(0))) && !files(3).is_more_than(files(2).and(files(1)))
        );
        assert!(Taken { bytes: 1, files: 0 }.is_more_than(Taken { bytes: 0, files: 9 }));
    }

    #[test]
    fn a_directory_of_somebody_elses_file_system_tells_nothing() {
        let boxes = Boxes::open(&["/proc".into(), "/proc/sys".into()]).unwrap();
        assert_eq!(Rooms::new(&boxes).unwrap().before, [None, None]);
    }
}
