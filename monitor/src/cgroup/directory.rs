//! A directory of a cgroup hierarchy and its control files.

use std::fmt::Display;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

/// Where a child of one thread moves itself in an old-style hierarchy. By `cgroup.procs` the kernel would hold up every fork
/// and exec of the host meanwhile, and wait for all CPUs, up to 10 ms, unless it has just done so
/// (cgroup_procs_write_start, since Linux 5.5).
pub(super) const JOIN: &str = "tasks";

/// An open cgroup directory.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    descriptor: OwnedFd,
}

impl Directory {
    /// Opens one that is there.
    ///
    /// # Errors
    /// As open(2).
    pub(crate) fn open(path: &Path) -> Result<Self, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { path: path.to_owned(), descriptor: rustix::fs::open(path, flags, Mode::empty())? })
    }

    /// Opens one below this.
    ///
    /// # Errors
    /// As open(2).
    pub(crate) fn below(&self, name: &str) -> Result<Self, Errno> {
        Self::open(&self.path.join(name))
    }

    /// Makes one below this and opens it; one that is there already will do.
    ///
    /// # Errors
    /// As mkdir(2).
    pub(crate) fn make(&self, name: &str) -> Result<Self, Errno> {
        match rustix::fs::mkdirat(&self.descriptor, name, Mode::from_raw_mode(0o755)) {
            Ok(()) | Err(Errno::EXIST) => self.below(name),
            Err(errno) => Err(errno),
        }
    }

    /// Removes one below this.
    ///
    /// # Errors
    /// As rmdir(2); EBUSY while something is in it.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Errno> {
        rustix::fs::unlinkat(&self.descriptor, name, AtFlags::REMOVEDIR)
    }

    /// As [`Directory::remove`], but one that is gone already is as good.
    ///
    /// # Errors
    /// As rmdir(2); EBUSY while something is in it.
    pub(crate) fn remove_if_there(&self, name: &str) -> Result<(), Errno> {
        match self.remove(name) {
            Err(Errno::NOENT) => Ok(()),
            removed => removed,
        }
    }

    /// Opens a control file for writing.
    ///
    /// # Errors
    /// As open(2).
    pub(crate) fn writer(&self, file: &str) -> Result<OwnedFd, Errno> {
        rustix::fs::openat(&self.descriptor, file, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())
    }

    /// Opens a control file for reading.
    ///
    /// # Errors
    /// As open(2).
    pub(crate) fn reader(&self, file: &str) -> Result<OwnedFd, Errno> {
        rustix::fs::openat(&self.descriptor, file, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
    }

    /// Writes a control file.
    ///
    /// # Errors
    /// As open(2) and write(2).
    pub(crate) fn write(&self, file: &str, value: impl Display) -> Result<(), Errno> {
        rustix::io::write(self.writer(file)?, value.to_string().as_bytes()).map(drop)
    }

    /// Reads a short control file, which the kernel gives whole.
    ///
    /// # Errors
    /// As open(2) and read(2).
    pub(crate) fn read(&self, file: &str) -> Result<String, Errno> {
        let (descriptor, mut block) = (self.reader(file)?, [0; 4096]);
        let length = rustix::io::retry_on_intr(|| rustix::io::read(&descriptor, &mut block))?;
        Ok(String::from_utf8_lossy(&block[..length]).into_owned())
    }

    /// Reads a control file that holds one number; None where it is missing or says `max`.
    pub(crate) fn number(&self, file: &str) -> Option<u64> {
        self.read(file).ok()?.trim().parse().ok()
    }

    /// Opens a control file that is to be used time and again.
    ///
    /// # Errors
    /// As open(2).
    pub(crate) fn open_file(&self, file: &str) -> Result<ControlFile, Errno> {
        let open = |flags| rustix::fs::openat(&self.descriptor, file, flags | OFlags::CLOEXEC, Mode::empty());
        match open(OFlags::RDWR) {
            Err(Errno::ACCESS) => open(OFlags::RDONLY),
            opened => opened,
        }
        .map(ControlFile)
    }

    /// Reads a number of a control file of the form `key number`, one a line.
    pub(crate) fn entry(&self, file: &str, key: &str) -> Option<u64> {
        entry(&self.read(file).ok()?, key)
    }

    /// The processes in it, as this process sees them; those of other namespaces are left out.
    ///
    /// # Errors
    /// As read(2).
    pub(crate) fn processes(&self) -> Result<Vec<i32>, Errno> {
        self.numbers("cgroup.procs")
    }

    /// Reads a control file that lists processes or threads.
    ///
    /// # Errors
    /// As open(2) and read(2).
    pub(crate) fn numbers(&self, file: &str) -> Result<Vec<i32>, Errno> {
        let (descriptor, mut text, mut block) = (self.reader(file)?, Vec::new(), [0; 4096]);
        loop {
            match rustix::io::retry_on_intr(|| rustix::io::read(&descriptor, &mut block))? {
                0 => break,
                length => text.extend_from_slice(&block[..length]),
            }
        }
        let text = String::from_utf8_lossy(&text);
        Ok(text.lines().filter_map(|line| line.parse().ok()).filter(|pid| *pid > 0).collect())
    }
}

impl AsFd for Directory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

/// A short control file that stays open.
#[derive(Debug)]
pub(crate) struct ControlFile(OwnedFd);

impl ControlFile {
    /// The number that it holds; None where it says `max`.
    pub(crate) fn number(&self) -> Option<u64> {
        let mut block = [0; 32];
        self.read(&mut block)?.trim().parse().ok()
    }

    /// The number beside a key.
    pub(crate) fn entry(&self, key: &str) -> Option<u64> {
        let mut block = [0; 4096];
        entry(self.read(&mut block)?, key)
    }

    fn read<'a>(&self, block: &'a mut [u8]) -> Option<&'a str> {
        let length = rustix::io::retry_on_intr(|| rustix::io::pread(&self.0, &mut *block, 0)).ok()?;
        std::str::from_utf8(&block[..length]).ok()
    }

    /// Sets it.
    ///
    /// # Errors
    /// As write(2).
    pub(crate) fn write(&self, value: impl Display) -> Result<(), Errno> {
        rustix::io::pwrite(&self.0, value.to_string().as_bytes(), 0).map(drop)
    }
}

impl AsFd for ControlFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// The number beside a key.
pub(crate) fn entry(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_by_its_whole_key() {
        let text = "oom 1\noom_kill 3\noom_group_kill 0\n";
        assert_eq!(entry(text, "oom_kill"), Some(3));
        assert_eq!(entry(text, "oom"), Some(1));
        assert_eq!(entry(text, "oom_"), None);
    }
}
