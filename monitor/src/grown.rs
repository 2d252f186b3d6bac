//! Whether a file has grown to the limit of sizes, where the signal that the kernel sends then may have come from somebody else, or
//! where a program has failed that may have ignored it.

use std::ffi::CString;
use std::os::fd::OwnedFd;

use gavel_protocol::Bytes;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use crate::boxes::Boxes;
use crate::entries::next;
use crate::identity::act_as;

/// Most files and directories that are looked at, of those that one program may leave in its box.
const ENTRIES: u32 = 20_000;

/// How far below the box; each level is an open directory.
const DEPTH: u32 = 16;

/// A file of the box is just so large, as far as its owner can find it: no program gets one beyond the limit (setrlimit(2)), so what
/// is larger was put there.
pub(crate) fn has(boxes: &Boxes, uid: u32, size: Bytes) -> bool {
    if size == Bytes(0) {
        // An empty file shows nothing.
        return false;
    }
    let mut left = ENTRIES;
    let mut look = || {
        let mut directories = boxes.directories().iter();
        Ok(directories.any(|directory| below(&directory.descriptor, size, DEPTH, &mut left)))
    };
    // Who cannot look has found nothing.
    act_as(uid, &mut look).unwrap_or(false)
}

/// What cannot be read holds nothing that could be shown.
fn below(directory: &OwnedFd, size: Bytes, depth: u32, left: &mut u32) -> bool {
    let mut directories: Vec<CString> = Vec::new();
    let found = next(directory, |name| {
        let about = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let is_full = u64::try_from(about.st_size).is_ok_and(|length| length == size.get());
        match FileType::from_raw_mode(about.st_mode) {
            FileType::RegularFile if is_full => return Some(true),
            FileType::Directory if depth > 0 => directories.push(name.to_owned()),
            _ => {}
        }
        *left = left.saturating_sub(1);
        (*left == 0).then_some(false)
    });
    let mut is_below = |name| {
        *left > 0 && enter(directory, name).is_ok_and(|directory| below(&directory, size, depth - 1, left))
    };
    found == Ok(Some(true)) || directories.iter().any(&mut is_below)
}

fn enter(parent: &OwnedFd, name: &CString) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat2(parent, name, flags, Mode::empty(), resolve)
}
