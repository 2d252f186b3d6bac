//! What several parts do with open descriptors.

use std::io;
use std::os::fd::AsRawFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Registers a non-blocking descriptor for events.
pub(crate) fn watch<T: AsRawFd>(descriptor: T, interest: Interest) -> io::Result<AsyncFd<T>> {
    #[expect(
        deprecated,
        reason = "its successor is unsafe to call, for types that may close what they name; OwnedFd and Arc do not"
    )]
    AsyncFd::with_interest(descriptor, interest)
}
