//! What several parts do with open descriptors.

use std::io;
use std::os::fd::AsRawFd;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// What is raised to at most: some kernels look at each descriptor that there may be when a process is started.
const ENOUGH: u64 = 1 << 20;

/// How many descriptors this process may have open.
pub(crate) fn limit() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(ENOUGH)
}

/// Has this process have as many open as it may: an engine's default is often 1024, and much more is allowed.
///
/// # Errors
/// As setrlimit(2).
pub(crate) fn raise() -> io::Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if current.is_none_or(|current| current >= wanted) {
        return Ok(());
    }
    Ok(setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum })?)
}

/// Registers a non-blocking descriptor for events.
pub(crate) fn watch<T: AsRawFd>(descriptor: T, interest: Interest) -> io::Result<AsyncFd<T>> {
    #[expect(
        deprecated,
        reason = "its successor is unsafe to call, for types that may close what they name; OwnedFd and Arc do not"
    )]
    AsyncFd::with_interest(descriptor, interest)
}
