//! Reading a directory that stays open, entry by entry, without allocating for it.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{RawDir, SeekFrom};
use rustix::io::Errno;

/// Shows the entries of a directory one by one until `visit` says something.
///
/// # Errors
/// As lseek(2) and getdents(2).
pub(crate) fn next<T>(
    directory: &OwnedFd,
    mut visit: impl FnMut(&CStr) -> Option<T>,
) -> Result<Option<T>, Errno> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); 8192];
    rustix::fs::seek(directory, SeekFrom::Start(0))?;
    let mut entries = RawDir::new(directory.as_fd(), &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        if let Some(said) = visit(name) {
            return Ok(Some(said));
        }
    }
    Ok(None)
}

/// Shows the entries whose names are numbers, as processes and descriptors have them in /proc.
///
/// # Errors
/// As [`next`].
pub(crate) fn each_number(directory: &OwnedFd, mut show: impl FnMut(i32)) -> Result<(), Errno> {
    let shown = next(directory, |name| {
        if let Some(number) = name.to_str().ok().and_then(|name| name.parse().ok()) {
            show(number);
        }
        None::<()>
    });
    shown.map(drop)
}
