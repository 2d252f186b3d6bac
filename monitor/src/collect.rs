//! Files out of the box, opened under the program's uid.

use std::os::fd::OwnedFd;
use std::rc::Rc;

use gavel_protocol::{Bytes, Collect, CollectedFile, Descriptor};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::boxes::Boxes;
use crate::identity::act_as;

/// What stands at a path, and its descriptor where it may be handed out; `written` is what the program has written
/// there, where the monitor has kept it open. The descriptor's number is the caller's affair and 0 here.
pub(crate) fn collect(
    wanted: &Collect,
    written: Option<&Rc<OwnedFd>>,
    boxes: &Boxes,
    uid: u32,
) -> (CollectedFile, Option<Rc<OwnedFd>>) {
    let opened = match written {
        Some(file) => Ok(Rc::clone(file)),
        None => open(wanted, boxes, uid).map(Rc::new),
    };
    match opened.and_then(|file| described(wanted, file)) {
        Ok(found) => found,
        // A symbolic link somewhere on the way, or a socket, which has no other side.
        Err(Errno::LOOP | Errno::NXIO) => (CollectedFile::NotRegular, None),
        Err(errno) => (CollectedFile::Failed { errno: errno.raw_os_error() }, None),
    }
}

fn open(wanted: &Collect, boxes: &Boxes, uid: u32) -> Result<OwnedFd, Errno> {
    // O_NONBLOCK, or opening a FIFO would wait for a writer.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK;
    let open = || {
        if wanted.anywhere {
            boxes.open_anywhere(&wanted.path, flags)
        } else {
            boxes.open_beneath(&wanted.path, flags, Mode::empty())
        }
    };
    match act_as(uid, open) {
        Err(Errno::ACCESS) => {}
        opened => return opened,
    }
    // Who forgets the mode with which open(2) makes a file gets any, and may be unable to read what he has written.
    match act_as(uid, || boxes.let_owner_read(&wanted.path).and_then(|()| open())) {
        Ok(file) => Ok(file),
        // Put there by the monitor for itself alone.
        Err(_) if !wanted.anywhere => open(),
        Err(_) => Err(Errno::ACCESS),
    }
}

/// What a file is, and its descriptor where it may be handed out.
fn described(wanted: &Collect, file: Rc<OwnedFd>) -> Result<(CollectedFile, Option<Rc<OwnedFd>>), Errno> {
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
