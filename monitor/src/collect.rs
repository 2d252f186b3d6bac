//! Files out of the box, opened under the program's uid.

use std::os::fd::OwnedFd;

use gavel_protocol::{Bytes, Collect, CollectedFile, Descriptor};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::boxes::Boxes;
use crate::identity::act_as;

/// What stands at a path, and its descriptor where it may be handed out. The descriptor's number is the caller's
/// affair and 0 here.
pub(crate) fn collect(wanted: &Collect, boxes: &Boxes, uid: u32) -> (CollectedFile, Option<OwnedFd>) {
    match look(wanted, boxes, uid) {
        Ok(found) => found,
        // A symbolic link somewhere on the way.
        Err(Errno::LOOP) => (CollectedFile::NotRegular, None),
        Err(errno) => (CollectedFile::Failed { errno: errno.raw_os_error() }, None),
    }
}

fn look(wanted: &Collect, boxes: &Boxes, uid: u32) -> Result<(CollectedFile, Option<OwnedFd>), Errno> {
    // O_NONBLOCK, or opening a FIFO would wait for a writer.
    let open = || boxes.open_beneath(&wanted.path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty());
    let file = match act_as(uid, open) {
        // Put there by the monitor for itself alone.
        Err(Errno::ACCESS) => open()?,
        // A socket has no other side.
        Err(Errno::NXIO) => return Ok((CollectedFile::NotRegular, None)),
        opened => opened?,
    };
    let stat = rustix::fs::fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Ok((CollectedFile::NotRegular, None));
    }
    let size = Bytes(u64::try_from(stat.st_size).unwrap_or(u64::MAX));
    if size > wanted.max && !wanted.truncate {
        return Ok((CollectedFile::TooLarge { size }, None));
    }
    Ok((CollectedFile::File { descriptor: Descriptor(0), size }, Some(file)))
}
