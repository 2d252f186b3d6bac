//! What several parts do with open descriptors.

use std::io;
use std::os::fd::AsRawFd;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// What is raised to at most: some kernels look at each descriptor that there may be when a process is started.
const ENOUGH: u64 = 1 << 20;

/// What may have parts of the descriptors, each of them for as long as a client likes. All of these together leave some to
/// sandboxes, the store and what nobody asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Share {
    /// Connections, each with what is handed out on it.
    Connections,
    /// Requests of go-judge's clients.
    Commands,
    /// Large bodies, beside their connections.
    Uploads,
    /// Compiled programs.
    Programs,
}

impl Share {
    fn sixteenths(self) -> u64 {
        match self {
            Self::Connections => 6,
            Self::Commands => 4,
            Self::Uploads | Self::Programs => 1,
        }
    }

    /// So many, of what this process may have.
    pub(crate) fn descriptors(self) -> u64 {
        limit() / 16 * self.sixteenths()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_may_have_leaves_a_quarter_to_everything_else() {
        let all = [Share::Connections, Share::Commands, Share::Uploads, Share::Programs];
        assert!(all.into_iter().map(Share::sixteenths).sum::<u64>() <= 12);
    }
}
