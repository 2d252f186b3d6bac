//! Whether a file that was looked through once is still as it was.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use nix::sys::stat::fstat;

/// What a file has beside its bytes, and what the kernel changes with them, see inode(7). Who is out to deceive can set
/// these times; only the server and root write these files, and what is looked for is damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: i64,
    modified: (i64, i64),
}

/// Opens a regular file for reading. Nothing else is opened: what is no file could keep its reader waiting for ever.
///
/// # Errors
/// What the disk says; `InvalidData` for what is no regular file.
pub(crate) fn open(path: &Path) -> io::Result<(File, Stamp)> {
    if !path.metadata()?.is_file() {
        return Err(damaged("it is no file"));
    }
    let file = File::open(path)?;
    let stamp = Stamp::of(&file)?;
    Ok((file, stamp))
}

impl Stamp {
    /// Of an open file, as it is now.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn of(file: impl AsFd) -> io::Result<Self> {
        let found = fstat(file)?;
        let modified = (found.st_mtime, found.st_mtime_nsec);
        Ok(Self { device: found.st_dev, inode: found.st_ino, size: found.st_size, modified })
    }

    /// Bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size.unsigned_abs()
    }
}

/// What stands for a file that is not what was written.
pub(crate) fn damaged(how: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a stored file is damaged: {how}"))
}

/// Hashes a file from its beginning.
///
/// # Errors
/// What the disk says.
pub(crate) fn hash(file: &File) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok(hasher.finalize())
}
