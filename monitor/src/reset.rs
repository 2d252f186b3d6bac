//! Empties the box after a run.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use crate::boxes::Boxes;
use crate::entries::next;
use crate::identity::act_as;

/// Empties every directory of the box, and reads each once more to see that it is empty; the first that cannot be
/// emptied is an error. Nothing of the run may be alive.
///
/// # Errors
/// The path, and why it is not empty.
pub(crate) fn wipe(boxes: &Boxes, uid: u32) -> Result<(), (String, Errno)> {
    boxes.directories().iter().try_for_each(|directory| {
        empty(&directory.descriptor, uid).map_err(|errno| (directory.path.clone(), errno))
    })
}

/// Goes down into what is not empty and comes back by `..`, so that neither depth nor names cost memory. Nothing of
/// the run is alive, so nothing is moved meanwhile.
fn empty(top: &OwnedFd, uid: u32) -> Result<(), Errno> {
    let mut below: Option<OwnedFd> = None;
    let mut depth = 0u64;
    loop {
        let here = below.as_ref().unwrap_or(top);
        let mut removed = false;
        let found = next(here, |name| match remove(here, name) {
            Ok(()) => {
                removed = true;
                None
            }
            Err(Errno::NOTEMPTY | Errno::ACCESS) => Some(enter(here, name, uid)),
            Err(errno) => Some(Err(errno)),
        })?;
        match found {
            Some(entered) => {
                below = Some(entered?);
                depth += 1;
            }
            // Removing while reading may hide an entry from the reader.
            None if removed => {}
            None if depth == 0 => return Ok(()),
            None => {
                depth -= 1;
                let up = rustix::fs::openat(here, c"..", DIRECTORY, Mode::empty())?;
                below = (depth > 0).then_some(up);
            }
        }
    }
}

const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

fn remove(parent: &OwnedFd, name: &CStr) -> Result<(), Errno> {
    match rustix::fs::unlinkat(parent, name, AtFlags::empty()) {
        Err(Errno::ISDIR) => rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR),
        removed => removed,
    }
}

/// Opens a directory after making it everybody's, as its owner. Then root may do there what is needed.
fn enter(parent: &OwnedFd, name: &CStr, uid: u32) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let found = rustix::fs::openat2(parent, name, flags, Mode::empty(), resolve)?;
    let owner = rustix::fs::fstat(&found)?.st_uid;
    // There is no chmod of an O_PATH descriptor before Linux 6.6.
    let path = format!("/proc/self/fd/{}", found.as_raw_fd());
    let open_up = || rustix::fs::chmod(path.as_str(), Mode::from_raw_mode(0o777));
    if owner == uid {
        act_as(uid, open_up)?
    } else {
        open_up()?
    }
    rustix::fs::openat(&found, c".", DIRECTORY, Mode::empty())
}
