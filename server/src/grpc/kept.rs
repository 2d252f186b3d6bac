//! What an answer has of the account, until its client has taken it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http_body::{Frame, SizeHint};
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::{Extensions, Status};

use crate::account::{Account, Full, Held, Purpose};

/// Of one call: handed to what answers it with its request, and kept by the body of its answer.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    account: Account,
    held: Arc<Mutex<Vec<Held>>>,
}

impl Kept {
    /// Nothing yet.
    pub(super) fn new(account: &Account) -> Self {
        Self { account: account.clone(), held: Arc::default() }
    }

    /// That of the call which has these extensions; one that nobody keeps where it has none.
    pub(super) fn of(extensions: &Extensions, account: &Account) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_else(|| Self::new(account))
    }

    /// Keeps this until the answer is taken.
    pub(super) fn keep(&self, held: impl IntoIterator<Item = Held>) {
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
}

/// An answer whose bytes keep what is held for them: also those that HTTP/2 has taken, and its client has not.
pub(super) fn keeping(body: Body, kept: Kept) -> Body {
    Body::new(Keeping { body, kept })
}

struct Keeping {
    body: Body,
    kept: Kept,
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
        let kept = Kept::new(&account);
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
}
