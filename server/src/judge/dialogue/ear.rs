//! Whether a validator still reads. One that has closed what it writes to has said all, and has not ended by that.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::net::unix::pipe::Sender;
use tokio::time::{sleep, timeout};

/// How often it is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(5);
/// Who ends closes all at once, but for what comes in between on a busy host.
const AT_ONCE: Duration = Duration::from_millis(100);

/// The pipe to a validator's standard input, a second time.
#[derive(Debug)]
pub(super) struct Ear(Mutex<Option<OwnedFd>>);

impl Ear {
    /// Of the end that is written to.
    ///
    /// # Errors
    /// As fcntl(2).
    pub(super) fn of(to_validator: &Sender) -> io::Result<Self> {
        Ok(Self(Mutex::new(Some(to_validator.as_fd().try_clone_to_owned()?))))
    }

    /// Nothing more is written: whoever reads is to see the end.
    pub(super) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether it is closed by now, as by a validator that has ended.
    pub(super) async fn is_closed(&self) -> bool {
        timeout(AT_ONCE, self.closed()).await.is_ok()
    }

    /// Until nobody reads, or nothing is written any more.
    pub(super) async fn closed(&self) {
        while self.is_open() {
            sleep(LOOK).await;
        }
    }

    fn is_open(&self) -> bool {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(end) = held.as_ref() else { return false };
        let mut polled = [PollFd::new(end, PollFlags::empty())];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        // A pipe that nobody reads is in error. What cannot be told is taken for that: mostly who says no more has ended.
        poll(&mut polled, Some(&now)).is_ok() && !polled[0].revents().contains(PollFlags::ERR)
    }
}
