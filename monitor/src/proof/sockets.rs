//! Unix sockets that outlive their run. What is sent through one and not received is in flight; sockets that are in flight through
//! each other, with all the files, memory and names that were sent beside them, stay until the kernel looks for such circles. It
//! does so when a unix socket is closed anywhere on the host, or never.

use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// The sockets of this network namespace, where it is the container's own.
#[derive(Debug)]
pub(super) struct Sockets {
    /// `/proc/net/sockstat`, whose first line tells how many there are, also of those that are in flight.
    figures: Option<OwnedFd>,
    known: u64,
}

impl Sockets {
    /// Counts those of the monitor, when nothing is going on.
    ///
    /// # Errors
    /// As open(2) and read(2).
    pub(super) fn new(namespace_is_own: bool) -> Result<Self, Errno> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let figures = match rustix::fs::open("/proc/net/sockstat", flags, Mode::empty()) {
            Ok(figures) if namespace_is_own => Some(figures),
            // Others come and go, or a kernel does not tell.
            Ok(_) | Err(Errno::NOENT) => None,
            Err(errno) => return Err(errno),
        };
        let mut sockets = Self { figures, known: 0 };
        sockets.known = sockets.count()?;
        Ok(sockets)
    }

    /// There are more than at the start.
    ///
    /// # Errors
    /// As read(2); EIO where the kernel tells something else.
    pub(super) fn are_left(&self) -> Result<bool, Errno> {
        Ok(self.count()? > self.known)
    }

    fn count(&self) -> Result<u64, Errno> {
        let Some(figures) = &self.figures else { return Ok(0) };
        let mut block = [0; 64];
        let length = rustix::io::retry_on_intr(|| rustix::io::pread(figures, &mut block, 0))?;
        used(&block[..length]).ok_or(Errno::IO)
    }
}

/// The figure of a line `sockets: used 3`.
fn used(figures: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(figures).ok()?.lines().next()?;
    line.strip_prefix("sockets: used ")?.trim().parse().ok()
}

/// Has the kernel look for circles of sockets that nobody can reach any more, and free what is in flight in them; it does so a
/// moment later.
///
/// # Errors
/// As socketpair(2).
pub(super) fn collect() -> Result<(), Errno> {
    let (family, kind) = (AddressFamily::UNIX, SocketType::DGRAM);
    rustix::net::socketpair(family, kind, SocketFlags::CLOEXEC, None).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_tells_how_many_there_are() {
        assert_eq!(used(b"sockets: used 17\nTCP: inuse 3 orphan 0 tw 0"), Some(17));
        assert_eq!(used(b"TCP: inuse 3"), None);
        assert!(Sockets::new(true).unwrap().count().is_ok());
        assert!(!Sockets::new(false).unwrap().are_left().unwrap());
    }
}
