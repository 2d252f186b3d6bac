//! Reads the files of the image into memory, while the monitor has nothing else to do.
//!
//! After a start of the host they are on the disk only. Whoever reads a file first waits for the disk and has the pages on its
//! account; that is to be the monitor, and not a program that may be a hair below its limit.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use nix::sys::resource::{UsageWho, getrusage};

/// What images keep programs, libraries and headers in.
pub(crate) const OF_IMAGES: [&str; 5] = ["/bin", "/lib", "/lib64", "/usr", "/opt"];

/// Nothing is read beyond these.
const MOST_FILES: usize = 16_384;
const MOST_BYTES: u64 = 512 << 20;

/// How much is read at a time: milliseconds, where a disk is slow.
const STEP: u64 = 1 << 20;

/// What is to be read still. Nothing is open between two steps, so that the proof of cleanliness counts the same descriptors.
#[derive(Debug)]
pub(crate) struct Warming {
    directories: Vec<PathBuf>,
    files: Vec<PathBuf>,
    /// This one from there on.
    reading: Option<(PathBuf, u64)>,
    files_left: usize,
    bytes_left: u64,
}

impl Warming {
    /// Of all below these directories. Symbolic links are not followed.
    pub(crate) fn of(directories: &[String]) -> Self {
        Self {
            directories: directories.iter().map(PathBuf::from).collect(),
            files: Vec::new(),
            reading: None,
            files_left: MOST_FILES,
            bytes_left: MOST_BYTES,
        }
    }

    /// Does a little of it; false when nothing is left to be done.
    pub(crate) fn step(&mut self) -> bool {
        if let Some((path, from)) = self.reading.take() {
            self.read(path, from);
        } else if let Some(path) = self.files.pop() {
            if is_on_disk_only(&path) {
                self.reading = Some((path, 0));
            }
        } else if let Some(directory) = self.directories.pop() {
            self.list(&directory);
        } else {
            return false;
        }
        true
    }

    /// What cannot be read is none of the programs' either.
    fn list(&mut self, directory: &Path) {
        let is_link = directory.symlink_metadata().is_ok_and(|found| found.is_symlink());
        let Ok(entries) = directory.read_dir() else { return };
        for entry in entries.flatten().filter(|_| !is_link) {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.directories.push(entry.path()),
                Ok(kind) if kind.is_file() && self.files_left > 0 => {
                    self.files_left -= 1;
                    self.files.push(entry.path());
                }
                Ok(_) | Err(_) => {}
            }
        }
    }

    fn read(&mut self, path: PathBuf, from: u64) {
        let Ok(file) = File::open(&path) else { return };
        let mut block = [0; 64 * 1024];
        let mut at = from;
        while at < from + STEP && self.bytes_left > 0 {
            match file.read_at(&mut block, at) {
                Ok(0) | Err(_) => return,
                Ok(length) => {
                    at += length as u64;
                    self.bytes_left = self.bytes_left.saturating_sub(length as u64);
                }
            }
        }
        if self.bytes_left > 0 {
            self.reading = Some((path, at));
        }
    }
}

/// A byte at the beginning, in the middle or at the end has to be fetched.
fn is_on_disk_only(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let size = file.metadata().map_or(0, |found| found.len());
    let before = fetched();
    for at in [0, size / 2, size.saturating_sub(1)] {
        // Where nothing can be read nothing is fetched.
        let _ = file.read_at(&mut [0], at);
    }
    fetched() > before
}

/// How often this process had something fetched from a disk.
fn fetched() -> i64 {
    getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| usage.block_reads())
}
