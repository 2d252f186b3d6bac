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

/// A file that the monitor has kept open.
pub(crate) fn again(wanted: &Collect, file: &OwnedFd) -> (CollectedFile, Option<OwnedFd>) {
    rustix::io::fcntl_dupfd_cloexec(file, 3)
        .and_then(|file| described(wanted, file))
        .unwrap_or_else(|errno| (CollectedFile::Failed { errno: errno.raw_os_error() }, None))
}

fn look(wanted: &Collect, boxes: &Boxes, uid: u32) -> Result<(CollectedFile, Option<OwnedFd>), Errno> {
    // O_NONBLOCK, or opening a FIFO would wait for a writer.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK;
    let open = || match wanted.anywhere {
        true => boxes.open_anywhere(&wanted.path, flags),
        false => boxes.open_beneath(&wanted.path, flags, Mode::empty()),
    };
    let file = match act_as(uid, open) {
        // Put there by the monitor for itself alone.
        Err(Errno::ACCESS) if !wanted.anywhere => open()?,
        // A socket has no other side.
        Err(Errno::NXIO) => return Ok((CollectedFile::NotRegular, None)),
        opened => opened?,
    };
    described(wanted, file)
}

/// What a file is, and its descriptor where it may be handed out.
fn described(wanted: &Collect, file: OwnedFd) -> Result<(CollectedFile, Option<OwnedFd>), Errno> {
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
