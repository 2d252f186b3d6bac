//! What an answer has of the account, until its client has taken it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http_body::{Frame, SizeHint};
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::{Extensions, Status};

use super::incoming::Link;
use crate::account::{Account, Full, Held, Purpose, UNCOUNTED};
use crate::pace;

/// Of one call: handed to what answers it with its request, and kept by the body of its answer.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    account: Account,
    held: Arc<Mutex<Vec<Held>>>,
    link: Link,
}

impl Kept {
    /// Nothing yet.
    pub(super) fn new(account: &Account, link: Link) -> Self {
        Self { account: account.clone(), held: Arc::default(), link }
    }

    /// That of the call which has these extensions; one that nobody keeps where it has none.
    pub(crate) fn of(extensions: &Extensions, account: &Account) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_else(|| Self::new(account, Link::default()))
    }

    /// Something is held.
    fn is_any(&self) -> bool {
        !self.held.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Keeps this until the answer is taken.
    pub(crate) fn keep(&self, held: impl IntoIterator<Item = Held>) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).extend(held);
    }

    /// Takes what an answer needs that is copied when it is written.
    ///
    /// # Errors
    /// [`Full`].
    pub(super) fn take(&self, bytes: u64) -> Result<(), Full> {
        self.keep([self.account.try_take(Purpose::Outputs, bytes)?]);
        Ok(())
    }

    /// Ends the connection of a client that does not take its answer: HTTP/2 lets it answer every ping meanwhile.
    fn give_up_in_time(&self) {
        let held: u64 =
            self.held.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Held::bytes).sum();
        if held <= UNCOUNTED {
            return;
        }
        let patience = pace::time_for(held, pace::TO_TAKE);
        let (kept, link) = (Arc::downgrade(&self.held), self.link.clone());
        tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            if kept.strong_count() > 0 {
                tracing::info!(peer = ?link.peer(), "a client does not take its answer");
                link.end();
            }
        });
    }
}

/// An answer whose bytes keep what is held for them: also those that HTTP/2 has taken, and its client has not.
pub(super) fn keeping(body: Body, kept: Kept) -> Body {
    Body::new(Keeping { body, kept, is_last_due: false })
}

struct Keeping {
    body: Body,
    kept: Kept,
    /// The client is given time for what is held.
    is_last_due: bool,
}

/// Bytes, and what is held for them.
struct KeptBytes {
    bytes: Bytes,
    _kept: Kept,
}

impl AsRef<[u8]> for KeptBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl http_body::Body for Keeping {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_ready() && !self.is_last_due && self.kept.is_any() {
            self.is_last_due = true;
            self.kept.give_up_in_time();
        }
        polled.map_ok(|frame| {
            frame.map_data(|bytes| Bytes::from_owner(KeptBytes { bytes, _kept: self.kept.clone() }))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use gavel_protocol::Bytes as Size;
    use http_body::Body as _;

    use super::*;

    struct One(Option<Bytes>);

    impl http_body::Body for One {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
        }
    }

    #[tokio::test]
    async fn what_is_held_goes_with_the_last_byte_and_not_with_the_body() {
        let account = Account::new(Size::mib(16));
        let kept = Kept::new(&account, Link::default());
        kept.take(1 << 20).unwrap();
        let mut body = keeping(Body::new(One(Some("answer".into()))), kept);
        let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap().unwrap();
        let bytes = frame.into_data().unwrap();
        drop(body);
        assert_eq!((&bytes[..], account.held()), (&b"answer"[..], Size::mib(1)));
        let rest = bytes.slice(3..);
        drop(bytes);
        assert_eq!(account.held(), Size::mib(1));
        drop(rest);
        assert_eq!(account.held(), Size(0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_take_its_answer_loses_its_connection() {
        let account = Account::new(Size::mib(16));
        for (takes, ended) in [(true, false), (false, true)] {
            let link = Link::default();
            let kept = Kept::new(&account, link.clone());
            kept.take(1 << 20).unwrap();
            let mut body = keeping(Body::new(One(Some("answer".into()))), kept);
            let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap().unwrap();
            drop(body);
            let lying = if takes {
                drop(frame);
                None
            } else {
                Some(frame)
            };
            tokio::time::sleep(Duration::from_secs(70)).await;
            assert!(!link.is_ended());
            tokio::time::sleep(Duration::from_secs(10)).await;
            assert_eq!(link.is_ended(), ended);
            drop(lying);
        }
    }
}
