//! Messages of websockets and the memory for large bodies.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::io::{AsyncRead, ReadBuf};

use super::super::body::{Budget, Held, SMALL};

/// Bytes read of the message that is coming, and its part of the memory for large bodies.
#[derive(Default)]
pub(super) struct Meter {
    read: u64,
    held: Option<Held>,
    waiting: Option<LocalBoxFuture<'static, Option<Held>>>,
}

impl Meter {
    /// What is left of the part for this message. What was read beyond it is of the next.
    pub(super) fn message_ends(&mut self, message: &[u8]) -> Option<Held> {
        let size = u64::try_from(message.len()).unwrap_or(u64::MAX);
        self.read = self.read.saturating_sub(size).min(SMALL);
        self.waiting = None;
        let mut held = self.held.take()?;
        held.shrink(size);
        Some(held)
    }
}

/// The bytes of a connection. They are read in one place at a time.
pub(super) type Raw = Rc<RefCell<Box<dyn AsyncRead + Unpin>>>;

/// Reads, and waits before a message becomes large until the memory for it is free.
pub(super) struct Metered {
    pub(super) read: Raw,
    pub(super) meter: Rc<RefCell<Meter>>,
    pub(super) budget: Arc<Budget>,
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let mut meter = this.meter.borrow_mut();
        if let Some(waiting) = &mut meter.waiting {
            meter.held = ready!(waiting.as_mut().poll(cx));
            meter.waiting = None;
        }
        let before = into.filled().len();
        ready!(Pin::new(&mut *this.read.borrow_mut()).poll_read(cx, into))?;
        let got = u64::try_from(into.filled().len() - before).unwrap_or(u64::MAX);
        meter.read = meter.read.saturating_add(got);
        if meter.read > SMALL && meter.held.is_none() {
            meter.waiting = Some(this.budget.largest().boxed_local());
        }
        Poll::Ready(Ok(()))
    }
}
