//! Messages of websockets, on the account of memory as they come.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;

use super::frames::Frames;
use crate::account::{Account, Full, Held, Purpose};
use crate::pace;

/// How long a message waits for its part of the account; longer, and its client would be lost for its pongs.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is read of a message before it is one that others may have to wait for.
const SMALL: u64 = 128 * 1024;
/// A message is there once as it came, and once as what is made of it.
const TIMES: u64 = 2;

/// Bytes read of the message that is coming, and its part of the account.
pub(super) struct Meter {
    account: Account,
    frames: Frames,
    read: u64,
    /// Bytes of messages read since the last one ended.
    fresh: u64,
    /// Since when a message is due: its first large part has come, or it was asked for.
    due_since: Option<Instant>,
    /// None while more is waited for.
    held: Option<Held>,
    waiting: Option<LocalBoxFuture<'static, (Held, Result<(), Full>)>>,
}

impl Meter {
    /// Of messages on this account.
    pub(super) fn new(account: &Account) -> Self {
        Self {
            account: account.clone(),
            frames: Frames::default(),
            read: 0,
            fresh: 0,
            due_since: None,
            held: None,
            waiting: None,
        }
    }

    /// What this message has of the account. What was read beyond it is of the next.
    pub(super) fn message_ends(&mut self, message: &[u8]) -> Held {
        let size = message.len() as u64;
        self.read = self.read.saturating_sub(size);
        (self.fresh, self.due_since) = (0, None);
        self.waiting = None;
        let mut held = self.held.take().unwrap_or_else(|| self.account.open(Purpose::Requests));
        held.shrink_to(size * TIMES);
        held
    }

    /// The client owes a message from now on.
    pub(super) fn expect(&mut self) {
        self.due_since = Some(Instant::now());
    }

    /// By when all of a message must have come, if one is due.
    pub(super) fn due(&self) -> Option<Instant> {
        Some(self.due_since? + pace::time_for(self.fresh, pace::TO_TAKE))
    }

    /// Holds nothing any more.
    pub(super) fn forget(&mut self) {
        (self.held, self.waiting) = (None, None);
    }

    /// This has come on the connection.
    fn was_read(&mut self, bytes: &[u8]) {
        let data = self.frames.data_in(bytes);
        (self.read, self.fresh) = (self.read + data, self.fresh + data);
        if self.fresh > SMALL {
            self.due_since.get_or_insert_with(Instant::now);
        }
    }

    /// Waits for more of the account where that is needed for what was read.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.waiting.is_none() {
            let mut held = self.held.take().unwrap_or_else(|| self.account.open(Purpose::Requests));
            // What was read beyond the largest message is of the next one.
            let needed = (self.read * TIMES).min(self.account.most(Purpose::Requests));
            let missing = needed.saturating_sub(held.bytes());
            if missing == 0 {
                self.held = Some(held);
                return Poll::Ready(Ok(()));
            }
            // By steps that grow, so that not every read asks.
            let most = self.account.most(Purpose::Requests) - held.bytes();
            let step = missing.max((held.bytes() / 2).min(STEP)).min(most);
            self.waiting = Some(Box::pin(async move {
                let grown = held.grow(step, PATIENCE).await;
                (held, grown)
            }));
        }
        let Some(waiting) = &mut self.waiting else { return Poll::Ready(Ok(())) };
        let (held, grown) = ready!(waiting.poll_unpin(cx));
        (self.held, self.waiting) = (Some(held), None);
        Poll::Ready(grown.map_err(io::Error::other))
    }
}

/// Most that a message asks for beyond what it needs.
const STEP: u64 = 256 * 1024;

/// The bytes of a connection. They are read in one place at a time.
pub(super) type Raw = Rc<RefCell<Box<dyn AsyncRead + Unpin>>>;

/// Reads, and waits before a message goes on until there is room for what was read of it.
pub(super) struct Metered {
    pub(super) read: Raw,
    pub(super) meter: Rc<RefCell<Meter>>,
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let mut meter = this.meter.borrow_mut();
        ready!(meter.poll_room(cx))?;
        let before = into.filled().len();
        ready!(Pin::new(&mut *this.read.borrow_mut()).poll_read(cx, into))?;
        meter.was_read(into.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}
