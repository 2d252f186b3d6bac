//! What is left of a body whose request is answered. A connection that ends with bytes unread is reset, which may take back the
//! answer that says why; and browsers look at no answer before they have sent all. So it is read on for a while, and thrown away.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// So long at most.
pub(super) const LONGEST: Duration = Duration::from_secs(30);
/// So long while nothing comes.
const SILENCE: Duration = Duration::from_secs(5);

/// The wait for more of it.
#[derive(Debug)]
pub(super) struct Rest(Pin<Box<Sleep>>);

impl Rest {
    pub(super) fn new() -> Self {
        Self(Box::pin(sleep(SILENCE)))
    }

    /// Some of it has come.
    pub(super) fn came(&mut self) {
        self.0.as_mut().reset(Instant::now() + SILENCE);
    }

    /// Ready when nothing has come for too long.
    pub(super) fn poll_silent(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}
